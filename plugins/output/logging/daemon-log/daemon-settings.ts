import { readOptions, type OptionInputs, type Schema, type SupervisorConfig } from '../../../../core/index.ts';
import { supervisordOptions, type DaemonLoggingValues } from '../options.ts';

/** Options of the constructor. They take precedence over those in `[supervisord]`. */
export interface LoggingOptions extends OptionInputs<typeof supervisordOptions> {
  /** Whether the activity log is written to stdout as well, unless `silent` is set. Default: `nodaemon`. */
  readonly foreground?: boolean;
}

export interface DaemonSettings extends DaemonLoggingValues {
  readonly identifier: string;
  readonly foreground: boolean;
}

/** Checks the options of the constructor. @throws TypeError for the first one that is unknown or invalid. */
export function checkOptions({ foreground, ...given }: LoggingOptions): Readonly<Record<string, unknown>> {
  const checked = Object.entries(given).map(([name, value]) => {
    const option = Object.entries(supervisordOptions).find(([known]) => known === name)?.[1];
    if (option === undefined) throw new TypeError(`LoggingPlugin has no option ${name}`);
    return [name, valueOf(name, option.schema, value)] as const;
  });
  return Object.freeze({ ...Object.fromEntries(checked), ...(foreground !== undefined && { nodaemon: foreground }) });
}

/** The effective settings: the options of the constructor, then `[supervisord]`, then the defaults. */
export function daemonSettings(
  { identifier, sections }: SupervisorConfig,
  own: Readonly<Record<string, unknown>>,
): DaemonSettings {
  const values = { ...sections['supervisord'], ...own };
  return { ...readOptions(values, supervisordOptions), identifier, foreground: values['nodaemon'] === true };
}

function valueOf(name: string, schema: Schema<never, unknown> | Schema<unknown, unknown>, given: unknown): unknown {
  const validate: Schema['~standard']['validate'] = schema['~standard'].validate;
  const result = validate(given);
  if (result instanceof Promise) throw new TypeError(`the schema of ${name} is asynchronous`);
  if (result.issues === undefined) return result.value;
  throw new TypeError(`LoggingPlugin: ${name}: ${result.issues[0]?.message ?? 'not valid'}`);
}
