import type { OptionTable, SectionCheck } from '../../core/index.ts';
import * as autorestart from '../autorestart/options.ts';
import * as eventlistener from '../eventlistener/options.ts';
import * as fcgi from '../fcgi/options.ts';
import * as http from '../http/options.ts';
import * as journal from '../journal/options.ts';
import * as logging from '../logging/options.ts';
import * as metrics from '../metrics/options.ts';
import * as notify from '../notify/options.ts';

/**
 * The options of the plugins that ship, by plugin name: to say which plugin an option belongs to when it is not enabled, for the types of a
 * configuration that names no plugins, and for the reference. This is the one place where one plugin reads files of others, and only
 * their option tables.
 */
export const BUILT_IN = {
  autorestart: { sections: autorestart.sections, checks: {} },
  logging: { sections: logging.sections, checks: logging.checks },
  journal: { sections: journal.sections, checks: {} },
  http: { sections: http.sections, checks: http.checks },
  eventlistener: { sections: eventlistener.sections, checks: eventlistener.checks },
  fcgi: { sections: fcgi.sections, checks: fcgi.checks },
  metrics: { sections: metrics.sections, checks: {} },
  notify: { sections: notify.sections, checks: notify.checks },
} as const satisfies Record<string, PluginOptions>;

/** The part of a plugin that configuration is concerned with. */
export interface PluginOptions {
  readonly sections?: Readonly<Record<string, OptionTable>>;
  readonly checks?: Readonly<Record<string, SectionCheck>>;
}

/** All option tables of the plugins that ship, as a union: the `sections` that a configuration may use when it names no plugins. */
export type BuiltInSections = (typeof BUILT_IN)[keyof typeof BUILT_IN]['sections'];

/** The option tables of the plugins that ship, without loading the plugins. */
export function builtInOptions(): readonly (PluginOptions & { readonly name: string })[] {
  return Object.entries(BUILT_IN).map(([name, options]) => ({ name, ...options }));
}
