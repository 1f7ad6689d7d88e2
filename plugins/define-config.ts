import type { Plugin } from '../core/index.ts';
import type { BuiltIn } from './catalogue.ts';
import type { Config } from './config/index.ts';

/**
 * A configuration with its types checked: `export default defineConfig({ … })` in a `tsv.config.ts`.
 *
 * The options that may be written are the core's and those of the enabled plugins: of the ones in `plugins`, or of all that ship where the
 * list is left out. An option of a plugin that is not enabled does not compile. Returns what it is given.
 */
export function defineConfig<const Plugins extends readonly Plugin[] = readonly BuiltIn[]>(
  config: Config<Plugins>,
): Config<Plugins> {
  return config;
}
