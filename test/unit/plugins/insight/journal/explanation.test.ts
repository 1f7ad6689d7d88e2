import { expect, test } from 'vitest';
import { explain } from '../../../../../plugins/insight/journal/index.ts';
import type { Ended, JournalRecord, Of, Started } from '../../../../../plugins/insight/journal/index.ts';
import { FAILURE_KINDS } from '../../../../../core/index.ts';
import { adviceOnFailure } from '../../../../../plugins/insight/journal/exec-advice.ts';
import { duration, size } from '../../../../../plugins/insight/journal/format.ts';

/** Local time, since that is what people are told. */
const at = (seconds: number): string => new Date(2026, 0, 31, 9, 5, seconds).toISOString();
const whose = { group: 'web', name: 'web' };

const started = (given: Partial<Started> = {}): Of<Started> => ({
  kind: 'started',
  at: at(0),
  ...whose,
  run: 1,
  pid: 42,
  by: { by: 'boot' },
  tries: 0,
  ...given,
});

const ended = (given: Partial<Ended> = {}): Of<Ended> => ({
  kind: 'ended',
  at: at(30),
  ...whose,
  run: 1,
  pid: 42,
  exit: { code: 3 },
  asked: false,
  expected: false,
  by: { by: 'child', detail: 'exit status 3' },
  ranSeconds: 30,
  tooQuickly: false,
  state: 'EXITED',
  tries: 0,
  signals: [],
  output: [],
  decision: { kind: 'leave', reason: 'autorestart=false' },
  ...given,
});

const tell = (...newestFirst: JournalRecord[]): string =>
  explain({ name: 'web', state: 'EXITED', description: 'Jan 31 09:05 AM' }, newestFirst);

test('the whole story: how it is, how it ended, what it printed, what was decided, what was before, what to do', () => {
  const story = explain({ name: 'web', state: 'FATAL', description: 'Exited too quickly' }, [
    ended({
      at: at(4),
      tooQuickly: true,
      ranSeconds: 0.12,
      output: [{ channel: 'stderr', lines: ['Error: EADDRINUSE', '  at listen'], file: '/var/log/web.err' }],
      decision: { kind: 'leave', reason: 'gave up after 2 failed starts' },
    }),
    started({ at: at(3), pid: 43, by: { by: 'child', detail: 'exit status 3' }, tries: 1 }),
    ended({ at: at(2), tooQuickly: true, ranSeconds: 0.2 }),
    started({ at: at(1) }),
  ]);
  expect(story).toBe(`web is FATAL: Exited too quickly.

2026-01-31 09:05:04  web exited with status 3 after 120 ms.
  It was started at 2026-01-31 09:05:03 as pid 43 by the restart policy, after exit status 3.
  Status 3 is not an expected one (exitcodes).
  That was before it counted as started (startsecs), so the start has failed.
  It printed last on stderr (/var/log/web.err):
    | Error: EADDRINUSE
    |   at listen
  It was not started again: gave up after 2 failed starts.

Before that:
2026-01-31 09:05:02  exited with status 3 after 200 ms

What to do: Read what it printed last; all of it: tsvctl tail web and tsvctl tail web stderr. When it is corrected: tsvctl start web`);
});

test('an end that was asked for names who asked, and nothing is wrong', () => {
  const story = tell(
    ended({
      asked: true,
      exit: { signal: 'SIGTERM' },
      by: { by: 'client', detail: 'supervisor.stopProcess' },
      signals: [{ at: at(30), signal: 'SIGTERM', asGroup: true, why: 'stop' }],
    }),
  );
  expect(story).toContain('web was stopped (SIGTERM) after 30 s.');
  expect(story).toContain('It was stopped by a client (supervisor.stopProcess).');
  expect(story).toContain('It was sent SIGTERM to its process group at 09:05:30.');
  expect(story).toContain('What to do: Nothing is wrong. To have it back: tsvctl start web');
});

test('one that did not stop in time was killed for it, and is to be given more time', () => {
  const story = tell(
    ended({
      asked: true,
      exit: { signal: 'SIGKILL' },
      by: { by: 'shutdown', detail: 'SIGTERM' },
      signals: [
        { at: at(20), signal: 'SIGTERM', asGroup: false, why: 'stop' },
        { at: at(30), signal: 'SIGKILL', asGroup: false, why: 'overdue' },
      ],
    }),
  );
  expect(story).toContain('web was killed because it did not stop in time, after 30 s.');
  expect(story).toContain('It was stopped by the end of the daemon (SIGTERM).');
  expect(story).toContain('then SIGKILL at 09:05:30 because it had not ended within stopwaitsecs.');
  expect(story).toContain('stopwaitsecs). To have it back');
});

test('nobody is told to start what was stopped and runs again', () => {
  const stopped = ended({ asked: true, exit: { signal: 'SIGTERM' }, by: { by: 'client' } });
  const story = explain({ name: 'web', state: 'RUNNING', description: 'pid 43' }, [started({ at: at(40) }), stopped]);
  expect(story).toContain('web was stopped (SIGTERM)');
  expect(story).not.toContain('What to do');
});

test('a signal that a client had sent is not looked for elsewhere', () => {
  const story = tell(
    ended({
      exit: { signal: 'SIGKILL' },
      signals: [{ at: at(30), signal: 'SIGKILL', asGroup: false, why: 'request' }],
    }),
  );
  expect(story).toContain('It was sent SIGKILL at 09:05:30 by a client.');
  expect(story).toContain('What to do: A client had SIGKILL sent, which ended it.');
  expect(story).not.toContain('cron jobs');
});

test('a SIGKILL that nobody here sent is said to be so, and with a counted kill it was most likely memory', () => {
  const killed = ended({ exit: { signal: 'SIGKILL' } });
  expect(tell(killed)).toContain('The daemon did not send SIGKILL: a person, a script or the kernel did.');
  const story = tell({ ...killed, outOfMemory: { kills: 1, since: at(1), counter: '/sys/fs/cgroup/memory.events' } });
  expect(story).toContain(
    'The kernel ran out of memory: it counts 1 kill for that since 09:05:01 (/sys/fs/cgroup/memory.events)',
  );
  expect(story).toContain('What to do: Give it more memory');
});

test('a signal that a client had sent is not blamed on somebody else', () => {
  const story = tell(
    ended({
      exit: { signal: 'SIGHUP' },
      signals: [{ at: at(29), signal: 'SIGHUP', asGroup: false, why: 'request' }],
    }),
  );
  expect(story).toContain('It was sent SIGHUP at 09:05:29 by a client.');
  expect(story).not.toContain('The daemon did not send');
});

test.each([
  [{ kind: 'file', path: '/srv/core.42', bytes: 52_428_800 }, 'saved in the core dump /srv/core.42 (50 MiB).'],
  [{ kind: 'handler', command: '/lib/systemd-coredump' }, 'hands core dumps to /lib/systemd-coredump; ask there'],
  [{ kind: 'notFound', reason: 'there is no /srv/core' }, 'No core dump was found: there is no /srv/core.'],
] as const)('a crash tells what is known of its core dump: %j', (core, words) => {
  const story = tell(ended({ exit: { signal: 'SIGSEGV' }, core }));
  expect(story).toContain('SIGSEGV means: it touched memory that is not its own');
  expect(story).toContain(words);
});

test('what the whole run has used is told', () => {
  const used = { userSeconds: 60, systemSeconds: 12.4, peakMemoryBytes: 35_651_584 };
  expect(tell(ended({ used }))).toContain('It used 1 min 12 s of processor time, and at most 34 MiB of memory.');
});

test.each([
  [127, false, 'With 127 a shell says that it did not find the command.'],
  [139, false, 'its command ended by SIGSEGV'],
  [0, true, 'A program that puts itself into the background looks like this'],
] as const)('exit status %d, too quickly: %s, is explained', (code, tooQuickly, words) => {
  expect(tell(ended({ exit: { code }, tooQuickly, expected: code === 0 }))).toContain(words);
});

test('a start that failed names the reason', () => {
  const story = tell({
    kind: 'notStarted',
    at: at(1),
    ...whose,
    run: 1,
    reason: "can't find command 'x'",
    by: { by: 'client', detail: 'supervisor.startProcess' },
    tries: 3,
    decision: { kind: 'leave', reason: 'gave up after 4 failed starts' },
  });
  expect(story).toContain("web could not be started: can't find command 'x'.");
  expect(story).toContain('The start was asked for by a client (supervisor.startProcess).');
});

test('an end that nobody saw, because the daemon was killed, is told as such', () => {
  const story = explain({ name: 'web', state: 'RUNNING', description: 'pid 50, uptime 0:00:09' }, [
    started({ at: at(41), pid: 50 }),
    { kind: 'daemonStarted', at: at(40), pid: 2 },
    started({ at: at(1) }),
    { kind: 'daemonStarted', at: at(0), pid: 1 },
  ]);
  expect(story).toContain('web is RUNNING: pid 50, uptime 0:00:09.\nIt was started at 2026-01-31 09:05:41');
  expect(story).toContain(
    '2026-01-31 09:05:40  web was running when the daemon itself disappeared without a word.\n' +
      '  It was started at 2026-01-31 09:05:01 as pid 42 by the start of the daemon (autostart).\n',
  );
});

test('what never ended has no end, and what was never heard of no story', () => {
  const running = explain({ name: 'web', state: 'RUNNING', description: 'pid 42' }, [started()]);
  expect(running).toMatch(/RUNNING: pid 42\.\nIt was started at .*\.\nThe journal knows of no end before that\.$/);
  expect(tell()).toBe('web is EXITED.\nThe journal knows of no start and no end of it.');
});

test('a process that a reload has taken out of use can still be asked about', () => {
  const story = explain({ name: 'web', state: undefined, description: '' }, [
    { kind: 'removed', at: at(31), ...whose },
    ended({ asked: true, exit: { code: 0 }, by: { by: 'reload', detail: 'update' } }),
  ]);
  expect(story).toContain('web is not in use any more.\nIt was taken out of use at 2026-01-31 09:05:31.');
  expect(story).toContain('It was stopped by a change of the configuration (update).');
});

test('only as many ends are told as are asked for', () => {
  const records = Array.from({ length: 9 }, (_, index) => ended({ at: at(50 - index) }));
  const subject = { name: 'web', state: 'EXITED', description: '' };
  expect(explain(subject, records, 3).match(/exited with status/g)).toHaveLength(3);
});

test('nothing that a program prints can steer the terminal', () => {
  const story = tell(ended({ output: [{ channel: 'stdout', lines: ['a\u001b]0;owned\u0007\u009b2Jb\rc'] }] }));
  expect(story).toContain(String.raw`| a\u001b]0;owned\u0007\u009b2Jb\rc`);
});

test.each([
  [0.034, '34 ms'],
  [4.56, '4.6 s'],
  [47, '47 s'],
  [125, '2 min 5 s'],
  [3_600, '1 h'],
  [7_262, '2 h 1 min'],
  [266_400, '3 d 2 h'],
])('%d seconds are %s', (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});

test('sizes have the unit that reads best', () => {
  expect([size(12), size(1536), size(52_428_800)]).toEqual(['12 bytes', '1.5 KiB', '50 MiB']);
});

test.each([
  ["can't find command 'nosuch'", /correct its path in command/],
  ["can't find command '/home/user/chdir/x'", /correct its path in command/],
  ["command at '/x' is not executable", /chmod \+x/],
  ["command at '/x' is a directory", /not its folder/],
  ["can't parse command 'a \"b': no closing quotation", /Close the quotes/],
  ["couldn't chdir to /nope: EACCES", /folder in directory/],
  ["couldn't exec /srv/user/run: ENOENT", /interpreter of this machine/],
  ["couldn't setuid to 1001: Can't drop privilege as nonroot user", /start the daemon as root/],
  ['unknown error making dispatchers for p: EMFILE', /minfds/],
  ['unknown error during fork: EAGAIN', /TasksMax/],
  ['something else', /tsvd --check --host/],
])('a start that failed with %j: what helps, and how to start again', (reason, advice) => {
  const record: JournalRecord = {
    kind: 'notStarted',
    at: at(1),
    ...whose,
    run: 1,
    reason,
    by: { by: 'boot' },
    tries: 1,
    decision: { kind: 'leave' },
  };
  const [, told = ''] = /^What to do: (.*)$/m.exec(tell(record)) ?? [];
  expect(told).toMatch(advice);
  expect(told).toMatch(/ Then: tsvctl update; tsvctl start web$/);
});

test('a search that did not reach the beginning does not say that there was nothing', () => {
  const limit: JournalRecord = { kind: 'searchLimit', at: at(0) };
  expect(tell(limit)).toBe(
    'web is EXITED.\nThe journal has no start and no end of it since 2026-01-31 09:05:00; what is older was not searched.',
  );
  expect(tell(started({ at: at(9) }), limit)).toContain('no end before that since 2026-01-31 09:05:00');
  expect(tell(ended(), started(), limit)).toMatch(/^What is older than 2026-01-31 09:05:00 was not searched\.$/m);
});

test('a child that could not become its program has said why; the advice follows that', () => {
  const said = ["supervisor: couldn't chdir to /nope: ENOENT", 'supervisor: child process was not spawned'];
  const story = tell(ended({ exit: { code: 127 }, output: [{ channel: 'stderr', lines: said }] }));
  expect(story).toMatch(/What to do: Make the folder in directory/);
});

test.each(FAILURE_KINDS.filter((kind) => kind !== 'other'))(
  'a program that could not be executed (%s) has its own words and advice',
  (kind) => {
    const story = tell(
      ended({ exit: { code: 127 }, failure: { kind, text: 'the words' }, tooQuickly: true }),
      started(),
    );
    expect(story).toContain('web could not be executed: the words');
    expect(story).not.toContain('With 127 a shell says');
    const refused = tell({
      kind: 'notStarted',
      run: 1,
      at: at(1),
      ...whose,
      reason: 'the words',
      failure: kind,
      by: { by: 'boot' },
      tries: 0,
      decision: { kind: 'leave' },
    });
    const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
    expect(lastLine(story)).toBe(lastLine(refused));
    expect(lastLine(story)).toMatch(/tsvctl start web$/);
  },
);

test('no two ways in which an exec can fail have the same advice', () => {
  const advice = FAILURE_KINDS.filter((kind) => kind !== 'other').map((kind) => adviceOnFailure(kind, 'web'));
  expect(new Set(advice).size).toBe(advice.length);
});
