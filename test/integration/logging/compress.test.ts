import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Compressor } from '../../../plugins/output/logging/file/compressor.ts';
import { LogTarget } from '../../../plugins/output/logging/file/log-target.ts';
import { LOG_MODE } from '../../../plugins/output/logging/file/targets.ts';
import { FakeClock } from '../../../core/testing/index.ts';
import { contentOf, run, testFolder } from './support.ts';
import { later } from '../../support/later.ts';
import { until } from '../../support/wait.ts';

const BACKUPS = 60;

function compressorUnderTest() {
  const said: string[] = [];
  const compressor = new Compressor((level, text) => said.push(`${level} ${text}`));
  later(() => compressor.close());
  return { compressor, said, path: join(testFolder(), 'x.log') };
}

/** What is beside a log, as its endings. */
function backupsOf(path: string): string[] {
  const endings = readdirSync(dirname(path)).map((name) => name.slice(basename(path).length));
  return endings.filter((ending) => ending !== '').sort();
}

/** All of a log with its backups, compressed or not, oldest first. */
function wholeLogUnpacked(path: string): string {
  const texts: string[] = [];
  for (let number = BACKUPS; number >= 1; number -= 1) {
    if (existsSync(`${path}.${number}.gz`)) texts.push(gunzipSync(readFileSync(`${path}.${number}.gz`)).toString());
    if (existsSync(`${path}.${number}`)) texts.push(readFileSync(`${path}.${number}`, 'utf8'));
  }
  return texts.join('') + contentOf(path);
}

test('backups are compressed with the mode and time of the original, and nothing else is left', async () => {
  const { compressor, path } = compressorUnderTest();
  writeFileSync(`${path}.1`, 'newest'.repeat(1_000));
  chmodSync(`${path}.1`, 0o640);
  utimesSync(`${path}.1`, 1_000_000, 1_000_000);
  writeFileSync(`${path}.3`, 'oldest');
  compressor.add(path, 3);
  await compressor.idle();
  expect(backupsOf(path)).toEqual(['.1.gz', '.3.gz']);
  expect(gunzipSync(readFileSync(`${path}.1.gz`)).toString()).toBe('newest'.repeat(1_000));
  const { mode, mtimeMs } = statSync(`${path}.1.gz`);
  expect([mode & 0o777, mtimeMs]).toEqual([0o640, 1_000_000_000]);
});

test('after a crash an unfinished file is made anew, and of two complete ones the original goes', async () => {
  const { compressor, path } = compressorUnderTest();
  writeFileSync(`${path}.gz.part`, 'half of');
  writeFileSync(`${path}.1`, 'one');
  writeFileSync(`${path}.2`, 'two');
  writeFileSync(`${path}.2.gz`, gzipSync('two'));
  for (const form of ['', '.gz']) utimesSync(`${path}.2${form}`, 1_000_000, 1_000_000);
  compressor.add(path, 5);
  await compressor.idle();
  expect(backupsOf(path)).toEqual(['.1.gz', '.2.gz']);
  expect(['.1.gz', '.2.gz'].map((end) => gunzipSync(readFileSync(path + end)).toString())).toEqual(['one', 'two']);
});

test('a compressed file that is there for another reason is left alone, and so is the original', async () => {
  const { compressor, path } = compressorUnderTest();
  writeFileSync(`${path}.1`, 'one');
  writeFileSync(`${path}.1.gz`, gzipSync('something else'));
  compressor.add(path, 5);
  await compressor.idle();
  expect([contentOf(`${path}.1`), gunzipSync(readFileSync(`${path}.1.gz`)).toString()]).toEqual([
    'one',
    'something else',
  ]);
  expect(backupsOf(path)).toEqual(['.1', '.1.gz']);
});

test('links that somebody planted in the folder are not followed', async () => {
  const { compressor, path } = compressorUnderTest();
  const secret = join(testFolder(), 'secret');
  writeFileSync(secret, 'do not touch');
  symlinkSync(secret, `${path}.1`);
  symlinkSync(secret, `${path}.gz.part`);
  writeFileSync(`${path}.2`, 'two');
  compressor.add(path, 5);
  await compressor.idle();
  expect(contentOf(secret)).toBe('do not touch');
  expect(backupsOf(path)).toEqual(['.1', '.2.gz']);
});

test('what cannot be compressed is said once and stays', async () => {
  const { compressor, said, path } = compressorUnderTest();
  writeFileSync(`${path}.1`, 'one');
  mkdirSync(`${path}.gz.part`);
  for (let round = 0; round < 3; round += 1) {
    compressor.add(path, 5);
    await compressor.idle();
  }
  expect(said).toEqual([expect.stringMatching(/^WARN cannot compress .*x\.log: EISDIR|EPERM/)]);
  expect(contentOf(`${path}.1`)).toBe('one');
});

test('closing stops in the middle: the original stays, and the unfinished file goes', async () => {
  const { compressor, path } = compressorUnderTest();
  const noise = Buffer.alloc(20_000_000, 'not much of a pattern ');
  writeFileSync(`${path}.1`, noise);
  compressor.add(path, 5);
  await until('the work', () => existsSync(`${path}.gz.part`));
  await compressor.close();
  expect(backupsOf(path)).toEqual(['.1']);
  expect(readFileSync(`${path}.1`).equals(noise)).toBe(true);
});

test('whenever a log is rotated, before, while and after its backups are compressed, nothing is lost or doubled', async () => {
  const anySteps = fc.array(fc.oneof(fc.constant('turn' as const), fc.integer({ min: 1, max: 3_000 })), {
    minLength: 5,
    maxLength: 60,
  });
  await fc.assert(
    fc.asyncProperty(anySteps, async (steps) => {
      const { compressor, path } = compressorUnderTest();
      const target = new LogTarget(path, LOG_MODE, {
        clock: new FakeClock(),
        report: () => undefined,
        blocked: () => undefined,
        dropped: () => undefined,
        compress: (log, backups) => compressor.add(log, backups),
      });
      let want = '';
      let line = 0;
      for (const step of steps) {
        if (step === 'turn') {
          await new Promise(setImmediate);
          continue;
        }
        const text = `${(line += 1)} ${'x'.repeat(step)}\n`;
        want += text;
        target.write(Buffer.from(text), { maxBytes: 2_000, backups: BACKUPS, isCompressed: true }, () => undefined);
      }
      await compressor.idle();
      expect(wholeLogUnpacked(path) === want).toBe(true);
      expect(backupsOf(path).filter((ending) => !ending.endsWith('.gz'))).toEqual([]);
      target.close();
    }),
    { numRuns: 30 },
  );
});

test('a program that writes through many rotations has all of its output in compressed backups', async () => {
  const { folder } = await run([
    {
      name: 'w',
      script: 'seq -f "line %08.0f" 0 99999; echo done >&2; exec sleep 1000',
      options: { stdout_logfile_maxbytes: 65_536, stdout_logfile_backups: BACKUPS, stdout_logfile_compress: true },
    },
  ]);
  const log = join(folder, 'w.out');
  await until('the end', () => contentOf(join(folder, 'w.err')) === 'done\n');
  await until('the compression', () => !readdirSync(folder).some((name) => /^w\.out\.(\d+|gz\.part)$/.test(name)));
  const want = Array.from({ length: 100_000 }, (_, index) => `line ${String(index).padStart(8, '0')}\n`).join('');
  expect(wholeLogUnpacked(log) === want).toBe(true);
});
