import { visible } from '../../../core/index.ts';
import { adviceOn } from './advice.ts';
import { runsOf } from './runs.ts';
import { factsOf, howItEnded } from './describe-ending.ts';
import type { JournalRecord } from './record.ts';
import { moment, whoAsked } from './format.ts';

/** The process to explain, as it is now. */
export interface Subject {
  /** As it is given to `tsvctl`: `name` or `group:name`. */
  readonly name: string;
  /** `undefined`: it was removed from the configuration. */
  readonly state: string | undefined;
  /** As `tsvctl status` shows it. */
  readonly description: string;
}

/**
 * Explains the state of a process in plain words: its state, how its last run ended with all that is known, what can be
 * done, and the runs before that, `limit` in all. Takes the records as the journal returns them, newest first.
 *
 * The text is safe for a terminal: output of programs may contain anything.
 */
export function explain({ name, state, description }: Subject, records: readonly JournalRecord[], limit = 5): string {
  const runs = runsOf(records);
  const running = runs[0]?.ending === undefined ? runs[0]?.start : undefined;
  const [last, ...earlier] = runs.filter(({ ending }) => ending !== undefined).slice(0, limit);

  const searched = records.find(({ kind }) => kind === 'searchLimit');
  const isUp = running !== undefined || state === 'STARTING' || state === 'RUNNING';

  const lines = [`${name} is ${stateText(state, description)}.`];
  const removed = state === undefined ? records.find(({ kind }) => kind === 'removed') : undefined;
  if (removed !== undefined) lines.push(`It was taken out of use at ${moment(removed.at)}.`);
  if (running !== undefined) lines.push(`It was started at ${moment(running.at)} by ${whoAsked(running.by)}.`);
  if (last?.ending === undefined) {
    const what = running === undefined ? 'no start and no end of it' : 'no end before that';
    lines.push(
      searched === undefined
        ? `The journal knows of ${what}.`
        : `The journal has ${what} since ${moment(searched.at)}; what is older was not searched.`,
    );
    return printable(lines);
  }

  lines.push('', `${moment(last.ending.at)}  ${name} ${howItEnded(last.ending)}.`);
  lines.push(...factsOf(last).map((fact) => `  ${fact}`));
  if (earlier.length > 0) {
    lines.push('', 'Before that:');
    for (const { ending } of earlier)
      if (ending !== undefined) lines.push(`${moment(ending.at)}  ${howItEnded(ending)}`);
  }
  if (searched !== undefined) lines.push(`What is older than ${moment(searched.at)} was not searched.`);
  const advice = adviceOn(last, name, isUp);
  if (advice !== undefined) lines.push('', `What to do: ${advice}`);
  return printable(lines);
}

/** For a process that stays down, the description is only the time of its exit, which follows anyway. */
function stateText(state: string | undefined, description: string): string {
  if (state === undefined) return 'not in use any more';
  if (description === '' || state === 'STOPPED' || state === 'EXITED') return state;
  return `${state}: ${description.replace(/\.$/, '')}`;
}

/** Control characters could move the cursor, colour the rest or send input to the terminal. Tabs are kept. */
function printable(lines: readonly string[]): string {
  return lines.map((line) => line.split('\t').map(visible).join('\t')).join('\n');
}
