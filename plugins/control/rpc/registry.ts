import { reasonOf, type Cause, type Clock } from '../../../core/index.ts';
import { clientCause } from '../index.ts';
import type { Role } from '../http/index.ts';
import { RpcFault, type FaultName } from './faults.ts';
import type { CalledMethod } from './hooks.ts';
import { show, type Parameter, type ParameterValues, type WireType } from './parameters.ts';
import type { XmlRpcValue } from './xmlrpc/index.ts';

/** The context of a call. */
export interface CallContext {
  /** The cause for every operation of the call: `client: supervisor.stopProcess`. */
  readonly cause: Cause;
  /** The authenticated user. */
  readonly user: string | undefined;
  /** The role of that user. */
  readonly role: Role;
}

/** The arguments of a call, in the order of the parameters; `undefined` for those left to their defaults. */
export type GivenValues = readonly (XmlRpcValue | undefined)[];

/** Everything about a method. Introspection and other interfaces are made from this. */
export interface Method {
  /** `namespace.method`. */
  readonly name: string;
  readonly params: readonly Parameter[];
  readonly result: { readonly type: WireType; readonly doc: string };
  readonly faults: readonly FaultName[];
  readonly doc: string;
  /** Whether it only reads: then every account may call it. */
  readonly effect: 'reads' | 'changes';
  /** Works during a shutdown; other methods then return SHUTDOWN_STATE. */
  readonly whileEnding: boolean;
  /** Called with the raw parameters. Throws RpcFault. */
  readonly call: (given: GivenValues, context: CallContext) => Answer;
}

/** A method may be asynchronous; other calls do not wait for it. */
export type Answer = XmlRpcValue | Promise<XmlRpcValue>;

/** The declaration of a method: its parameters arrive checked and typed. */
export interface MethodDeclaration<Parameters extends readonly Parameter[]> {
  readonly name: string;
  readonly params?: Parameters;
  readonly result: { readonly type: WireType; readonly doc: string };
  readonly faults?: readonly FaultName[];
  readonly doc: string;
  readonly effect: 'reads' | 'changes';
  readonly whileEnding?: boolean;
  readonly call: (values: ParameterValues<Parameters>, context: CallContext) => Answer;
}

/** Makes a method from its declaration. */
export function method<const Parameters extends readonly Parameter[] = readonly []>(
  declared: MethodDeclaration<Parameters>,
): Method {
  const { name, params = [], result, faults = [], doc, effect, whileEnding = false, call } = declared;
  return {
    name,
    params,
    result,
    faults,
    doc,
    effect,
    whileEnding,
    // Each value was returned by the `read` of the parameter that its type is inferred from.
    call: (given, context) => call(readAll(params, given) as ParameterValues<Parameters>, context),
  };
}

/** The same method by another name. */
export function alias(name: string, of: Method): Method {
  return { ...of, name };
}

function readAll(params: readonly Parameter[], given: GivenValues): unknown[] {
  const required = params.filter((parameter) => parameter.default === undefined).length;
  if (given.length < required || given.length > params.length) throw new RpcFault('INCORRECT_PARAMETERS');
  return params.map((parameter, index) => {
    const value = given[index];
    if (value === undefined) {
      if (parameter.default !== undefined) return parameter.default;
      throw new RpcFault('INCORRECT_PARAMETERS', `${parameter.name} is missing`);
    }
    const read = parameter.read(value);
    if (read !== undefined) return read;
    throw new RpcFault(
      'INCORRECT_PARAMETERS',
      `${parameter.name} must be ${article(parameter.type)}, not ${show(value)}`,
    );
  });
}

function article(type: WireType): string {
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
}

/**
 * All methods. A call is looked up only here: a name that a client sends never reaches the properties of an object
 * (that was Supervisor's CVE-2017-11610).
 */
export class MethodRegistry {
  readonly #methods = new Map<string, Method>();

  /** Throws if the name is taken or is not `namespace.method`. */
  add(...methods: readonly Method[]): void {
    for (const one of methods) {
      if (!/^[A-Za-z]\w*\.[A-Za-z]\w*$/.test(one.name)) throw new Error(`${one.name} is not namespace.method`);
      if (this.#methods.has(one.name)) throw new Error(`there is already a method ${one.name}`);
      this.#methods.set(one.name, one);
    }
  }

  find(name: string): Method | undefined {
    return this.#methods.get(name);
  }

  /** By name. */
  get all(): readonly Method[] {
    return [...this.#methods.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** In the order in which they were added. */
  get namespaces(): readonly string[] {
    return [...new Set([...this.#methods.keys()].map((name) => name.slice(0, name.indexOf('.'))))];
  }
}

/** The caller. */
export interface Caller {
  /** The authenticated user. */
  readonly user: string | undefined;
  readonly role: Role;
}

/** Carries out one call by its name. Throws RpcFault, and nothing else. */
export type Dispatch = (name: string, params: GivenValues, caller: Caller) => Promise<XmlRpcValue>;

export interface DispatcherOptions {
  /** The daemon is shutting down. */
  readonly isEnding: () => boolean;
  /** Called for every failure that is not a fault: a bug here or in a plugin. */
  readonly report: (method: string, error: unknown) => void;
}

/** The only way to call a method, for every interface: the same checks, faults and causes everywhere. */
export function createDispatcher(registry: MethodRegistry, { isEnding, report }: DispatcherOptions): Dispatch {
  return async (name, params, caller) => {
    const found = registry.find(name);
    if (found === undefined) throw new RpcFault('UNKNOWN_METHOD');
    if (isEnding() && !found.whileEnding) throw new RpcFault('SHUTDOWN_STATE');
    if (caller.role !== 'admin' && found.effect !== 'reads') {
      throw new RpcFault('FORBIDDEN', `an account that may only look cannot call ${name}`);
    }
    try {
      return await found.call(params, { cause: clientCause(name, caller.user), user: caller.user, role: caller.role });
    } catch (error) {
      if (error instanceof RpcFault) throw error;
      report(name, error);
      throw new RpcFault('FAILED', reasonOf(error));
    }
  };
}

/**
 * Wraps a dispatcher and reports every completed call. A name that does not exist is not passed on: it could be
 * anything.
 */
export function measured(
  dispatch: Dispatch,
  {
    clock,
    isKnown,
    report,
  }: { clock: Clock; isKnown: (name: string) => boolean; report: (call: CalledMethod) => void },
): Dispatch {
  return async (name, params, caller) => {
    const begin = clock.now();
    const finish = (fault: number | undefined): void =>
      report({ method: isKnown(name) ? name : undefined, tookMs: clock.now() - begin, fault });
    try {
      const answer = await dispatch(name, params, caller);
      finish(undefined);
      return answer;
    } catch (error) {
      finish(error instanceof RpcFault ? error.code : undefined);
      throw error;
    }
  };
}

/** Wraps a dispatcher and logs every call at level trace. Supervisor: xmlrpc.py continue_request. */
export function traced(dispatch: Dispatch, trace: (text: string) => void): Dispatch {
  return async (name, params, caller) => {
    trace(`XML-RPC method called: ${name}()`);
    try {
      const answer = await dispatch(name, params, caller);
      trace(`XML-RPC method ${name}() returned successfully`);
      return answer;
    } catch (error) {
      if (error instanceof RpcFault) {
        trace(`XML-RPC method ${name}() returned fault: [${error.code}] ${error.message}`);
      }
      throw error;
    }
  };
}
