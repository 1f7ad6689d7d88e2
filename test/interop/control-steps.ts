import { expect } from 'vitest';
import type { Finished, Side } from './side.ts';

/** The words of a command; then the part of its output that is compared, if it is not all. */
export type Step = readonly [command: string, part?: 'first line' | 'names'];

/** Commands that follow a log, and the log. */
export const FOLLOWED = [
  ['tail -f talks', 'out.log'],
  ['tail -f talks stderr', 'err.log'],
  ['maintail -f', 'd.log'],
] as const;

/** One after the other, each in the state that those before it left; with all the errors that a hand can make. */
export const STEPS: readonly Step[] = [
  ['status'],
  ['status web halted'],
  ['status web'],
  ['status grp:*'],
  ['status grp:one nope nope:* web'],
  ['status all'],
  // Ours are more.
  ['help', 'names'],
  ['?', 'names'],
  ['help nonsense'],
  ['!ls'],
  ['frobnicate now'],
  [''],
  ['version'],
  ['version x', 'first line'],
  ['pid'],
  ['pid web grp:one'],
  ['pid all'],
  ['pid halted nope'],
  ['avail'],
  ['avail x', 'first line'],
  ['start', 'first line'],
  ['start web'],
  ['start halted'],
  ['start nope nope:* nope:x'],
  ['start missing plain'],
  ['start dies'],
  ['stop', 'first line'],
  ['stop halted grp:one'],
  ['stop halted nope nope:*'],
  ['stop grp:*'],
  ['start grp:'],
  ['restart', 'first line'],
  ['restart web nope'],
  ['signal', 'first line'],
  ['signal HUP', 'first line'],
  ['signal CONT web grp:*'],
  ['signal CONT halted nope nope:*'],
  ['signal NONSENSE web'],
  ['signal CONT all'],
  ['tail', 'first line'],
  ['tail talks'],
  ['tail -5 talks'],
  ['tail --5 talks'],
  ['tail talks stderr'],
  ['tail talks STDERR'],
  ['tail talks nonsense'],
  ['tail -x talks'],
  ['tail -f'],
  ['tail a b c d', 'first line'],
  ['tail nope'],
  ['tail web'],
  ['maintail x', 'first line'],
  ['maintail -x'],
  ['maintail a b', 'first line'],
  ['clear', 'first line'],
  ['clear web nope'],
  ['clear grp:one'],
  ['fg', 'first line'],
  ['fg web grp:one'],
  ['fg nope'],
  ['fg halted'],
  ['open nonsense'],
  ['open unix:///nonexistent.sock'],
  ['reread x', 'first line'],
  ['reread'],
  ['update'],
  ['update nope'],
  ['add web'],
  ['add nope'],
  ['remove web nope'],
  ['stop dies'],
  ['remove dies'],
  ['add dies'],
  ['reload x', 'first line'],
  ['shutdown x', 'first line'],
];

/** Does the step on both sides at once: what they print and how they exit must be the same. */
export async function compareStep(both: readonly [Side, Side], [command, part]: Step): Promise<void> {
  const [theirs, mine] = await Promise.all([controlled(both[0], command), controlled(both[1], command)]);
  const known = new Set(theirs.output.split(/\s+/));
  const cut = (output: string): string => {
    if (part === 'first line') return output.split('\n')[0] ?? '';
    if (part === undefined) return output;
    const words = output.split(/\s+/).filter((word) => known.has(word));
    return words.toSorted().join(' ');
  };
  expect({ command, code: mine.code, output: cut(mine.output) }).toEqual({
    command,
    code: theirs.code,
    output: cut(theirs.output),
  });
}

/** Commands from a pipe, one a line: what comes out and how it exits must be the same. */
export async function comparePiped(both: readonly [Side, Side]): Promise<void> {
  const script = 'stop web\n\n  start web\nhelp exit now\nstatus grp:*\nnonsense\nshutdown\nn\nreload\nn\n';
  for (const input of [script, `${script}quit\nstatus\n`, 'status web', '']) {
    const [theirs, mine] = await Promise.all(both.map((side) => side.control(['-c', side.file], { input })));
    expect(mine).toEqual(theirs);
  }
}

const controlled = (side: Side, command: string): Promise<Finished> =>
  side.control(['-c', side.file, ...command.split(' ')]);
