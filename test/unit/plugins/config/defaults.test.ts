import { expect, test } from 'vitest';

import { errorsOf, processesOf, resolveText, warningsOf } from './resolving.ts';

const TEXT = (defaults: string) => `[DEFAULT]
${defaults}
[supervisord]
[unix_http_server]
file=/tmp/s.sock
[supervisorctl]
serverurl=unix:///tmp/s.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[program:a]
command=x
[program:b]
command=y
[eventlistener:e]
command=z
events=TICK_5
[group:g]
programs=a
`;

test('an option of [DEFAULT] is no unknown option of the sections that do not have it', () => {
  const resolved = resolveText(TEXT('autorestart=true\nstartsecs=7\nstopasgroup=true'));
  expect([...errorsOf(resolved), ...warningsOf(resolved)]).toEqual([]);
  expect(processesOf(resolved).map(({ startsecs }) => startsecs)).toEqual([7, 7, 7]);
});

test('an option of [DEFAULT] that no section has is a warning, once and about [DEFAULT]', () => {
  expect(warningsOf(resolveText(TEXT('autorestrat=true')))).toEqual([
    '/etc/s.conf:2: [DEFAULT] autorestrat: no section has such an option; ignored; did you mean autorestart?',
  ]);
});
