import type { Process } from './model.ts';
import { usePage } from './page.ts';
import { visible } from './visible.ts';
import { shortMomentText } from './format.ts';

/** Why a process is in its state: since when, what happened, and its last line if that may explain more. */
export function Why({ process }: { readonly process: Process }) {
  const { clock } = usePage();
  const { reason, trouble, lastLine } = process;
  const since = sinceOf(process);
  const time = since === undefined ? '' : shortMomentText(since, clock.wall());
  const line = lastLine !== null && wantsLastLine(process) ? visible(lastLine.text.trim()) : '';
  const words = visible(trouble ?? reason);
  // Its own last line says more than the number of retries: in a narrow row it comes first.
  const [head = '', rest = ''] = line === '' ? [words] : (/^(.*?)((?:[,;] .*)?)$/s.exec(words)?.slice(1) ?? []);
  return (
    <span title={[time, words, line].filter((part) => part !== '').join('  ')}>
      {time !== '' && <time>{time} </time>}
      {head}
      {line !== '' && (
        <>
          {': '}
          <code>{line}</code>
        </>
      )}
      {rest !== '' && <span class="rest">{rest}</span>}
    </span>
  );
}

/** What is up has an uptime. */
function sinceOf({ since, upSince, state }: Process): number | undefined {
  if (since === null || upSince !== undefined || state === 'STARTING' || state === 'STOPPING') return undefined;
  return Date.parse(since);
}

/**
 * A healthy process needs no more. If a listener does not answer, the last output of an earlier run does not explain
 * it.
 */
function wantsLastLine({ health, state, trouble }: Process): boolean {
  return health !== 'sound' && (state !== 'RUNNING' || trouble?.startsWith('flapping') === true);
}
