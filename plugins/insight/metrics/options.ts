import { defineOptions } from '../../../core/index.ts';
import { boolean } from '../../config/option-types/index.ts';

/** `[metrics]`. */
export const metricsOptions = defineOptions({
  compat_names: {
    schema: boolean,
    default: false,
    change: 'restart',
    description: "Also use the names of node_exporter's supervisord collector (node_supervisord_up and others).",
  },
});

/** `readonly sections` of the plugin's class. */
export const sections = { metrics: metricsOptions } as const;
