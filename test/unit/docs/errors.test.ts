import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ERRORS } from '../../../core/index.ts';
import { CONFIG_ERRORS } from '../../../plugins/config/index.ts';
import { FCGI_ERRORS } from '../../../plugins/fcgi/index.ts';
import { HTTP_ERRORS } from '../../../plugins/http/index.ts';
import { JOURNAL_ERRORS } from '../../../plugins/journal/index.ts';
import { LOGGING_ERRORS } from '../../../plugins/logging/index.ts';
import { NOTIFY_ERRORS } from '../../../plugins/notify/index.ts';

test('every error code has a heading in docs/errors.md, and every heading there is a code', () => {
  const codes = [
    ERRORS,
    CONFIG_ERRORS,
    FCGI_ERRORS,
    HTTP_ERRORS,
    JOURNAL_ERRORS,
    LOGGING_ERRORS,
    NOTIFY_ERRORS,
  ].flatMap((table) => Object.keys(table));
  const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  const headings = [...page.matchAll(/^### (TSV_\w+)$/gm)].map(([, code]) => code);
  expect(new Set(headings)).toEqual(new Set(codes));
  expect(headings).toHaveLength(codes.length);
});
