import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { convert } from '../../../plugins/config/convert/index.ts';
import type { Format } from '../../../plugins/config/convert/index.ts';
import { documentOf, readSupervisordConf } from '../../../plugins/config/read-supervisord-conf.ts';
import { accepted, entryFolders, environmentOf, hasCorpus } from '../../support/corpus.ts';
import { meaningOf, TABLES, typedDocument } from '../../support/converting.ts';
import { runCommand } from '../../support/tsvd.ts';

/** Converting every real configuration there and back changes nothing in what it means. */

const root = mkdtempSync(join(tmpdir(), 'tsv-convert-'));
const compiled = join(root, 'compiled');
mkdirSync(compiled);
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function converted(file: string, to: Format, env: Record<string, string>) {
  const conversion = await convert({ file, to, env });
  if (conversion.kind === 'refused') throw new Error(JSON.stringify(conversion.problems));
  return conversion;
}

describe.skipIf(!hasCorpus)('a real configuration', () => {
  test.each(accepted)('%s means the same as tsv.config.ts, and turned back into a supervisord.conf', async (name) => {
    const env = environmentOf(name);
    const { here } = entryFolders(root, name);
    const file = join(here, 'supervisord.conf');
    const original = meaningOf(await readSupervisordConf(file, { env, hostName: 'host', tables: TABLES }), env);

    const typed = await converted(file, 'ts', env);
    const typedFile = join(here, 'tsv.config.ts');
    expect(meaningOf(await typedDocument(typedFile, typed.text), env)).toEqual(original);

    writeFileSync(
      typedFile,
      typed.text.replace("import { defineConfig } from 'tsvisor';", 'const defineConfig = (config) => config;'),
    );
    const back = await converted(typedFile, 'ini', env);
    expect(meaningOf(documentOf(file, back.text, TABLES), env)).toEqual(original);
    expect(back.warnings).toEqual([]);
    writeFileSync(join(compiled, `${name}.ts`), typed.text);
  });

  test('compiles as tsv.config.ts, each of them', { timeout: 120_000 }, async () => {
    const project = join(import.meta.dirname, '../../..');
    writeFileSync(join(compiled, 'package.json'), '{ "type": "module" }');
    writeFileSync(
      join(compiled, 'tsconfig.json'),
      JSON.stringify({
        extends: join(project, 'tsconfig.json'),
        compilerOptions: {
          noEmit: true,
          typeRoots: [join(project, 'node_modules/@types')],
          paths: { tsvisor: [join(project, 'plugins/index.ts')] },
        },
        include: ['*.ts', join(project, 'plugins/config/native/js-yaml.d.ts')],
      }),
    );
    const { out } = await runCommand(join(project, 'node_modules/.bin/tsc'), ['-p', compiled], { cwd: compiled });
    expect(out).toBe('');
  });
});
