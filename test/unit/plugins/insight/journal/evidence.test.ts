import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { findCoreDump, type Crash } from '../../../../../plugins/insight/journal/core-dump.ts';
import { lastLines } from '../../../../../plugins/insight/journal/last-output.ts';
import { OutOfMemoryWatch } from '../../../../../plugins/insight/journal/out-of-memory.ts';
import { pathOfJournal } from '../../../../../plugins/insight/journal/journal-path.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A machine of files. */
function machine(files: Readonly<Record<string, string>>): { root: string; put: (file: string, text: string) => void } {
  const root = mkdtempSync(join(tmpdir(), 'tsv-evidence-'));
  folders.push(root);
  const put = (file: string, text: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  for (const [file, text] of Object.entries(files)) put(file, text);
  return { root, put };
}

const CGROUP = 'sys/fs/cgroup/app.slice/memory.events';
const events = (kills: number): string => `low 0\nhigh 0\nmax 12\noom 3\noom_kill ${kills}\noom_group_kill 0\n`;

test('a kill that the cgroup of the child has counted since it began is evidence', () => {
  const { root, put } = machine({ 'proc/7/cgroup': '0::/app.slice\n', [CGROUP]: events(4) });
  const watch = new OutOfMemoryWatch(root);
  const counter = watch.begin(7, 'then') ?? '';
  expect(watch.look(counter, 'later')).toBeUndefined();
  put(CGROUP, events(6));
  expect(watch.look(counter, 'now')).toEqual({
    kills: 2,
    since: 'later',
    counter: '/sys/fs/cgroup/app.slice/memory.events',
  });
  expect(watch.look(counter, 'afterwards')).toBeUndefined();
});

test('without a cgroup of version 2, the counter of the whole machine is looked at', () => {
  const { root, put } = machine({ 'proc/7/cgroup': '4:memory:/x\n', 'proc/vmstat': 'nr_free 1\noom_kill 0\n' });
  const watch = new OutOfMemoryWatch(root);
  const counter = watch.begin(7, 'then') ?? '';
  put('proc/vmstat', 'nr_free 1\noom_kill 1\n');
  expect(watch.look(counter, 'now')).toEqual({ kills: 1, since: 'then', counter: '/proc/vmstat' });
});

test('where nobody counts, nothing is claimed', () => {
  expect(new OutOfMemoryWatch(machine({}).root).begin(7, 'then')).toBeUndefined();
});

function crashIn(root: string, given: Partial<Crash> = {}): Crash {
  return { pid: 42, signal: 'SIGSEGV', cwd: join(root, 'cwd'), endedAt: Date.now(), ...given };
}

const LIMITS = 'Max core file size        unlimited            unlimited            bytes\n';

test.each([
  ['core', '0', 'core'],
  ['core', '1', 'core.42'],
  ['core.%p', '1', 'core.42'],
  ['dump-%s-%e.%p', '0', 'dump-11-node.42'],
])(
  'with the pattern %s and core_uses_pid %s, %s in the folder of the child is its core dump',
  (pattern, uses, name) => {
    const { root, put } = machine({
      'sys/kernel/core_pattern': `${pattern}\n`,
      'sys/kernel/core_uses_pid': `${uses}\n`,
      'self/limits': LIMITS,
      'cwd/other.42': '',
    });
    expect(findCoreDump(crashIn(root), root)?.kind).toBe('notFound');
    put(`cwd/${name}`, 'four');
    expect(findCoreDump(crashIn(root), root)).toEqual({ kind: 'file', path: join(root, 'cwd', name), bytes: 4 });
  },
);

test('an old file is not the core dump of a new crash', () => {
  const { root } = machine({ 'sys/kernel/core_pattern': 'core\n', 'cwd/core': 'x', 'self/limits': LIMITS });
  utimesSync(join(root, 'cwd/core'), 1_000, 1_000);
  expect(findCoreDump(crashIn(root), root)).toEqual({ kind: 'notFound', reason: `there is no ${root}/cwd/core` });
});

test('a limit of 0 explains why there is none', () => {
  const { root } = machine({
    'sys/kernel/core_pattern': 'core\n',
    'self/limits': 'Max core file size        0                    unlimited            bytes\n',
  });
  expect(findCoreDump(crashIn(root), root)).toEqual({
    kind: 'notFound',
    reason: `there is no ${root}/cwd/core; core files are limited to 0 bytes here (ulimit -c)`,
  });
});

test('where the kernel says that it wrote none, no file is taken for it, and no handler is asked', () => {
  for (const pattern of ['core', '|/usr/lib/systemd/systemd-coredump %P %u']) {
    const { root } = machine({
      'sys/kernel/core_pattern': `${pattern}\n`,
      'sys/kernel/core_uses_pid': '0\n',
      'self/limits': LIMITS,
      'cwd/core': 'x',
    });
    expect(findCoreDump(crashIn(root, { isDumped: false }), root)).toEqual({
      kind: 'notFound',
      reason: 'the kernel wrote none',
    });
    expect(findCoreDump(crashIn(root, { isDumped: true }), root)?.kind).not.toBe('notFound');
  }
});

test('a handler is named, and whether it has kept anything is not claimed', () => {
  const { root } = machine({ 'sys/kernel/core_pattern': '|/usr/lib/systemd/systemd-coredump %P %u\n' });
  expect(findCoreDump(crashIn(root), root)).toEqual({
    kind: 'handler',
    command: '/usr/lib/systemd/systemd-coredump',
  });
});

test('a signal that leaves no core dump has none', () => {
  const { root } = machine({ 'sys/kernel/core_pattern': 'core\n', 'cwd/core': 'x' });
  expect(findCoreDump(crashIn(root, { signal: 'SIGTERM' }), root)).toBeUndefined();
});

test('the last twenty lines are kept, without colours, and long ones cut', () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
  expect(lastLines(Buffer.from(`${lines.join('\n')}\n`))).toEqual(lines.slice(10));
  expect(lastLines(Buffer.from('\u001b[1;31mred\u001b[0m\r\nunfinished'))).toEqual(['red', 'unfinished']);
  const titled = '\u001b]0;title\u0007a \u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\ \u001b]never ended';
  expect(lastLines(Buffer.from(titled))).toEqual(['a link \u001b]never ended']);
  expect(lastLines(Buffer.from('x'.repeat(600)))).toEqual([`${'x'.repeat(500)}…`]);
  expect(lastLines(Buffer.alloc(0))).toEqual([]);
});

test('a line that lacks its beginning is left out', () => {
  expect(lastLines(Buffer.from(`${'x'.repeat(8 * 1024)}\nwhole\n`))).toEqual(['whole']);
});

const near = { identifier: 'supervisor', logfile: '/var/log/s/supervisord.log', childlogdir: '/tmp' };

test('the journal is beside the log of the daemon, or in childlogdir, or where it is said to be', () => {
  expect(pathOfJournal({ kind: 'auto' }, near)).toBe('/var/log/s/supervisord.journal');
  expect(pathOfJournal({ kind: 'auto' }, { ...near, logfile: '/dev/stdout' })).toBe('/tmp/supervisor.journal');
  expect(pathOfJournal({ kind: 'auto' }, { ...near, logfile: undefined, identifier: '../x' })).toBe(
    '/tmp/.._x.journal',
  );
  expect(pathOfJournal({ kind: 'file', path: '/srv/j' }, near)).toBe('/srv/j');
  expect(pathOfJournal({ kind: 'none' }, near)).toBeUndefined();
});
