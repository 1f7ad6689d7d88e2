import { expect, test } from 'vitest';

import { Place } from '../../support/tsvd.ts';
import { until } from '../../support/wait.ts';

/** The credentials in a `serverurl` reach the program, and nobody who looks. */

const PROGRAM = (password: string, place: Place) => `
[program:p]
command=/bin/sh -c "env > ${place.path('p.env')}; exec sleep 1000"
serverurl=http://alice:${password}@127.0.0.1:9001
startsecs=0
`;

test('credentials in serverurl are masked wherever they are shown', { timeout: 60_000 }, async () => {
  await using place = new Place();
  place.conf(PROGRAM('hunter2', place));
  await place.start();
  await until('the environment', () => place.read('p.env').includes('SUPERVISOR_PROCESS_NAME'));
  expect(place.read('p.env')).toContain('SUPERVISOR_SERVER_URL=http://alice:hunter2@127.0.0.1:9001');

  const info = await place.ctl('call', 'supervisor.getAllConfigInfo');
  expect(info.out).toContain('http://********@127.0.0.1:9001');
  const checked = await place.run('--check', '--json', '-c', place.path('supervisord.conf'));
  expect(checked.out).toContain('"serverurl": "http://********@127.0.0.1:9001"');

  place.conf(PROGRAM('hunter3', place));
  const planned = await place.ctl('update', '--dry-run');
  expect(planned.out).toContain('serverurl');
  const compared = await place.run('--check', '--diff', '-c', place.path('supervisord.conf'));
  expect(compared.out).toContain('serverurl');

  place.conf(PROGRAM('hunter4', place).replace('9001', '9001/%(nope)s'));
  const broken = await place.run('--check', '-c', place.path('supervisord.conf'));
  expect(broken.err).toContain('http://********@127.0.0.1:9001/%(nope)s');

  const shown = [info, checked, planned, compared, broken].map(({ out, err }) => out + err).join('\n');
  expect(shown + place.read('log')).not.toMatch(/hunter|alice/);
});
