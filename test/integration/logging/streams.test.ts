import { execFileSync } from 'node:child_process';
import { closeSync, constants, existsSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { groupConfig, processConfig, Supervisor, supervisorConfig } from '../../../core/index.ts';
import { LoggingPlugin } from '../../../plugins/output/logging/index.ts';
import { FakeClock } from '../../../core/testing/index.ts';
import { contentOf, nextExit, run, testFolder } from './support.ts';
import { loggingOf, observing } from '../../support/logging.ts';
import { later } from '../../support/later.ts';
import { until } from '../../support/wait.ts';

const CLIENT = { by: 'client' } as const;

/** A named pipe, as the log of a program: like the daemon's own stdout when that is a pipe. */
function namedPipe(): { path: string; open: () => number } {
  const path = join(testFolder(), 'pipe');
  execFileSync('mkfifo', ['-m', '600', path]);
  return { path, open: () => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK) };
}

/** What is in a pipe now. */
function readAvailable(fd: number): string {
  const buffer = Buffer.alloc(65_536);
  try {
    return buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, null));
  } catch {
    return '';
  }
}

test('a log that is a slowly read pipe slows the program, loses nothing, and does not hold up the daemon', async () => {
  const pipe = namedPipe();
  const { supervisor, folder } = await run([
    {
      name: 'w',
      options: { stdout_logfile: { kind: 'file', path: pipe.path }, stdout_logfile_maxbytes: 0 },
      script: 'seq 1 100000; echo done >&2; exec sleep 1000',
    },
    { name: 'cat', script: 'exec cat' },
  ]);
  const other = supervisor.find('cat');
  expect(other && loggingOf(supervisor).stdin(other.view, Buffer.from('hi'))).toBe('queued');
  await until('the other program', () => contentOf(join(folder, 'cat.out')) === 'hi');

  const reader = pipe.open();
  later(() => closeSync(reader));
  const want = Array.from({ length: 100_000 }, (_, index) => `${index + 1}\n`).join('');
  let got = '';
  await until('all of it', () => {
    got += readAvailable(reader);
    return got.length >= want.length;
  });
  expect(got === want).toBe(true);
  await until('the rest of the script', () => contentOf(join(folder, 'w.err')) === 'done\n');
});

test('when the reader of a named pipe goes, what is written waits for the next one', async () => {
  const pipe = namedPipe();
  const first = pipe.open();
  await run([
    {
      name: 'w',
      options: { stdout_logfile: { kind: 'file', path: pipe.path } },
      script: 'seq 1 100000; exec sleep 1000',
    },
  ]);
  let got = '';
  await until('the first bytes', () => (got += readAvailable(first)).length > 0);
  closeSync(first);
  const second = pipe.open();
  later(() => closeSync(second));
  await until('the last bytes', () => (got += readAvailable(second)).endsWith('\n100000\n'));
  expect(got === Array.from({ length: 100_000 }, (_, index) => `${index + 1}\n`).join('')).toBe(true);
});

test('a shutdown waits for the reader to take what was written', async () => {
  const pipe = namedPipe();
  const reader = pipe.open();
  later(() => closeSync(reader));
  const { supervisor } = await run([
    {
      name: 'w',
      autostart: false,
      options: { stdout_logfile: { kind: 'file', path: pipe.path } },
      script: "head -c 100000 /dev/zero | tr '\\0' y; exit 0",
    },
  ]);
  const exited = nextExit(supervisor, 'w');
  await supervisor.find('w')?.start(CLIENT).done;
  await exited;
  let isOver = false;
  const over = supervisor.shutdown().then(() => (isOver = true));
  let got = 0;
  await until('the end', () => {
    got += readAvailable(reader).length;
    return isOver;
  });
  got += readAvailable(reader).length;
  await over;
  expect(got).toBe(100_000);
});

test('while programs run and say nothing, no timer is pending', async () => {
  const folder = testFolder();
  const clock = new FakeClock();
  const supervisor = new Supervisor({
    clock,
    plugins: [new LoggingPlugin({ logfile: join(folder, 'activity.log'), childlogdir: folder })],
    config: supervisorConfig({
      groups: [
        groupConfig({
          name: 'g',
          processes: ['a', 'b'].map((name) => processConfig({ name, command: 'sleep 1000', startsecs: 0 })),
        }),
      ],
    }),
  });
  await supervisor.start();
  expect(supervisor.processes.map(({ state }) => state)).toEqual(['RUNNING', 'RUNNING']);
  expect(clock.pending).toBe(0);
  await supervisor.shutdown();
  expect(clock.pending).toBe(0);
});

describe('a program with NONE', () => {
  const options = { stdout_logfile: { kind: 'none' }, stderr_logfile: { kind: 'none' } };
  const script = (folder: string) =>
    `(readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2 > ${folder}/links); mv ${folder}/links ${folder}/done; echo hi; exec sleep 1000`;

  test('writes to /dev/null while nobody wants to know', async () => {
    const folder = testFolder();
    await run([{ name: 'p', options, script: script(folder) }], { folder, loglevel: 'info' });
    await until('the links', () => existsSync(join(folder, 'done')));
    expect(contentOf(join(folder, 'done')).split('\n').slice(1, 3)).toEqual(['/dev/null', '/dev/null']);
  });

  test('is heard by a plugin that observes output', async () => {
    const folder = testFolder();
    let heard = '';
    const spy = observing('output', (_, __, bytes) => {
      heard += Buffer.from(bytes).toString();
    });
    await run([{ name: 'p', options, script: script(folder) }], { folder, loglevel: 'info', plugins: [spy] });
    await until('the output', () => heard === 'hi\n');
    expect(contentOf(join(folder, 'done'))).not.toContain('/dev/null');
  });
});
