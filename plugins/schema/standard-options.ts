import { BUILT_IN } from '../config/index.ts';
import type { NamedPluginOptions } from '../config/index.ts';

/** The option tables of the plugins that ship, without loading the plugins. */
export function standardOptions(): readonly NamedPluginOptions[] {
  return Object.entries(BUILT_IN).map(([name, options]) => ({ name, ...options }));
}
