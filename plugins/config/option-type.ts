import * as v from 'valibot';

/**
 * How the type of an option is made: one function that turns what was given, natively or as Supervisor's text, into the
 * one form that the program works with, and the words that say what is allowed.
 */
export interface OptionTypeSpec<Output> {
  /** Completes "not …": `a boolean`. */
  readonly is: string;
  /** What may be written: words separated by `, ` where they can be listed (the nearest one is then suggested), else a phrase. */
  readonly allowed: string;
  /** JSON Schema of what may be written in JSON or YAML, for editors. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly parse: (given: unknown) => Output | Refusal;
}

/** A value that is not of the type; `message` replaces "not …" where more can be said. */
export class Refusal {
  readonly message: string | undefined;

  constructor(message?: string) {
    this.message = message;
  }
}

/**
 * A text that contains a `%(name)s` expansion: what it stands for is known only when the file is read, so it is allowed
 * wherever a value is.
 */
export type Expandable = `${string}%(${string}`;

/** A schema for one type of option. `Input` is what an editor offers and the compiler accepts. */
export function optionType<Input, Output>(spec: OptionTypeSpec<Output>): v.GenericSchema<Input | Expandable, Output> {
  return v.pipe(
    v.custom<Input | Expandable>((given) => given !== undefined, `not ${spec.is}`),
    v.rawTransform<Input | Expandable, Output>(({ dataset, addIssue, NEVER }) => {
      const parsed = spec.parse(dataset.value);
      if (!(parsed instanceof Refusal)) return parsed;
      addIssue({ message: parsed.message ?? `not ${spec.is}`, expected: spec.allowed });
      return NEVER;
    }),
    v.metadata({ jsonSchema: spec.json }),
  );
}
