import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Place } from '../../support/tsvd.ts';
import { until } from '../../support/wait.ts';

const SUPERVISORD = (place: Place): string => `journal_file=${place.path('journal')}\n`;
const PROGRAM = '[program:web]\ncommand=/bin/sh -c "echo alive; exec sleep 1000"\nstartsecs=0\n';

test('a second tsvd of a configuration refuses to start, and has touched nothing of the first', async () => {
  await using place = new Place();
  const file = place.conf(PROGRAM, SUPERVISORD(place));
  await place.start();
  await until('the output', async () => (await place.ctl('tail', 'web')).out.includes('alive'));
  const seen = () => ({
    journal: place.read('journal'),
    files: readdirSync(place.folder).toSorted(),
    log: place.read('log'),
  });
  const before = seen();
  for (const args of [['-n'], []]) {
    const { code, err } = await place.run(...args, '-c', file);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/another program|already/i) });
  }
  expect(seen()).toEqual(before);
  expect((await place.ctl('tail', 'web')).out).toContain('alive');
});

test('a lock that a killed daemon has left holds nobody back', async () => {
  await using place = new Place();
  place.conf(PROGRAM, SUPERVISORD(place));
  const first = await place.start();
  const pid = Number((await place.ctl('pid', 'web')).out);
  first.child.kill('SIGKILL');
  await first.ended;
  process.kill(pid, 'SIGKILL');
  await place.start();
  expect(await place.status('web', 'RUNNING')).not.toContain(`pid ${pid},`);
});

test('no program has the lock open', async () => {
  await using place = new Place();
  place.conf(PROGRAM, SUPERVISORD(place));
  await place.start();
  const pid = Number((await place.ctl('pid', 'web')).out);
  await until('the program', () => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n');
  expect(readdirSync(`/proc/${pid}/fd`)).toEqual(['0', '1', '2']);
});

test('two daemons of one file run side by side where they share no socket and no pidfile', async () => {
  await using place = new Place();
  const file = place
    .conf(`[program:web]\ncommand=sleep 1000\nstdout_logfile=NONE\nstderr_logfile=NONE\n`, 'nocleanup=true\n')
    .replace(place.folder, place.folder);
  const text = readFileSync(file, 'utf8').replace(`file=${place.socket}`, `file=${place.folder}/%(ENV_WHO)s.sock`);
  place.write('supervisord.conf', text);
  await place.start(['-n', '-c', file, '-j', place.path('pid1')], { WHO: 's' });
  const { code } = await place.run('--check', '-c', file); // WHO is not set here
  expect(code).toBe(2);
  const other = new Place();
  await using _other = other;
  await other.start(['-n', '-c', file, '-j', place.path('pid2'), '-l', place.path('log2')], {
    WHO: `../${other.folder.split('/').at(-1)}/s`,
  });
  expect(place.read('pid1')).not.toBe(place.read('pid2'));
});
