import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run, testFolder, wholeLog } from './support.ts';
import { later } from '../../support/later.ts';
import { until } from '../../support/wait.ts';
import { loggingService } from '../../../plugins/output/logging/index.ts';

/** A file system of this size; `undefined` where it cannot be mounted. */
function smallDisk(folder: string, kilobytes: number): string | undefined {
  const path = join(folder, 'disk');
  mkdirSync(path);
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tsv-test', path]);
  if (status !== 0) return undefined;
  later(() => void spawnSync('umount', ['-l', path]));
  return path;
}

test.for(['raw', 'json'])(
  'a disk that is full slows the program, and when there is room again, nothing is lost (%s)',
  async (format, context) => {
    const folder = testFolder();
    const disk = smallDisk(folder, 512);
    if (disk === undefined)
      return context.skip('no small file system can be mounted here (see also /dev/full in logging.test.ts)');
    const ballast = join(disk, 'ballast');
    writeFileSync(ballast, Buffer.alloc(400_000));
    const path = join(disk, 'w.out');
    const { activity, supervisor } = await run(
      [
        {
          name: 'w',
          script: `seq 1 3000 | sed 's/$/ ${'.'.repeat(60)}/'; touch ${folder}/done; exec sleep 1000`,
          options: { stdout_logfile: { kind: 'file', path }, stdout_logfile_maxbytes: 0, stdout_log_format: format },
        },
      ],
      { folder },
    );
    await until('the report', () => activity().includes(`cannot write ${path}: ENOSPC`));
    const process = supervisor.find('w');
    if (process === undefined) throw new Error('no process');
    const block = supervisor.use(loggingService)?.blockOf(process.view);
    expect(block).toBe(`blocked: cannot write ${path}: ENOSPC: no space left on device`);
    rmSync(ballast);
    await until('the end', () => existsSync(join(folder, 'done')));
    await until(
      'the last line',
      () => wholeLog(path).toString().includes('\n3000 ') || wholeLog(path).toString().includes('"3000 '),
    );
    const numbers = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => Number(/(\d+) \.{60}/.exec(line)?.[1]));
    expect(numbers).toEqual(Array.from({ length: 3_000 }, (_, index) => index + 1));
    expect(activity().match(/cannot write/g)).toHaveLength(1);
    expect(supervisor.use(loggingService)?.blockOf(process.view)).toBeUndefined();
  },
);
