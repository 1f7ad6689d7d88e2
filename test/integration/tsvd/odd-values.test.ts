import { existsSync } from 'node:fs';

import { expect, test } from 'vitest';

import { Place } from '../../support/tsvd.ts';
import { until } from '../../support/wait.ts';

/** Values that Supervisor accepts and that keep at most their own program from running. */

test('a program with an empty value fails by itself, and the others run', { timeout: 60_000 }, async () => {
  await using place = new Place();
  place.conf(`
[program:]
command=/bin/sleep 1000
startsecs=0
[program:nameless]
command=/bin/sleep 1000
process_name=
startsecs=0
[program:nocommand]
command=
startretries=0
[program:nowhere]
command=/bin/sleep 1000
directory=
startretries=0
[program:nolog]
command=/bin/sh -c "echo lost; exec sleep 1000"
stdout_logfile=%(ENV_NO_LOG)s
stderr_logfile=
startsecs=0
[program:nourl]
command=/bin/sh -c "env > ${place.path('nourl.env')}; exec sleep 1000"
serverurl=
startsecs=0
`);
  await place.start(undefined, { NO_LOG: '' });
  await place.status('nolog', 'RUNNING');
  expect(await place.status('nocommand', 'FATAL')).toContain('command is empty');
  await place.status('nowhere', 'FATAL');
  expect(place.read('log')).toMatch(/exited: nowhere \(exit status 127; not expected\)/);
  await until('the environment', () => place.read('nourl.env').includes('SUPERVISOR_GROUP_NAME'));
  expect(place.read('nourl.env')).not.toContain('SUPERVISOR_SERVER_URL');
  expect((await place.ctl('status')).out).toMatch(/^ +RUNNING[^]*^nameless: +RUNNING/m);
});

test('an empty pidfile is a CRIT line', { timeout: 60_000 }, async () => {
  await using place = new Place();
  place.conf('', 'pidfile=\n');
  await place.start();
  expect(place.read('log')).toMatch(/CRIT could not write pidfile/);
  expect(existsSync(place.path('pid'))).toBe(false);
});

test('a real-time signal stops a program', { timeout: 60_000 }, async () => {
  await using place = new Place();
  const command = (trapped: string) =>
    `/bin/bash -c "trap 'exit 7' ${trapped}; echo ready > ${place.path(trapped)}; while :; do sleep 0.05; done"`;
  place.conf(`
[program:named]
command=${command('RTMIN')}
stopsignal=RTMIN
startsecs=0
[program:numbered]
command=${command('RTMIN+3')}
stopsignal=37
startsecs=0
`);
  await place.start();
  await until('both', () => place.read('RTMIN') !== '' && place.read('RTMIN+3') !== '');
  await place.ctl('stop', 'all');
  expect(place.read('log')).toMatch(/stopped: named \(exit status 7\)/);
  expect(place.read('log')).toMatch(/stopped: numbered \(exit status 7\)/);
});
