/** A call of `process.exit` or `process.abort` that was prevented. It is thrown to its caller. */
export class ExitCall extends Error {
  /** The requested exit status. */
  readonly code: number;

  constructor(call: string, code: number, instead: string) {
    super(`${call} was called; ${instead}`);
    this.name = 'ExitCall';
    this.code = code;
  }

  /** `at stop (/etc/tsvd/plugin.js:12:9)`: the line that called it. */
  get place(): string {
    const line = this.stack?.split('\n').find((text) => text.startsWith('    at '));
    // Modules are given by URL, and the URL of a configuration contains its version.
    return (
      line
        ?.trim()
        .replace('file://', '')
        .replace(/\?[^:]*/, '') ?? 'at a place that is not known'
    );
  }
}

/** Decides about calls of `process.exit`: returns what happens instead, and gets the report. */
export interface ExitDecision {
  readonly instead: string;
  readonly called: (call: ExitCall) => void;
}

/** Per process, like `process.exit`: the last handler wins. */
const decisions: ExitDecision[] = [];
let restore = (): void => undefined;

/**
 * Prevents code in this process from ending it by `process.exit` or `process.abort`: the call throws an {@link
 * ExitCall}. Returns a function that removes the protection. Native code cannot be prevented from exiting.
 */
export function interceptExit(decision: ExitDecision): () => void {
  if (decisions.length === 0) restore = keep('exit', 'abort');
  decisions.push(decision);
  process.exit = exit;
  process.abort = abort;
  return () => {
    const index = decisions.indexOf(decision);
    if (index !== -1) decisions.splice(index, 1);
    if (decisions.length === 0) restore();
  };
}

function keep(...names: readonly ('exit' | 'abort')[]): () => void {
  const kept = names.map((name) => [name, Object.getOwnPropertyDescriptor(process, name)] as const);
  return () => {
    for (const [name, descriptor] of kept)
      if (descriptor !== undefined) Object.defineProperty(process, name, descriptor);
  };
}

function exit(code?: number | string | null): never {
  throw called(`process.exit(${code ?? ''})`, Number(code ?? process.exitCode ?? 0), exit);
}

function abort(): never {
  throw called('process.abort()', 134, abort);
}

function called(name: string, code: number, from: typeof exit): ExitCall {
  const decision = decisions.at(-1);
  const call = new ExitCall(name, code, decision?.instead ?? 'it is not obeyed');
  Error.captureStackTrace(call, from); // so that the first line is the one that called
  decision?.called(call);
  return call;
}
