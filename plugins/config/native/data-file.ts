import type { Type } from 'js-yaml';
import { reasonOf } from '../../../core/index.ts';

/**
 * Values of a configuration that is data. A number or a boolean is one where it prints as it is written; anything else (`1.10`, `01234`,
 * `+49123`, `1e3`, `True`, a number with too many digits) stays the text that is written, and the option says whether it can be that. A
 * version, a telephone number or a file mode then never turns into another one.
 */
export async function parseYaml(file: string, text: string): Promise<unknown> {
  // The default export: in the bundle a CommonJS package has no other.
  const { default: yaml } = await import('js-yaml');
  const { null: nothing, bool, int, float, merge } = yaml.types;
  const asWritten = ({ tag, resolve, construct }: Type): Type =>
    new yaml.Type(tag, { kind: 'scalar', resolve, construct: (written) => faithful(construct(written), written) });
  // Without dates: no option is one.
  const schema = yaml.FAILSAFE_SCHEMA.extend({ implicit: [nothing, ...[bool, int, float].map(asWritten), merge] });
  try {
    return yaml.load(text, { filename: file, schema });
  } catch (error) {
    throw new Error(`YAML Error in ${file}:\n${reasonOf(error)}`, {
      cause: error,
    });
  }
}

/** A text of JSON, known to be right, in which numbers that would change are texts. */
export function withFaithfulNumbers(json: string): string {
  return json.replaceAll(/"(?:[^"\\]|\\[^])*"|-?\d[\d.eE+-]*/g, (token) =>
    token.startsWith('"') || faithful(Number(token), token) !== token ? token : `"${token}"`,
  );
}

function faithful(value: unknown, written: string): unknown {
  return String(value) === written ? value : written;
}

/** A value with the texts that its numbers and booleans were written as. */
export function asWritten(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map(asWritten);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asWritten(item)]));
}

/** Whether a file holds data, in which a number is decimal whatever it is meant as. */
export function isDataFile(file: string): boolean {
  return /\.(?:json|ya?ml)$/.test(file);
}
