import { namespec } from '../../../core/index.ts';
import {
  type Channel,
  FAULTS,
  LineCutter,
  type LogName,
  type ProcessInfo,
  faultOf,
  followLog,
  lastLines,
  readLastLines,
} from '../../../plugins/control/client/index.ts';
import { paint, type Colour } from '../colour.ts';
import type { Command } from '../command.ts';
import { reportUnknown, selectProcesses } from '../process-names.ts';
import type { Session } from '../session.ts';

export const logs: Command = {
  name: 'logs',
  usage: [
    ['logs [NAME...]', 'show the last lines of what processes have printed, stdout and stderr; of all without a name'],
    ['logs -f [NAME...]', 'go on showing, all of them at once, until Ctrl-C'],
    ['logs -n LINES [NAME...]', 'so many lines of each log to begin with (default: 10)'],
    ['logs --stdout [NAME...]', 'only stdout'],
    ['logs --stderr [NAME...]', 'only stderr'],
    ['logs --json [NAME...]', 'one JSON document a line'],
  ],
  notes: ['Of several logs, each line begins with the name of its process, and "|" for stdout or "!" for stderr.'],
  completes: 'processes',
  flags: {
    '-f': 'go on showing, until Ctrl-C',
    '-n': 'number of lines to begin with',
    '--stdout': 'only stdout',
    '--stderr': 'only stderr',
  },
  hasJson: true,
  async run(session, words) {
    const request = parseWords(words);
    if (typeof request === 'string') return session.misuse(`Error: ${request}`, logs);
    if (!(await session.isUp())) return;
    const all = await session.daemon.processes();
    const { infos, unknown } = selectProcesses(all, request.names);
    await reportUnknown(session, unknown, all);
    const sources = infos.flatMap((info) => logsOf(info, request));
    if (sources.length > MOST_AT_ONCE && request.follows) {
      return session.fail(`ERROR: ${sources.length} logs at once are too many; name at most ${MOST_AT_ONCE}`);
    }
    const printer = new Printer(session, sources);
    if (request.follows) await follow(session, request, sources, printer);
    else for (const source of sources) await show(session, request, source, printer);
  },
};

/** Each log needs a connection; a process can have about a thousand. */
const MOST_AT_ONCE = 500;

interface LogRequest {
  readonly names: readonly string[];
  readonly follows: boolean;
  readonly lines: number;
  readonly channels: readonly Channel[];
}

/** The parsed arguments, or what is wrong with them. */
export function parseWords(words: readonly string[]): LogRequest | string {
  const names: string[] = [];
  const channels = new Set<Channel>();
  let follows = false;
  let lines: string | undefined = '10';
  const rest = words.map((word) => word.replace(/^--lines=/, '-n'));
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '-f' || word === '--follow') follows = true;
    else if (word === '--stdout') channels.add('stdout');
    else if (word === '--stderr') channels.add('stderr');
    else if (word === '-n' || word === '--lines') lines = rest.shift();
    else if (word.startsWith('-n')) lines = word.slice(2);
    else if (word.startsWith('-')) return `logs has no option ${word}`;
    else names.push(word);
  }
  if (lines === undefined || !/^\d{1,7}$/.test(lines)) return `-n needs a number of lines, not ${lines ?? 'nothing'}`;
  return { names, follows, lines: Number(lines), channels: channels.size === 0 ? ['stdout', 'stderr'] : [...channels] };
}

interface Source extends LogName {
  readonly info: ProcessInfo;
  /** It was named, so a missing log is reported. */
  readonly isWanted: boolean;
}

/** A process has one log for each channel that is neither discarded nor redirected into the other. */
function logsOf(info: ProcessInfo, { names, channels }: LogRequest): readonly Source[] {
  const process = `${info.group}:${info.name}`;
  const isWanted = names.length > 0 && channels.length === 1;
  return channels
    .map((channel) => ({ process, channel, info, isWanted }))
    .filter(({ channel }) => isWanted || info[`${channel}_logfile`] !== '');
}

async function follow(
  session: Session,
  { lines }: LogRequest,
  sources: readonly Source[],
  printer: Printer,
): Promise<void> {
  await session.terminal.interruptible(async (interrupted) => {
    const failed = new AbortController();
    const signal = AbortSignal.any([interrupted, failed.signal]);
    const followers = sources.map((source) => {
      const onLine = (line: string): void => printer.print(source, line);
      const onProblem = (problem: string): void => printer.report(source, problem);
      return followLog(session.daemon, source, { lines, onLine, onProblem, signal, clock: session.clock });
    });
    // A permanent failure (wrong password) ends all.
    await Promise.all(followers).finally(() => failed.abort());
  });
}

async function show(session: Session, { lines }: LogRequest, source: Source, printer: Printer): Promise<void> {
  try {
    const text = lastLines(await readLastLines(session.daemon, source, lines), lines);
    const cutter = new LineCutter();
    for (const line of cutter.cut(text)) printer.print(source, line);
    for (const line of cutter.end()) printer.print(source, line);
  } catch (error) {
    const { code } = faultOf(error);
    const name = namespec(source.info);
    if (code === FAULTS.NO_FILE) {
      if (source.isWanted) session.fail(`${name}: ERROR (no ${source.channel} log)`);
    } else if (code === FAULTS.FAILED) session.fail(`${name}: ERROR (unknown error reading log)`);
    else if (code === FAULTS.BAD_NAME) session.fail(`${name}: ERROR (no such process)`);
    else throw error;
  }
}

const NAME_COLOURS: readonly Colour[] = ['cyan', 'yellow', 'green', 'magenta', 'blue'];
const MARKS = { stdout: '|', stderr: '!' } as const;

/** Writes lines with the names of their processes, aligned; a single log needs no name. */
class Printer {
  readonly #session: Session;
  readonly #prefixes: ReadonlyMap<Source, string>;

  constructor(session: Session, sources: readonly Source[]) {
    this.#session = session;
    const names = [...new Set(sources.map(({ info }) => namespec(info)))];
    const width = Math.max(0, ...names.map((name) => name.length));
    const { hasColour } = session.terminal;
    this.#prefixes = new Map(
      sources.map((source) => {
        if (sources.length === 1) return [source, ''];
        const name = namespec(source.info);
        const label = `${name.padEnd(width)} ${MARKS[source.channel]} `;
        const colour = NAME_COLOURS[names.indexOf(name) % NAME_COLOURS.length] ?? 'cyan';
        return [source, hasColour ? paint(label, source.channel === 'stderr' ? 'red' : colour) : label];
      }),
    );
  }

  print(source: Source, line: string): void {
    const { group, name } = source.info;
    if (this.#session.json) this.#session.document({ group, name, channel: source.channel, line });
    else this.#session.line(`${this.#prefixes.get(source) ?? ''}${line}`);
  }

  /** For notes that are not part of the log. */
  report({ info, channel, isWanted }: Source, problem: string): void {
    const isNoise = !isWanted && problem === 'has no log yet';
    if (!isNoise) this.#session.terminal.printError(`${namespec(info)} ${channel}: ${problem}\n`);
  }
}
