// Writes what is made from the option tables: with no argument dist/schema.json (part of the build), with `docs` the
// reference in docs/ (`npm run docs`; a test fails while it is stale).
import { mkdir, writeFile } from 'node:fs/promises';
import { shippedDeclarations } from '../../dist/plugins/index.js';
import { jsonSchema, optionReference } from '../../dist/plugins/config/schema/index.js';

const write = async (path, text) => {
  const url = new URL(`../../${path}`, import.meta.url);
  await mkdir(new URL('.', url), { recursive: true });
  await writeFile(url, text);
};

if (process.argv[2] === 'docs') await write('docs/reference/options.md', optionReference(await shippedDeclarations()));
else await write('dist/schema.json', `${JSON.stringify(jsonSchema(await shippedDeclarations()), undefined, 1)}\n`);
