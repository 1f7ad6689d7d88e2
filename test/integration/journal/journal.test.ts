import { appendFileSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readRecords } from '../../../plugins/insight/journal/record-schema.ts';
import type { JournalRecord } from '../../../plugins/insight/journal/index.ts';
import { forgetDaemon } from '../../support/state-folder.ts';
import { Place } from '../../support/tsvd.ts';
import { until } from '../../support/wait.ts';

/** What `why NAME` says, once it says this. */
function whyOnce(place: Place, name: string, words: string): Promise<string> {
  let last = '';
  return until(`why ${name} to say "${words}"`, async () => {
    last = (await place.ctl('why', name)).out;
    return last.includes(words) ? last : '';
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}; it says:\n${last}`);
  });
}

async function recordsOf(place: Place, name: string): Promise<JournalRecord[]> {
  const { out } = await place.ctl('why', '--json', '-n', '50', name);
  const [document] = JSON.parse(out) as { records: unknown }[];
  return readRecords(document?.records);
}

/** A place with one program, started. */
async function placeWith(program: string, supervisord = ''): Promise<Place> {
  const place = new Place();
  place.conf(`[program:web]\nstartsecs=0\n${program}`, supervisord);
  await place.start();
  return place;
}

/** A command for a configuration file: percent signs doubled, nothing that begins a comment. */
const sh = (script: string): string => `/bin/sh -c '${script}'`;

/** What can be said about a core dump on this machine. */
function whereCoresGo(folder: string): string {
  const pattern = readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim();
  if (pattern.startsWith('|')) return `The kernel hands core dumps to ${pattern.slice(1).split(' ')[0] ?? ''}`;
  return pattern.startsWith('/') ? 'core dump' : `Its memory was saved in the core dump ${folder}/`;
}

describe('why tells', { timeout: 60_000 }, () => {
  test('an exit with status 0, as expected', async () => {
    await using place = await placeWith(`command=${sh('echo all done; exit 0')}`);
    const story = await whyOnce(place, 'web', 'exited with status 0');
    expect(story).toMatch(/^web is EXITED\.$/m);
    expect(story).toContain('by the start of the daemon (autostart).');
    expect(story).toContain('Status 0 is an expected one');
    expect(story).toContain('| all done');
    expect(story).toContain('It was left so: exit status 0 is expected.');
    expect(story).toContain('What to do: Nothing is wrong.');
  });

  test('an exit with status 3, its last words on both streams, and that it was given up', async () => {
    await using place = await placeWith(
      `command=${sh('echo to the point; echo Error: no port >&2; exit 3')}\nstartsecs=1\nstartretries=1`,
    );
    const story = await whyOnce(place, 'web', 'gave up after 2 failed starts');
    expect(story).toContain('web is FATAL: Exited too quickly');
    expect(story).toContain('web exited with status 3 after ');
    expect(story).toContain('by the restart policy, after exit status 3.');
    expect(story).toMatch(/printed last on stdout \(.*\):\n {4}\| to the point\n/);
    // The log has two runs by now; only the words of the last one are told.
    expect(story).toMatch(/printed last on stderr \(.*\):\n {4}\| Error: no port\n {2}It was not started again/);
    expect(story).toMatch(/^Before that:\n.* exited with status 3 after/m);
    expect(story).toContain('When it is corrected: tsvctl start web');
  });

  test('SIGSEGV, with the core dump where the kernel puts one', async () => {
    const place = new Place();
    await using _ = place;
    place.conf(
      `[program:web]\ncommand=${sh('ulimit -c unlimited; kill -SEGV $$')}\nstartsecs=0\nautorestart=false\ndirectory=${place.folder}`,
    );
    await place.start();
    const story = await whyOnce(place, 'web', 'was killed by SIGSEGV');
    expect(story).toContain('SIGSEGV means: it touched memory that is not its own');
    expect(story).toContain('It was not started again: autorestart=false.');
    expect(story).toContain(whereCoresGo(place.folder));
  });

  test('SIGKILL from outside, which nobody here has sent', async () => {
    await using place = await placeWith(`command=${sh('echo alive; exec sleep 1000')}`);
    await place.status('web', 'RUNNING');
    await until('its output', () => place.ctl('tail', 'web').then(({ out }) => out.includes('alive')));
    const pid = Number((await place.ctl('pid', 'web')).out);
    process.kill(pid, 'SIGKILL');
    await whyOnce(place, 'web', 'was killed by SIGKILL');
    const story = await whyOnce(place, 'web', 'by the restart policy, after terminated by SIGKILL.');
    expect(story).toContain('web is RUNNING: pid ');
    expect(story).toContain('The daemon did not send SIGKILL: a person, a script or the kernel did.');
    expect(story).toContain('| alive');
    expect(story).toContain('It was to be started again');
  });

  test('a stop by a client', async () => {
    await using place = await placeWith('command=/bin/sleep 1000');
    await place.status('web', 'RUNNING');
    await place.ctl('stop', 'web');
    const story = await whyOnce(place, 'web', 'was stopped (SIGTERM)');
    expect(story).toContain('It was stopped by a client (supervisor.stopProcess).');
    expect(story).toMatch(/It was sent SIGTERM at \d\d:\d\d:\d\d\.$/m);
    expect(story).toContain('What to do: Nothing is wrong. To have it back: tsvctl start web');
    const ended = (await recordsOf(place, 'web')).find(({ kind }) => kind === 'ended');
    expect(ended).toHaveProperty('usage.processes', 1);
  });

  test('a stop by a reload that changed the program, or took it away', async () => {
    await using place = await placeWith('command=/bin/sleep 1000');
    await place.status('web', 'RUNNING');
    place.conf('[program:web]\nstartsecs=0\ncommand=/bin/sleep 2000');
    await place.ctl('update');
    const changed = await whyOnce(place, 'web', 'was stopped (SIGTERM)');
    expect(changed).toMatch(/^web is RUNNING/);
    expect(changed).toMatch(/It was stopped by a (change of the configuration|client)/);
    place.conf('');
    await place.ctl('update');
    const removed = await whyOnce(place, 'web', 'is not in use any more');
    expect(removed).toMatch(/^It was taken out of use at /m);
    expect(removed.match(/was stopped \(SIGTERM\)/g)).toHaveLength(2);
  });

  test('a command that cannot be run', async () => {
    await using place = await placeWith('command=/no/such/program\nstartretries=0');
    const story = await whyOnce(place, 'web', 'gave up after 1 failed start');
    expect(story).toContain("web could not be started: can't find command '/no/such/program'.");
    expect(story).toContain('The start was asked for by the start of the daemon (autostart).');
    expect(story).toContain('What to do: Install the program, or correct command= of web.');
  });

  test('one that did not heed its stop signal and was killed after stopwaitsecs', async () => {
    await using place = await placeWith(
      `command=${sh('trap "" TERM; echo deaf; while :; do sleep 0.1; done')}\nstopwaitsecs=1`,
    );
    await until('its trap', () => place.ctl('tail', 'web').then(({ out }) => out.includes('deaf')));
    await place.ctl('stop', 'web');
    const story = await whyOnce(place, 'web', 'was killed because it did not stop in time');
    expect(story).toMatch(
      /It was sent SIGTERM at .*, then SIGKILL at .* because it had not ended within stopwaitsecs\./,
    );
    expect(story).toContain('or give it more time (stopwaitsecs)');
  });
});

test('an unknown name, a wrong number and a daemon without a journal are said', async () => {
  await using place = await placeWith('command=/bin/sleep 1000', 'journal_file=NONE');
  const none = await place.ctl('why', 'web');
  expect([none.out, none.code]).toEqual(['web: ERROR (no journal is kept (journal_file=NONE))\n', 1]);
  expect((await place.ctl('why')).out).toContain('Error: why requires a process name');
  expect((await place.ctl('why', '-n', 'x', 'web')).out).toContain('Error: -n requires a number from 1 to 200');
  expect(existsSync(place.path('log.journal'))).toBe(false);
});

test('the journal is private, survives kill -9 of the daemon, and says that nobody saw the end', async () => {
  await using place = new Place();
  place.conf(`[program:web]\nstartsecs=0\ncommand=${sh('echo ready; exec sleep 1000')}`);
  const first = await place.start();
  await place.status('web', 'RUNNING');
  expect(statSync(place.path('log.journal')).mode & 0o777).toBe(0o600);
  const orphan = Number((await place.ctl('pid', 'web')).out);
  const daemon = Number((await place.ctl('pid')).out);
  process.kill(daemon, 'SIGKILL');
  await first.ended;
  process.kill(orphan, 'SIGKILL');
  forgetDaemon(daemon); // as after a reboot
  // As if the crash had come in the middle of a record.
  appendFileSync(place.path('log.journal'), '{"v":1,"kind":"ended","at":"2026-01-0');
  rmSync(place.socket);
  await place.start();
  const story = await whyOnce(place, 'web', 'was running when the daemon itself disappeared without a word');
  expect(story).toContain(`as pid ${orphan} by the start of the daemon (autostart).`);
  expect((await place.ctl('why', 'nobody')).out).toBe('nobody: ERROR (no such process)\n');
});

test('a program that goes on under the next daemon goes on in the journal', async () => {
  await using place = new Place();
  place.conf(`[program:web]\nstartsecs=0\nautorestart=false\ncommand=${sh('echo ready; exec sleep 1000')}`);
  const first = await place.start();
  await place.status('web', 'RUNNING');
  const pid = Number((await place.ctl('pid', 'web')).out);
  first.child.kill('SIGKILL');
  await first.ended;
  await place.start();
  expect((await place.ctl('why', 'web')).out).toContain('The journal knows of no end before that.');
  process.kill(pid, 'SIGKILL');
  const story = await whyOnce(place, 'web', 'web was killed by SIGKILL');
  expect(story).toContain(`as pid ${pid} by the start of the daemon (autostart).`);
  const records = place.read('log.journal').trimEnd().split('\n');
  expect(records.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual([
    'daemonStarted',
    'started',
    'daemonStarted',
    'resumed',
    'ended',
  ]);
});

test('a journal that cannot be opened is kept in memory, and the daemon says so and goes on', async () => {
  const place = new Place();
  await using _ = place;
  place.write('precious', 'not a journal\n');
  place.conf(
    `[program:web]\nstartsecs=0\ncommand=${sh('exit 7')}\nautorestart=false`,
    `journal_file=${place.path('precious')}`,
  );
  await place.start();
  await whyOnce(place, 'web', 'exited with status 7');
  expect(place.read('precious')).toBe('not a journal\n');
  expect(place.read('log')).toContain('WARN the journal is kept in memory only: ');
});

test('output that goes to no file is remembered as it passes', async () => {
  const place = new Place();
  await using _ = place;
  place.conf(
    `[program:web]\nstartsecs=0\nautorestart=false\ncommand=${sh('echo straight through; exit 5')}\nstdout_logfile=/dev/stdout\nstdout_logfile_maxbytes=0`,
  );
  await place.start();
  const story = await whyOnce(place, 'web', 'exited with status 5');
  expect(story).toContain('It printed last on stdout:\n    | straight through');
});
