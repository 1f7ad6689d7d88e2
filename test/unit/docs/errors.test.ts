import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { errorCodesBelow } from '../../support/error-tables.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

test('every error code has a heading in docs/errors.md, and every heading there is a code', async () => {
  const codes = await errorCodesBelow(`${root}/core`, `${root}/plugins`);
  const page = readFileSync(`${root}/docs/errors.md`, 'utf8');
  const headings = [...page.matchAll(/^### (TSV_\w+)$/gm)].map(([, code]) => code);
  expect(new Set(headings)).toEqual(new Set(codes));
  expect(headings).toHaveLength(codes.length);
});
