import type { Operations, Request, Result, Target } from '../index.ts';
import { faultOf } from '../rpc/index.ts';
import { longTime } from './time-text.ts';

/** What an action needs: the operations, the request of the user, and the time. */
export interface ActionContext {
  readonly operations: Pick<Operations, 'start' | 'stop' | 'restart' | 'clearLogs'>;
  readonly request: Request;
  /** Wall time in milliseconds. */
  readonly now: () => number;
}

const ALL: Target = { kind: 'all' };

/**
 * The actions of `index.html?action=…`. An action resolves when it is complete, with the message that the next page
 * shows. Scripts read these messages, so the words are Supervisor's. Failures are messages, too; an action does not
 * throw.
 */
export const PROCESS_ACTIONS = { start, stop, restart, clearlog } as const;

/** Actions on everything. `startall` is not Supervisor's. */
export const OVERALL_ACTIONS = {
  refresh: async ({ now }: ActionContext) => `Page refreshed at ${longTime(now())}`,
  startall: overall('started', ({ operations, request }) => operations.start(ALL, request)),
  stopall: overall('stopped', ({ operations, request }) => operations.stop(ALL, request)),
  restartall: overall('restarted', async ({ operations, request }) => {
    const { stopped, started } = await operations.restart([ALL], request);
    return [...stopped, ...started];
  }),
} as const;

export type ProcessAction = keyof typeof PROCESS_ACTIONS;
export type OverallAction = keyof typeof OVERALL_ACTIONS;

export function isProcessAction(name: string): name is ProcessAction {
  return Object.hasOwn(PROCESS_ACTIONS, name);
}

export function isOverallAction(name: string): name is OverallAction {
  return Object.hasOwn(OVERALL_ACTIONS, name);
}

type ProcessTarget = Extract<Target, { kind: 'process' }>;

async function start({ operations, request }: ActionContext, target: ProcessTarget): Promise<string> {
  return startMessage(target, 'started', await operations.start(target, request));
}

async function stop({ operations, request }: ActionContext, target: ProcessTarget): Promise<string> {
  return message(`Process ${target.spec} stopped`, await operations.stop(target, request));
}

/** Supervisor says `restarted` in any case; here a failed start is reported. */
async function restart({ operations, request }: ActionContext, target: ProcessTarget): Promise<string> {
  const { stopped, started } = await operations.restart([target], request);
  return started.length === 0 ? message('', stopped) : startMessage(target, 'restarted', started);
}

async function clearlog({ operations }: ActionContext, target: ProcessTarget): Promise<string> {
  return message(`Log for ${target.spec} cleared`, await operations.clearLogs(target));
}

function overall(done: string, act: (context: ActionContext) => Promise<readonly Result[]>) {
  return async (context: ActionContext): Promise<string> => {
    const results = await act(context);
    return `All ${done} at ${longTime(context.now())}${exceptions(results)}`;
  };
}

/** Supervisor's words for a start that failed. */
const NOT_STARTED: Partial<Record<Result['outcome']['kind'], string>> = {
  noSuchCommand: 'no such file',
  notExecutable: 'file not executable',
  alreadyRunning: 'already started',
  startFailed: 'spawn error',
  interrupted: 'abnormal termination',
};

function startMessage({ spec }: ProcessTarget, done: string, results: readonly Result[]): string {
  const fault = message('', results);
  if (fault === '') return `Process ${spec} ${done}`;
  const [result] = results;
  return `ERROR: Process ${spec}: ${(result && NOT_STARTED[result.outcome.kind]) ?? fault}`;
}

/** `done`, or what went wrong. */
function message(done: string, [result]: readonly Result[]): string {
  const fault = result && faultOf(result);
  return fault === undefined ? done : `unexpected rpc fault [${fault.code}] ${fault.message}`;
}

/** A message is one line: of many failures it names the first ones. */
const MOST_NAMED = 5;

/** The failures of an action on all processes, as the end of a sentence; empty if there are none. */
function exceptions(results: readonly Result[]): string {
  const failed = results.flatMap((result) => faultOf(result)?.message ?? []);
  if (failed.length === 0) return '';
  const named = failed.slice(0, MOST_NAMED).join('; ');
  return `, except for ${failed.length}: ${named}${failed.length > MOST_NAMED ? '; …' : ''}`;
}
