import type { Process } from './model.ts';
import { usePage } from './page.ts';
import { visible } from './visible.ts';
import { shortMomentText } from './format.ts';

/** Why a process is as it is: when it came to be so, what happened, and the last line that it wrote where that may tell more. */
export function Why({ process }: { readonly process: Process }) {
  const { clock } = usePage();
  const { reason, trouble, lastLine } = process;
  const since = sinceOf(process);
  const time = since === undefined ? '' : shortMomentText(since, clock.wall());
  const line = lastLine !== null && wantsLastLine(process) ? visible(lastLine.text.trim()) : '';
  const words = visible(trouble ?? reason);
  // Its own last words say more than how often it was tried: in a row that is too narrow for all they come before that.
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

/** What is well has said enough. A listener that does not answer says nothing by the end of an earlier run. */
function wantsLastLine({ health, state, trouble }: Process): boolean {
  return health !== 'sound' && (state !== 'RUNNING' || trouble?.startsWith('flapping') === true);
}
