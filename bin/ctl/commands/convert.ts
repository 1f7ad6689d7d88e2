import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { codeOf, reasonOf } from '../../../core/index.ts';
import type { Format } from '../../../plugins/config/convert/index.ts';
import { UsageError } from '../command-line.ts';
import { EXIT } from '../exit-status.ts';
import type { LocalCall, LocalCommand } from '../local-commands.ts';

/** Turns a configuration into another format. */
export const convert: LocalCommand = {
  name: 'convert',
  usage: [
    ['convert FILE', 'print a supervisord.conf as tsv.config.ts, anything else as supervisord.conf'],
    ['convert FILE --to ts|json|yaml|ini', 'print it in this format'],
    ['convert FILE -o FILE [--force]', 'write it, in the format of the name; --force replaces a file that is there'],
  ],
  flags: { '--to': 'format', '-o': 'file to write', '--force': 'replace a file that is there' },
  takesFile: true,
  async run({ words, stdout, stderr }: LocalCall) {
    // Imported here: no other command needs it.
    const {
      convert: convertFile,
      FORMATS,
      writeConfiguration,
    } = await import('../../../plugins/config/convert/index.ts');
    const { printProblem } = await import('../../../plugins/config/index.ts');
    const { file, to, output, force } = parseWords(words, FORMATS);
    const conversion = await convertFile({ file, ...(to && { to }), ...(output !== undefined && { output }) });
    if (conversion.kind === 'refused') {
      for (const problem of conversion.problems) stderr.write(`Error: ${printProblem(problem)}\n`);
      return EXIT.invalidArguments;
    }
    const { text, warnings, merged, isPrivate } = conversion;
    for (const problem of warnings) stderr.write(`Warning: ${printProblem(problem)}\n`);
    if (merged.length > 0) {
      stderr.write(
        `Note: included files are part of it now, and files added later are not seen: ${merged.join(', ')}\n`,
      );
    }
    if (output === undefined) {
      stdout.write(text);
      return EXIT.success;
    }
    try {
      await writeConfiguration(resolve(output), text, { isPrivate, force });
    } catch (error) {
      stderr.write(`Error: ${describe(output, error)}\n`);
      return EXIT.failure;
    }
    if (isPrivate) stderr.write(`Note: ${output} holds passwords or variables; only you can read it (mode 0600)\n`);
    stderr.write(`${output}: written; check it with tsvd --check -c ${output}\n`);
    return EXIT.success;
  },
};

interface Words {
  readonly file: string;
  readonly to: Format | undefined;
  readonly output: string | undefined;
  readonly force: boolean;
}

function parseWords(words: readonly string[], formats: readonly Format[]): Words {
  const { values, positionals } = parse(words);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError('convert takes one FILE');
  const to = formats.find((format) => format === values.to);
  if (values.to !== undefined && to === undefined)
    throw new UsageError(`convert --to accepts ${formats.join(', ')}, and not ${values.to}`);
  return { file, to, output: values.output, force: values.force === true };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        to: { type: 'string' },
        output: { type: 'string', short: 'o' },
        force: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(`convert: ${reasonOf(error)}`);
  }
}

function describe(output: string, error: unknown): string {
  if (codeOf(error) === 'EEXIST') return `${output} is there already, and stays as it is; --force replaces it`;
  return `${output} cannot be written: ${reasonOf(error)}`;
}
