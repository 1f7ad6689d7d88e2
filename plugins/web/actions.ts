import type { Operations, Request, Result, Target } from '../control/index.ts';
import { faultOf } from '../rpc/index.ts';
import { longTime } from './time-text.ts';

/** What an action needs: the operations, the request of whoever pressed the button, and the time. */
export interface ActionContext {
  readonly operations: Pick<Operations, 'start' | 'stop' | 'restart' | 'clearLogs'>;
  readonly request: Request;
  /** Wall time in milliseconds. */
  readonly now: () => number;
}

const ALL: Target = { kind: 'all' };

/**
 * What `index.html?action=…` does. An action resolves when what it does is done, with the message that the next page
 * shows; scripts read these, so the words are Supervisor's. A failure is a message, too: nothing here throws one.
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

/** Supervisor says `restarted` whatever came of it; a start that failed is told here. */
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

/** A message is a line: of many failures it names the first ones. */
const MOST_NAMED = 5;

/** What went wrong in the results of an action on all, as the end of a sentence; nothing where all went well. */
function exceptions(results: readonly Result[]): string {
  const failed = results.flatMap((result) => faultOf(result)?.message ?? []);
  if (failed.length === 0) return '';
  const named = failed.slice(0, MOST_NAMED).join('; ');
  return `, except for ${failed.length}: ${named}${failed.length > MOST_NAMED ? '; …' : ''}`;
}
