import { readOptions, type OptionInputs, type Schema, type SupervisorConfig } from '../../../core/index.ts';
import { supervisordOptions, type DaemonLoggingValues } from '../options.ts';

/** What may be given to the plugin itself; it goes before what `[supervisord]` says. */
export interface LoggingOptions extends OptionInputs<typeof supervisordOptions> {
  /** Whether the activity log also goes to stdout, unless `silent`. By default what `nodaemon` says. */
  readonly foreground?: boolean;
}

export interface DaemonSettings extends DaemonLoggingValues {
  readonly identifier: string;
  readonly foreground: boolean;
}

/** Checks what was given to the constructor, on the line where it was written. @throws TypeError. */
export function checkOptions({ foreground, ...given }: LoggingOptions): Readonly<Record<string, unknown>> {
  const checked = Object.entries(given).map(([name, value]) => {
    const option = Object.entries(supervisordOptions).find(([known]) => known === name)?.[1];
    if (option === undefined) throw new TypeError(`LoggingPlugin has no option ${name}`);
    return [name, valueOf(name, option.schema, value)] as const;
  });
  return Object.freeze({ ...Object.fromEntries(checked), ...(foreground !== undefined && { nodaemon: foreground }) });
}

/** The settings in effect: the plugin's own options, then `[supervisord]`, then the defaults. */
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
