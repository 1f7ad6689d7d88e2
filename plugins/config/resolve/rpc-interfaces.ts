import { expand } from '../../../core/index.ts';
import type { Context } from './context.ts';
import type { Section } from '../document.ts';

/** One `[rpcinterface:x]`. */
export interface RpcInterface {
  readonly name: string;
  /** Python's `module:function`. The one of Supervisor itself stands for the methods that are built in. */
  readonly factory: string;
  /** All other options of the section, as text. */
  readonly options: Readonly<Record<string, string>>;
}

const FACTORY = 'supervisor.rpcinterface_factory';
const MAIN_FACTORY = 'supervisor.rpcinterface:make_main_rpcinterface';

/** The `[rpcinterface:x]` sections, in order. Python's own plugins cannot run here; that is a warning. */
export function resolveRpcInterfaces(sections: readonly Section[], context: Context): RpcInterface[] {
  return sections
    .filter(({ kind, name }) => kind === 'rpcinterface' && name !== undefined)
    .map((section) => rpcInterface(section, context));
}

function rpcInterface(section: Section, context: Context): RpcInterface {
  const options = Object.fromEntries(
    [...section.options.keys()].map((name) => [name, readText(section, name, context)]),
  );
  const { [FACTORY]: factory = '', ...rest } = options;
  if (!section.options.has(FACTORY)) {
    context.reporter.option(section, FACTORY, 'missing; it names what serves the methods', { allowed: MAIN_FACTORY });
  } else if (!/^[\w.]+(?::[\w.]+)?(?:\s*\[.*\])?$/u.test(factory)) {
    context.reporter.option(section, FACTORY, `"${factory}" is not of the form module:function`);
  } else if (factory !== MAIN_FACTORY) {
    const message = `${factory} is Python and cannot run here; its methods are missing unless a plugin brings them`;
    context.reporter.option(section, FACTORY, message, { severity: 'warning' });
  }
  return { name: section.name ?? '', factory, options: rest };
}

function readText(section: Section, name: string, { hereOf, reporter, scopes }: Context): string {
  const entry = section.options.get(name);
  if (entry === undefined) return '';
  const expanded = expand(String(entry.value), [hereOf(entry.at), ...scopes]);
  if (expanded.kind === 'text') return expanded.text;
  const message = expanded.kind === 'malformed' ? expanded.reason : `%(${expanded.name})s cannot be expanded`;
  reporter.value(section, name, entry, false, message);
  return '';
}
