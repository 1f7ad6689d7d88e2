import type { Declaration } from '../core/index.ts';
import { CATALOGUE, createPlugins, declarationsOf, type BuiltIn } from './catalogue.ts';

/**
 * The plugins that make a Supervisor of the core: what a supervisord.conf runs with, and a configuration that lists no
 * plugins of its own. New objects at every call. The type names each of them, so that `[...(await standardPlugins()), mine]` has all their
 * options.
 */
export function standardPlugins(format: 'supervisord.conf' | 'native' = 'native'): Promise<BuiltIn[]> {
  return createPlugins(CATALOGUE, format);
}

/** What the plugins that ship declare of their options, without loading the plugins. */
export function shippedDeclarations(): Promise<readonly Declaration[]> {
  return declarationsOf(CATALOGUE);
}
