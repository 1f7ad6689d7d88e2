import type { Cause } from '../../core/index.ts';
import type { Role } from '../http/index.ts';
import { RpcFault, type FaultName } from './faults.ts';
import { show, type Parameter, type ParameterValues, type WireType } from './parameters.ts';
import type { XmlRpcValue } from './xmlrpc/index.ts';

/** What a call carries besides its parameters. */
export interface CallContext {
  /** Who asked for what, to be handed on to every operation: `client: supervisor.stopProcess`. */
  readonly cause: Cause;
  /** Whom the server authenticated. */
  readonly user: string | undefined;
  /** What that user may do. */
  readonly role: Role;
}

/** The values of a call, in the order of the parameters; `undefined` for those that are left to their defaults. */
export type GivenValues = readonly (XmlRpcValue | undefined)[];

/** A method: everything about it, in one place. Introspection and other interfaces are made from this. */
export interface Method {
  /** `namespace.method`. */
  readonly name: string;
  readonly params: readonly Parameter[];
  readonly result: { readonly type: WireType; readonly doc: string };
  readonly faults: readonly FaultName[];
  readonly doc: string;
  /** Whether it only looks: then every account may call it. */
  readonly effect: 'reads' | 'changes';
  /** Answered while the daemon ends; others then give SHUTDOWN_STATE. */
  readonly whileEnding: boolean;
  /** Takes the parameters as they came. Throws RpcFault. */
  readonly call: (given: GivenValues, context: CallContext) => Answer;
}

/** A method may answer later; nobody else waits for it. */
export type Answer = XmlRpcValue | Promise<XmlRpcValue>;

/** How a method is declared: its parameters arrive checked and typed. */
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

/** Makes a method of its declaration. */
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
    // Each value came out of the `read` of the parameter that its type is inferred from.
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
 * All methods there are. A call is looked up here and nowhere else: no name that a client sends ever reaches an object's
 * properties (that was Supervisor's CVE-2017-11610).
 */
export class MethodRegistry {
  readonly #methods = new Map<string, Method>();

  /** Throws where the name is taken or is not `namespace.method`. */
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
