import { type Connection, RpcError, type RpcFailure } from '../../../../plugins/control/client/index.ts';
import { COMMANDS } from '../../../../bin/ctl/commands.ts';
import { Session, type Access, type Terminal } from '../../../../bin/ctl/session.ts';
import { FakeClock } from '../../../../core/testing/index.ts';
import type { XmlRpcValue } from '../../../../plugins/control/rpc/xmlrpc/index.ts';

/** What the fake daemon answers to a method: a value, an error, or a function of the parameters. */
type Answers = Readonly<
  Record<
    string,
    XmlRpcValue | Error | ((...params: readonly XmlRpcValue[]) => XmlRpcValue | Error | Promise<XmlRpcValue>)
  >
>;

export interface FakeOptions {
  readonly answers?: Answers;
  readonly isForPeople?: boolean;
  readonly hasColour?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly isInteractive?: boolean;
  readonly json?: boolean;
  /** Lines typed; then the input ends. */
  readonly typed?: readonly string[];
  /** What the log tails hold. */
  readonly streams?: Readonly<Record<string, string>>;
}

/** A session with no process, no socket and no terminal: everything it does is recorded. */
export function fakeSession({ answers = {}, streams = {}, typed = [], ...options }: FakeOptions = {}) {
  const did = {
    output: '',
    errors: '',
    calls: [] as string[],
    opened: [] as Access[],
    progress: [] as (string | undefined)[],
  };
  const clock = new FakeClock();
  const lines = [...typed];
  const interrupt = new AbortController();
  const ask = (prompt: string): Promise<string | undefined> => {
    did.output += prompt;
    return Promise.resolve(lines.shift());
  };
  const isForPeople = options.isForPeople ?? false;
  const terminal: Terminal = {
    isForPeople,
    hasColour: options.hasColour ?? false,
    size: () => (isForPeople ? { columns: options.columns ?? 80, rows: options.rows ?? 24 } : undefined),
    showsProgress: isForPeople,
    showProgress: (line) => did.progress.push(line),
    print: (text) => (did.output += text),
    printPieces: () => ({ write: (bytes) => (did.output += Buffer.from(bytes).toString()), end: () => undefined }),
    draw: (text) => (did.output += text),
    printError: (text) => (did.errors += text),
    ask,
    askSecret: ask,
    interruptible: (work) => work(interrupt.signal),
  };
  const connect = (access: Access): Connection => {
    did.opened.push(access);
    return {
      serverurl: access.serverurl,
      call: (method, ...params) => {
        const name = method.replace('supervisor.', '');
        did.calls.push([name, ...params.map(String)].join(' '));
        const given = name in answers ? answers[name] : defaultAnswer(name);
        const answer = typeof given === 'function' ? given(...params) : given;
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer ?? null);
      },
      stream: (path, take) => {
        const text = streams[path];
        if (text === undefined) return Promise.reject(failure({ kind: 'status', status: 404, reason: 'Not Found' }));
        return Promise.resolve(take(Buffer.from(text)));
      },
    };
  };
  const session = new Session({
    access: { serverurl: 'unix:///s', username: undefined, password: undefined },
    commands: COMMANDS,
    terminal,
    isInteractive: options.isInteractive ?? false,
    json: options.json ?? false,
    clock,
    connect,
  });
  return { session, did, interrupt, clock };
}

/** A real supervisord has none of our own methods. */
function defaultAnswer(method: string): XmlRpcValue | Error {
  if (method.startsWith('tsv.')) return fault(1, 'UNKNOWN_METHOD');
  return method === 'getVersion' ? '3.0' : failure({ kind: 'other' });
}

export function fault(code: number, text = 'TEXT'): RpcError {
  return new RpcError({ kind: 'fault', code, text }, text);
}

export function failure(kind: RpcFailure): RpcError {
  return new RpcError(kind, `something is wrong: ${kind.kind}`);
}

export function info(name: string, state: number, statename: string, more: Record<string, XmlRpcValue> = {}) {
  return { group: name, name, state, statename, description: `about ${name}`, pid: state === 20 ? 7 : 0, ...more };
}
