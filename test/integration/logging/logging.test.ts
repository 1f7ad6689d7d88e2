import { execFileSync } from 'node:child_process';
import {
  chownSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { groupConfig, processConfig, Supervisor, supervisorConfig, type Plugin } from '../../../core/index.ts';
import { loadPosix } from '../../../core/posix.ts';
import { newInputPipe, newOutputPipe, newPipeByCommand } from '../../../plugins/output/logging/pipe/new-pipe.ts';
import { LoggingPlugin, loggingService } from '../../../plugins/output/logging/index.ts';
import { secondUsers } from '../../support/second-user.ts';
import { SyslogSink } from '../../../plugins/output/logging/capture/syslog-sink.ts';
import { contentOf, nextExit, openDescriptors, run, testFolder, wholeLog } from './support.ts';
import { loggingOf, observing } from '../../support/logging.ts';
import { later } from '../../support/later.ts';
import { until } from '../../support/wait.ts';

const CLIENT = { by: 'client' } as const;
const NOBODY = { name: 'nobody', uid: 65_534, gid: 65_534, groups: [65_534] };
const isRoot = process.getuid?.() === 0;

describe('pipes', () => {
  test('a child can open /dev/stdout and /dev/stderr again', async () => {
    const { folder } = await run([
      {
        name: 'p',
        script: 'echo one > /dev/stdout; echo two > /dev/stderr; echo three >> /dev/stdout; exec sleep 1000',
      },
    ]);
    await until('the output', () => contentOf(join(folder, 'p.out')) === 'one\nthree\n');
    await until('the errors', () => contentOf(join(folder, 'p.err')) !== '');
    expect(contentOf(join(folder, 'p.err'))).toBe('two\n');
  });

  test.runIf(isRoot)('so can one that runs as another user, and one that has become another user since', async () => {
    const { folder } = await run([
      {
        name: 'p',
        user: NOBODY,
        script: 'id -u > /dev/stdout; read line < /dev/stdin; echo "$line" > /dev/stdout; exec sleep 1000',
      },
      {
        name: 'worker',
        script: "exec setpriv --reuid 65534 --clear-groups sh -c 'id -u > /dev/stdout; exec sleep 1000'",
      },
    ]).then(async (running) => {
      const logging = loggingOf(running.supervisor);
      const process = running.supervisor.find('p');
      expect(process && logging.stdin(process.view, Buffer.from('hello\n'))).toBe('queued');
      return running;
    });
    await until('the output', () => contentOf(join(folder, 'p.out')) === '65534\nhello\n');
    await until('the output of the worker', () => contentOf(join(folder, 'worker.out')) === '65534\n');
  });

  test('redirect_stderr sends both streams into one log, in the order of writing', async () => {
    const { folder, supervisor } = await run([
      { name: 'p', options: { redirect_stderr: true }, script: 'echo a; echo b >&2; echo c; exec sleep 1000' },
    ]);
    await until('the output', () => contentOf(join(folder, 'p.out')) === 'a\nb\nc\n');
    const process = supervisor.find('p');
    expect(process && loggingOf(supervisor).childLog(process.view, 'stderr')).toBeUndefined();
  });

  test('five megabytes without a newline arrive as they were written', async () => {
    const { folder } = await run([
      { name: 'p', script: "head -c 5242880 /dev/zero | tr '\\0' z; echo done >&2; exec sleep 1000" },
    ]);
    await until('the end', () => contentOf(join(folder, 'p.err')) === 'done\n');
    await until('the bytes', () => statSync(join(folder, 'p.out')).size === 5_242_880);
    expect(readFileSync(join(folder, 'p.out')).every((byte) => byte === 0x7a)).toBe(true);
  });

  test('bytes that are no text are logged as they are', async () => {
    const { folder } = await run([
      { name: 'p', script: 'printf "\\000\\001\\377\\376\\r\\n\\033[31m"; exec sleep 1000' },
    ]);
    await until('the bytes', () => contentOf(join(folder, 'p.out')).length === 11);
    expect(contentOf(join(folder, 'p.out'))).toBe('\0\u0001\u00ff\u00fe\r\n\u001b[31m');
  });

  test('the last 60 kB of a child are in the log before its end is announced', async () => {
    const { folder, supervisor } = await run([
      { name: 'p', autostart: false, script: "head -c 60000 /dev/zero | tr '\\0' x; printf END; exit 4" },
    ]);
    for (let round = 1; round <= 5; round += 1) {
      let atTheEnd = '';
      const exited = nextExit(supervisor, 'p').then(() => (atTheEnd = contentOf(join(folder, 'p.out'))));
      await supervisor.find('p')?.start(CLIENT).done;
      await exited;
      expect(atTheEnd.length).toBe(round * 60_003);
      expect(atTheEnd.endsWith('xxEND')).toBe(true);
    }
  });

  test('a grandchild that keeps the pipe delays no exit, and what it writes later is logged', async () => {
    const folder = testFolder();
    const { supervisor } = await run(
      [
        {
          name: 'p',
          autostart: false,
          script: `(while [ ! -e ${folder}/go ]; do sleep 0.02; done; echo late) & echo $! > ${folder}/pid; echo parent; exit 0`,
        },
      ],
      { folder },
    );
    const exited = nextExit(supervisor, 'p');
    await supervisor.find('p')?.start(CLIENT).done;
    await exited;
    expect(contentOf(join(folder, 'p.out'))).toBe('parent\n');
    writeFileSync(join(folder, 'go'), '');
    await until('the late words', () => contentOf(join(folder, 'p.out')) === 'parent\nlate\n');
  });

  test('pipes and files are closed while a program rests, unless a grandchild has them; then nothing of it is lost', async () => {
    const folder = testFolder();
    const before = new Set(openDescriptors());
    const { supervisor } = await run(
      [
        {
          name: 'p',
          autostart: false,
          script: `[ -e ${folder}/lone ] || { (for i in 1 2 3; do while [ ! -e ${folder}/go$i ]; do sleep 0.02; done; echo $i; done) & }; echo p; exit 0`,
        },
      ],
      { folder },
    );
    const held = () =>
      openDescriptors().filter((file) => !before.has(file) && (file.startsWith('pipe:') || file.includes('/p.')));
    const start = async (): Promise<void> => {
      const exited = nextExit(supervisor, 'p');
      await supervisor.find('p')?.start(CLIENT).done;
      await exited;
    };
    await start();
    // The grandchild has both pipes. What it writes opens the file again.
    await until('the pipes that nobody else has are closed', () => held().every((file) => !file.includes('/p.')));
    expect(held()).toHaveLength(2);
    for (const round of [1, 2]) {
      writeFileSync(join(folder, `go${round}`), '');
      await until('the late words', () => contentOf(join(folder, 'p.out')).endsWith(`${round}\n`));
    }
    writeFileSync(join(folder, 'lone'), '');
    await start();
    writeFileSync(join(folder, 'go3'), '');
    await until('the last words', () => contentOf(join(folder, 'p.out')) === 'p\n1\n2\np\n3\n');
    await start();
    await until('all of it is closed', () => held().length === 0);
  });

  test('a grandchild that writes without pause does not hold up the exit', async () => {
    const folder = testFolder();
    const { supervisor } = await run(
      [
        {
          name: 'p',
          autostart: false,
          options: { stdout_logfile_maxbytes: 1_000_000, stdout_logfile_backups: 1 },
          script: 'yes & echo $! > pid; exit 0',
          directory: folder,
        },
      ],
      { folder },
    );
    const exited = nextExit(supervisor, 'p');
    await supervisor.find('p')?.start(CLIENT).done;
    await exited;
    expect(supervisor.find('p')?.state).toBe('EXITED');
    process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')));
  });

  test('a child has pipes on descriptors 0 to 2', async () => {
    const folder = testFolder();
    await run(
      [{ name: 'p', script: 'stat -L -c %F /dev/fd/0 /dev/fd/1 /dev/fd/2; ls /proc/$$/fd | wc -l; exec sleep 1000' }],
      { folder },
    );
    await until('the answer', () => contentOf(join(folder, 'p.out')).split('\n').length === 5);
    expect(contentOf(join(folder, 'p.out'))).toMatch(/^(fifo\n){3}/);
  });
});

describe('stdin', () => {
  test('bytes reach the program; one that closed its stdin is told apart, and so is one that does not run', async () => {
    const { supervisor, folder } = await run([
      { name: 'cat', script: 'exec cat' },
      { name: 'deaf', script: 'exec 0<&-; echo closed; exec sleep 1000' },
      { name: 'off', script: 'exec cat', autostart: false },
    ]);
    const logging = loggingOf(supervisor);
    const send = (name: string, text: string) => {
      const process = supervisor.find(name);
      return process && logging.stdin(process.view, Buffer.from(text));
    };
    expect(send('cat', 'grüße €\n')).toBe('queued');
    await until('the echo', () => readFileSync(join(folder, 'cat.out'), 'utf8') === 'grüße €\n');
    await until('the close', () => contentOf(join(folder, 'deaf.out')) === 'closed\n');
    expect(send('deaf', 'x')).toBe('closed');
    expect(send('off', 'x')).toBe('closed');
  });

  test('what a program does not read yet waits, in order and bounded, and what is too much is refused whole', async () => {
    const folder = testFolder();
    const { supervisor } = await run(
      [{ name: 'late', script: `while [ ! -e ${folder}/go ]; do sleep 0.02; done; exec cat` }],
      { folder },
    );
    const logging = loggingOf(supervisor);
    const process = supervisor.find('late');
    if (process === undefined) throw new Error('no process');
    let sent = '';
    for (let round = 0; round < 10; round += 1) {
      const piece = String(round).repeat(100_000);
      expect(logging.stdin(process.view, Buffer.from(piece))).toBe('queued');
      sent += piece;
    }
    expect(logging.stdin(process.view, Buffer.alloc(1_000_000))).toBe('full');
    expect(logging.stdin(process.view, Buffer.from('END'))).toBe('queued');
    writeFileSync(join(folder, 'go'), '');
    await until('all of it', () => contentOf(join(folder, 'late.out')).length === sent.length + 3);
    expect(contentOf(join(folder, 'late.out')) === `${sent}END`).toBe(true);
  });

  test('one write may be of any size while nothing else waits', async () => {
    const folder = testFolder();
    const { supervisor } = await run(
      [{ name: 'late', script: `while [ ! -e ${folder}/go ]; do sleep 0.02; done; exec cat` }],
      { folder },
    );
    const logging = loggingOf(supervisor);
    const process = supervisor.find('late');
    if (process === undefined) throw new Error('no process');
    const large = 'l'.repeat(3_000_000);
    expect(logging.stdin(process.view, Buffer.from(large))).toBe('queued');
    expect(logging.stdin(process.view, Buffer.from('more'))).toBe('full');
    writeFileSync(join(folder, 'go'), '');
    await until('all of it', () => contentOf(join(folder, 'late.out')) === large);
  });
});

describe('log files', () => {
  test('rotation happens after the write that reaches the limit', async () => {
    const { supervisor, folder } = await run([
      { name: 'cat', script: 'exec cat', options: { stdout_logfile_maxbytes: 100, stdout_logfile_backups: 2 } },
    ]);
    const logging = loggingOf(supervisor);
    const log = join(folder, 'cat.out');
    const send = async (text: string, want: Record<string, string>) => {
      const process = supervisor.find('cat');
      expect(process && logging.stdin(process.view, Buffer.from(text))).toBe('queued');
      await until(JSON.stringify(want), () =>
        Object.entries(want).every(([suffix, content]) => contentOf(log + suffix) === content),
      );
    };
    const [a, c, d] = ['a'.repeat(99), 'c'.repeat(150), 'd'.repeat(100)];
    await send(a, { '': a });
    await send('b', { '.1': `${a}b`, '': '' });
    await send(c, { '.2': `${a}b`, '.1': c, '': '' });
    await send('xxxxx', { '.2': `${a}b`, '.1': c, '': 'xxxxx' });
    await send(d, { '.2': c, '.1': `xxxxx${d}`, '': '' });
    expect(
      readdirSync(folder)
        .filter((name) => name.startsWith('cat.out'))
        .sort(),
    ).toEqual(['cat.out', 'cat.out.1', 'cat.out.2']);
  });

  test('a fast writer through many rotations loses and doubles nothing', async () => {
    const { folder } = await run([
      {
        name: 'w',
        script: 'seq -f "line %08.0f" 0 99999; echo done >&2; exec sleep 1000',
        options: { stdout_logfile_maxbytes: 65_536, stdout_logfile_backups: 50 },
      },
    ]);
    await until('the end', () => contentOf(join(folder, 'w.err')) === 'done\n');
    const want = Array.from({ length: 100_000 }, (_, index) => `line ${String(index).padStart(8, '0')}\n`).join('');
    await until('all bytes', () => wholeLog(join(folder, 'w.out')).length >= want.length);
    expect(wholeLog(join(folder, 'w.out')).toString() === want).toBe(true);
    expect(statSync(join(folder, 'w.out')).size).toBeLessThan(65_536);
  });

  test('two streams that share a log share its rotation', async () => {
    const folder = testFolder();
    const shared = { kind: 'file', path: join(folder, 'both.log') };
    await run(
      [
        {
          name: 'p',
          script: `i=0; while [ $i -lt 2000 ]; do echo "out $i"; echo "err $i" >&2; i=$((i+1)); done; touch ${folder}/done; exec sleep 1000`,
          options: {
            stdout_logfile: shared,
            stderr_logfile: shared,
            stdout_logfile_maxbytes: 4096,
            stderr_logfile_maxbytes: 4096,
            stdout_logfile_backups: 99,
            stderr_logfile_backups: 99,
          },
        },
      ],
      { folder },
    );
    const lines = (kind: string) =>
      wholeLog(join(folder, 'both.log'))
        .toString()
        .match(new RegExp(`^${kind} \\d+$`, 'gm')) ?? [];
    await until('all lines', () => lines('out').length + lines('err').length === 4000);
    for (const kind of ['out', 'err'])
      expect(lines(kind)).toEqual(Array.from({ length: 2000 }, (_, i) => `${kind} ${i}`));
  });

  test('backups=0 empties the log', async () => {
    let seen = 0;
    const counter = observing('output', (_, __, bytes) => void (seen += bytes.length));
    const { supervisor, folder } = await run(
      [
        {
          name: 'cat',
          script: 'exec cat',
          options: { stdout_logfile_maxbytes: 10, stdout_logfile_backups: 0 },
        },
      ],
      { plugins: [counter] },
    );
    const logging = loggingOf(supervisor);
    const process = supervisor.find('cat');
    if (process === undefined) throw new Error('no process');
    logging.stdin(process.view, Buffer.from('0123456789'));
    await until('ten bytes', () => seen === 10);
    expect(contentOf(join(folder, 'cat.out'))).toBe('');
    logging.stdin(process.view, Buffer.from('abc'));
    await until('the rest', () => contentOf(join(folder, 'cat.out')) === 'abc');
    expect(readdirSync(folder).filter((name) => name.startsWith('cat.out'))).toEqual(['cat.out']);
  });

  test('AUTO logs are private files with name, channel and identifier; they go with their process, and old ones at the start', async () => {
    const folder = testFolder();
    const old = ['web-stdout---supervisor-x7_a.log', 'web-stderr---supervisor-b.log.12'];
    const others = ['web-stdout---another-x.log', 'web---supervisor.log', 'web-stdout---supervisor-b.log.txt'];
    for (const name of [...old, ...others]) writeFileSync(join(folder, name), '');
    const auto = { kind: 'auto' };
    const { supervisor } = await run(
      [{ name: 'web', script: 'echo hi; exec sleep 1000', options: { stdout_logfile: auto, stderr_logfile: auto } }],
      { folder },
    );
    const process = supervisor.find('web');
    if (process === undefined) throw new Error('no process');
    const log = loggingOf(supervisor).childLog(process.view, 'stdout');
    expect(log?.path).toMatch(/\/web-stdout---supervisor-\w+\.log$/);
    await until('the output', () => contentOf(log?.path ?? '') === 'hi\n');
    expect(statSync(log?.path ?? '').mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => old.includes(name))).toEqual([]);
    expect(readdirSync(folder).filter((name) => others.includes(name))).toHaveLength(3);

    await process.stop(CLIENT).done;
    supervisor.removeGroup('web');
    expect(readdirSync(folder).filter((name) => name.includes('---supervisor-') && name.endsWith('.log'))).toEqual([]);
  });

  test('a removed or renamed log is made anew by the next start; reopen does so at once', async () => {
    const { supervisor, folder, activity } = await run([{ name: 'cat', script: 'exec cat' }]);
    const logging = loggingOf(supervisor);
    const log = join(folder, 'cat.out');
    const process = supervisor.find('cat');
    if (process === undefined) throw new Error('no process');
    const send = (text: string) => expect(logging.stdin(process.view, Buffer.from(text))).toBe('queued');
    send('one\n');
    await until('one', () => contentOf(log) === 'one\n');
    renameSync(log, `${log}.old`);
    renameSync(join(folder, 'activity.log'), join(folder, 'activity.old'));
    send('two\n');
    await until('two', () => contentOf(`${log}.old`) === 'one\ntwo\n');
    logging.reopen();
    send('three\n');
    await until('three', () => contentOf(log) === 'three\n');
    expect(contentOf(`${log}.old`)).toBe('one\ntwo\n');
    await process.stop(CLIENT).done;
    expect(activity()).toContain('stopped: cat');
    expect(contentOf(join(folder, 'activity.old'))).not.toContain('stopped: cat');

    unlinkSync(log);
    await process.start(CLIENT).done;
    send('four\n');
    await until('four', () => contentOf(log) === 'four\n');
  });

  const others = secondUsers();
  test.skipIf(others === undefined)(
    'in the folder of another user, a log that became a link out of it is not followed, nor shown',
    async () => {
      const { supervisor, folder, activity } = await run([{ name: 'cat', script: 'exec cat' }]);
      const logging = loggingOf(supervisor);
      chownSync(folder, others?.[0].uid ?? 0, others?.[0].gid ?? 0);
      const log = join(folder, 'cat.out');
      const victim = join(testFolder(), 'victim');
      writeFileSync(victim, 'precious');
      renameSync(log, `${log}.old`);
      symlinkSync(victim, log);
      logging.reopen();
      const process = supervisor.find('cat');
      expect(process && logging.stdin(process.view, Buffer.from('x'))).toBe('queued');
      await until('the output', () => contentOf(`${log}.old`) === 'x');
      expect(contentOf(victim)).toBe('precious');
      const shown = process && logging.childLog(process.view, 'stdout');
      expect([shown?.read(0, 0), shown?.tail(0, 10).bytes.toString(), shown?.follow(), shown?.open()]).toEqual([
        { kind: 'failed' },
        '',
        undefined,
        undefined,
      ]);
      expect(activity()).toMatch(/CRIT cannot open .*cat\.out anew: .*symbolic link/);
    },
  );

  test('clear begins a log anew while the program writes on; a folder in its place is a failure', async () => {
    const { supervisor, folder } = await run([{ name: 'cat', script: 'exec cat' }]);
    const logging = loggingOf(supervisor);
    const process = supervisor.find('cat');
    const log = process && logging.childLog(process.view, 'stdout');
    if (process === undefined || log === undefined) throw new Error('no log');
    logging.stdin(process.view, Buffer.from('before'));
    await until('before', () => contentOf(log.path) === 'before');
    expect(log.clear()).toEqual({ kind: 'cleared' });
    expect(contentOf(log.path)).toBe('');
    logging.stdin(process.view, Buffer.from('after'));
    await until('after', () => contentOf(log.path) === 'after');

    unlinkSync(log.path);
    mkdirSync(log.path);
    expect(log.clear()).toMatchObject({ kind: 'failed' });
    expect(log.read(0, 0)).toEqual({ kind: 'failed' });
    const own = logging.activityLog();
    renameSync(join(folder, 'activity.log'), join(folder, 'moved'));
    expect(own?.clear()).toEqual({ kind: 'noFile' });
    mkdirSync(join(folder, 'activity.log'));
    expect(own?.clear()).toMatchObject({ kind: 'failed' });
  });

  test('a log can be followed across rotations, from its last kilobyte on', async () => {
    const { supervisor } = await run([
      { name: 'cat', script: 'exec cat', options: { stdout_logfile_maxbytes: 2_000, stdout_logfile_backups: 3 } },
    ]);
    const logging = loggingOf(supervisor);
    const process = supervisor.find('cat');
    const log = process && logging.childLog(process.view, 'stdout');
    if (process === undefined || log === undefined) throw new Error('no log');
    logging.stdin(process.view, Buffer.from('-'.repeat(1_500)));
    await until('the beginning', () => contentOf(log.path).length === 1_500);
    const abort = new AbortController();
    let seen = '';
    const reading = (async () => {
      for await (const bytes of log.follow({ signal: abort.signal }) ?? []) seen += bytes.toString();
    })();
    let want = '-'.repeat(1_024);
    for (let round = 0; round < 20; round += 1) {
      const piece = `${round}:${'x'.repeat(700)}\n`;
      want += piece;
      logging.stdin(process.view, Buffer.from(piece));
      await until(`round ${round}`, () => seen === want);
    }
    abort.abort();
    await expect(reading).resolves.toBeUndefined();
  });

  test('with strip_ansi the log has no escape sequences, and the raw output has', async () => {
    const raw: Buffer[] = [];
    const spy = observing('output', (_, __, bytes) => void raw.push(Buffer.from(bytes)));
    const { folder } = await run([{ name: 'p', script: "printf '\\033[31mred\\033[0m plain\\n'; exec sleep 1000" }], {
      strip_ansi: true,
      plugins: [spy],
    });
    await until('the log', () => contentOf(join(folder, 'p.out')) === 'red plain\n');
    expect(Buffer.concat(raw).toString()).toBe('\u001b[31mred\u001b[0m plain\n');
  });
});

test('output goes to syslog instead of a file, or as well, as the options say', async () => {
  const sinksOf = new Map<string, readonly string[]>();
  const spy: Plugin = {
    name: 'spy',
    apply: (supervisor) =>
      LoggingPlugin.getHooks(supervisor).sink.tap('spy', (sinks, { name }, channel) => {
        const kinds = sinks.map((sink) => (sink instanceof SyslogSink ? 'syslog' : 'file'));
        sinksOf.set(`${name} ${channel}`, kinds);
        return [];
      }),
  };
  const script = 'exec sleep 1000';
  const { supervisor } = await run(
    [
      { name: 'old', script, options: { stdout_logfile: { kind: 'syslog' }, stderr_logfile: { kind: 'none' } } },
      { name: 'both', script, options: { stdout_syslog: true, redirect_stderr: true } },
      { name: 'only', script, options: { stderr_syslog: true, stderr_logfile: { kind: 'none' } } },
    ],
    { plugins: [spy] },
  );
  await until('the starts', () => supervisor.processes.every(({ state }) => state === 'RUNNING'));
  expect(Object.fromEntries(sinksOf)).toEqual({
    'old stdout': ['syslog'],
    'old stderr': [],
    'both stdout': ['file', 'syslog'],
    'only stdout': ['file'],
    'only stderr': ['syslog'],
  });
  const log = supervisor.find('old');
  expect(log && loggingOf(supervisor).childLog(log.view, 'stdout')).toBeUndefined();
});

describe('capture', () => {
  test('what stands between the tags is announced and not logged; the rest of a broken tag is logged at the exit', async () => {
    const captured: string[] = [];
    const spy = observing(
      'captured',
      ({ pid }, channel, bytes) => void captured.push(`${pid > 0} ${channel} ${Buffer.from(bytes).toString()}`),
    );
    const { folder, supervisor } = await run(
      [
        {
          name: 'p',
          autostart: false,
          options: { stdout_capture_maxbytes: 1_000_000 },
          script:
            "printf 'before|<!--XSUPERVISOR:BEGIN-->one\\ntwo<!--XSUPER'; sleep 0.05; printf 'VISOR:END-->|after<!--XSUP'; exit 0",
        },
      ],
      { plugins: [spy] },
    );
    const exited = nextExit(supervisor, 'p');
    await supervisor.find('p')?.start(CLIENT).done;
    await exited;
    expect(captured).toEqual(['true stdout one\ntwo']);
    expect(contentOf(join(folder, 'p.out'))).toBe('before||after<!--XSUP');
  });
});

describe('a disk that takes nothing', () => {
  test('slows the program, fills no memory, is reported once, and loses nothing', async () => {
    const folder = testFolder();
    const path = join(folder, 'full.log');
    symlinkSync('/dev/full', path);
    const { supervisor, activity } = await run(
      [
        {
          name: 'w',
          options: { stdout_logfile: { kind: 'file', path } },
          script: `seq 1 500000; touch ${folder}/done; exec sleep 1000`,
        },
      ],
      { folder },
    );
    await until('the report', () => activity().includes('cannot write'));
    const before = process.memoryUsage().rss;
    // The pipe is full, and whoever writes to it waits.
    await until('the writer to wait', () => writersOf(supervisor.find('w')?.view.pid ?? 0).some(waitsForPipe));
    expect(activity().match(/cannot write/g)).toHaveLength(1);
    expect(process.memoryUsage().rss - before).toBeLessThan(20_000_000);

    // There is room again.
    unlinkSync(path);
    loggingOf(supervisor).reopen();
    await until('the end', () => existsSync(join(folder, 'done')));
    const want = Array.from({ length: 500_000 }, (_, index) => `${index + 1}\n`).join('');
    await until('all bytes', () => statSync(path).size >= want.length);
    expect(readFileSync(path, 'utf8') === want).toBe(true);
    expect(activity()).toContain('is written again');
  });
});

function writersOf(pid: number): string[] {
  return contentOf(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean);
}

function waitsForPipe(pid: string): boolean {
  return contentOf(`/proc/${pid}/wchan`).includes('pipe_write');
}

describe('descriptors and turns of the event loop', () => {
  test('fifty restarts, a removal and the shutdown leave no descriptor behind', async () => {
    const before = openDescriptors().length;
    const { supervisor } = await run([
      { name: 'p', autostart: false, script: 'echo hi; exit 0' },
      { name: 'q', autostart: false, script: 'exec sleep 1000' },
    ]);
    const process = supervisor.find('p');
    let afterFirst = 0;
    for (let round = 0; round < 50; round += 1) {
      const exited = nextExit(supervisor, 'p');
      await process?.start(CLIENT).done;
      await exited;
      if (round === 0) afterFirst = openDescriptors().length;
    }
    expect(openDescriptors().length).toBe(afterFirst);
    await supervisor.find('q')?.start(CLIENT).done;
    await supervisor.find('q')?.stop(CLIENT).done;
    supervisor.removeGroup('p');
    supervisor.removeGroup('q');
    await supervisor.shutdown();
    expect(openDescriptors().length).toBe(before);
  });

  test('a start that fails leaves none either', async () => {
    const refusing: Plugin = {
      name: 'refusing',
      apply: ({ hooks }) =>
        hooks.spawn.tap({ name: 'refusing', stage: 1_000 }, () => {
          throw new Error('no');
        }),
    };
    const { supervisor } = await run([{ name: 'p', autostart: false, script: 'true' }], { plugins: [refusing] });
    await supervisor.find('p')?.start(CLIENT).done;
    const after = openDescriptors().length;
    for (let round = 0; round < 5; round += 1) await supervisor.find('p')?.start(CLIENT).done;
    expect(openDescriptors().length).toBe(after);
  });
});

describe('the start', () => {
  const refused = async (options: Record<string, unknown>, logfile: string): Promise<string> => {
    const folder = testFolder();
    const supervisor = new Supervisor({
      plugins: [new LoggingPlugin({ logfile, childlogdir: folder })],
      config: supervisorConfig({
        groups: [groupConfig({ processes: [processConfig({ name: 'web', command: 'sleep 1', options })] })],
      }),
    });
    return supervisor.start().then(
      () => 'started',
      (error: unknown) => String(error),
    );
  };

  test('fails with file, reason and user when the activity log cannot be opened', async () => {
    expect(await refused({}, '/no/such/dir/x.log')).toMatch(
      /cannot open logfile \/no\/such\/dir\/x\.log: ENOENT.*uid \d+/,
    );
  });

  test('fails when the log of a program could not be written, and names both', async () => {
    const message = await refused({ stdout_logfile: { kind: 'file', path: '/no/such/dir/w.log' } }, 'NONE');
    expect(message).toMatch(/stdout_logfile of web, \/no\/such\/dir\/w\.log: there is no directory \/no\/such\/dir/);
  });

  test('an option that is not valid is refused where it is written', () => {
    expect(() => new LoggingPlugin({ logfile_backups: -1 })).toThrow('logfile_backups');
    // @ts-expect-error no such option
    expect(() => new LoggingPlugin({ logfil: 'x' })).toThrow('logfil');
  });
});

describe('the activity log', () => {
  test('tells the life of a program in lines of Supervisor’s form, with what was said before it was open', async () => {
    const early: Plugin = {
      name: 'early',
      apply: (supervisor) => loggingOf(supervisor).log('WARN', 'said before the start'),
    };
    const { supervisor, activity } = await run(
      [
        { name: 'p', script: 'exec sleep 1000' },
        { name: 'bad', script: 'exit 7', startsecs: 5 },
      ],
      { plugins: [early], loglevel: 'info' },
    );
    await until('the end of the bad one', () => activity().includes('gave up'));
    const pid = supervisor.find('p')?.view.pid;
    await supervisor.find('p')?.stop(CLIENT).done;
    later(() => undefined);
    const lines = activity().trimEnd().split('\n');
    for (const line of lines) expect(line).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (CRIT|ERRO|WARN|INFO) /);
    const texts = lines.map((line) => line.slice(24));
    expect(texts[0]).toBe('WARN said before the start');
    expect(texts).toContain(`INFO spawned: 'p' with pid ${pid}`);
    expect(texts).toContain(
      'INFO success: p entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)',
    );
    expect(texts).toContain('WARN exited: bad (exit status 7; not expected)');
    expect(texts).toContain('INFO gave up: bad entered FATAL state, too many start retries too quickly');
    expect(texts).toContain('INFO waiting for p to stop');
    expect(texts).toContain('WARN stopped: p (terminated by SIGTERM)');
  });
});

test('a start that was given up closes nothing of the next one, and leaves nothing open', async () => {
  const waiting: (() => void)[] = [];
  const slow: Plugin = {
    name: 'slow',
    apply: ({ hooks }) =>
      hooks.spawn.tapPromise({ name: 'slow', stage: 1_000 }, async (plan) => {
        await new Promise<void>((resolve) => waiting.push(resolve));
        return plan;
      }),
  };
  const { supervisor, folder } = await run(
    [{ name: 'p', script: 'read line; echo "got $line"; exec sleep 1000', autostart: false }],
    { plugins: [slow] },
  );
  const process = supervisor.find('p');
  if (process === undefined) throw new Error('no process');
  const open = openDescriptors().length;
  for (let time = 0; time < 3; time += 1) {
    process.start(CLIENT);
    await until('the tap', () => waiting.length === time + 1);
    await process.stop(CLIENT).done;
  }
  const { done } = process.start(CLIENT);
  await until('the tap', () => waiting.length === 4);
  const files = [1, 2, 3].map(() => openSync('/etc/hostname', 'r')); // would be what the child gets in place of what was closed
  for (const go of waiting) go();
  expect(await done).toEqual({ kind: 'running' });
  supervisor.use(loggingService)?.stdin(process.view, Buffer.from('hello\n'));
  await until('the output', () => contentOf(join(folder, 'p.out')) === 'got hello\n');
  for (const fd of files) closeSync(fd);
  await process.stop(CLIENT).done;
  await until('the descriptors', () => openDescriptors().length === open);
});

/** Reads the flags of a descriptor as the kernel shows them. */
function isNonBlocking(fd: number): boolean {
  const [, flags = '0'] = /^flags:\s+(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')) ?? [];
  return (Number.parseInt(flags, 8) & constants.O_NONBLOCK) !== 0;
}

describe.each([
  ['the system call', loadPosix().makePipe],
  ['the command mkfifo', newPipeByCommand],
] as const)('pipes made by %s', (_, newPipe) => {
  test.skipIf(!isRoot)('one that cannot be given to its user leaves nothing open', () => {
    const owner = { name: 'x', uid: 1.5, gid: 1.5, groups: [] };
    const open = openDescriptors().length;
    expect(() => newOutputPipe(newPipe, owner)).toThrow('out of range');
    expect(() => newInputPipe(newPipe, owner)).toThrow('out of range');
    expect(openDescriptors()).toHaveLength(open);
  });

  test("only the daemon's end does not block", () => {
    const output = newOutputPipe(newPipe, undefined);
    const input = newInputPipe(newPipe, undefined);
    const child = output.openChildEnd().fd;
    const ends = [output.ownEnd, child, input.ownEnd, input.childEnd];
    later(() => ends.forEach((fd) => closeSync(fd)));
    expect(ends.map(isNonBlocking)).toEqual([true, false, true, false]);
  });

  test('a child with O_NONBLOCK on its stdout does not pass it on to the next one', () => {
    const output = newOutputPipe(newPipe, undefined);
    const first = output.openChildEnd().fd;
    const setNonBlocking = 'import fcntl; fcntl.fcntl(1, fcntl.F_SETFL, 0o4000)';
    execFileSync('python3', ['-c', setNonBlocking], { stdio: ['ignore', first, 'inherit'] });
    const next = output.openChildEnd().fd;
    later(() => [output.ownEnd, first, next].forEach((fd) => closeSync(fd)));
    expect([first, next].map(isNonBlocking)).toEqual([true, false]);
  });
});

test('a pipe has no name, at no time: no folder can be written to', async () => {
  const folder = testFolder();
  vi.stubEnv('TMPDIR', join(folder, 'none'));
  later(() => void vi.unstubAllEnvs());
  await run([{ name: 'p', script: 'readlink /proc/self/fd/1; exec sleep 1000' }], { folder });
  await until('the answer', () => contentOf(join(folder, 'p.out')) !== '');
  expect(contentOf(join(folder, 'p.out'))).toMatch(/^pipe:\[\d+\]\n$/);
});
