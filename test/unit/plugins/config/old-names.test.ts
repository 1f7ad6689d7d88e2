import { expect, test } from 'vitest';

import { programOptions, supervisordOptions } from '../../../../plugins/config/index.ts';
import { newName } from '../../../../plugins/config/options/old-names.ts';
import { resolveText, warningsOf } from './resolving.ts';

test.each([
  ['logfile', 'stdout_logfile'],
  ['log_stdout', 'stdout_logfile'],
  ['logfile_maxbytes', 'stdout_logfile_maxbytes'],
  ['username', 'user'],
])('%s of a program is called %s now', (old, now) => {
  const text = `[supervisord]\n[program:p]\ncommand=x\n${old}=1\n`;
  expect(warningsOf(resolveText(text))).toEqual([
    `/etc/s.conf:4: [program:p] ${old}: unknown option, ignored; did you mean ${now}?`,
  ]);
});

test('an old name of the daemon says where it went', () => {
  expect(warningsOf(resolveText('[supervisord]\nhttp_port=9001\n')).join()).toContain('port in [inet_http_server]');
});

test('no option of today counts as an old one', () => {
  expect(Object.keys(programOptions).filter((name) => newName('program', name) !== undefined)).toEqual([]);
  expect(Object.keys(supervisordOptions).filter((name) => newName('supervisord', name) !== undefined)).toEqual([]);
});
