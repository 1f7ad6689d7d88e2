import { hooksOf } from '../../../core/index.ts';
import type { PluginFamily } from './plugin-family.ts';

/**
 * What other plugins tap: `MetricsPlugin.getHooks(supervisor).families.tap(…)`. If `metrics` is not enabled, taps are
 * not called.
 */
export const getMetricsHooks = hooksOf((hook) =>
  Object.freeze({
    /**
     * Once, at the first scrape. In: the families that plugins have added to `/metrics` so far. Out: these and yours.
     * Begin the names with your plugin's name: a taken or invalid name is left out, with a line in the log. `samples`
     * is called at every scrape.
     * Throws: reported; the families so far are used.
     */
    families: hook.waterfall<[readonly PluginFamily[]]>('families', ['families'], {
      onFault: 'pass',
      accepts: (answer) => Array.isArray(answer),
    }),
  }),
);
