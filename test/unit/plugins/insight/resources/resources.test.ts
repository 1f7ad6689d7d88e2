import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ResourcesPlugin, resourcesService } from '../../../../../plugins/insight/resources/index.ts';
import { parseStat } from '../../../../../plugins/insight/resources/process-table.ts';
import { readSystemUnits } from '../../../../../plugins/insight/resources/system-units.ts';
import { settle, stage } from '../../../../../core/testing/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

interface Fake {
  readonly pid: number;
  readonly parent: number;
  readonly session?: number;
  readonly name?: string;
  readonly ticks?: readonly [user: number, system: number, childUser: number, childSystem: number];
  readonly pages?: number;
  /** `undefined`: the descriptors may not be seen. */
  readonly files?: number;
}

function statLine({ pid, parent, session = parent, name = 'sh', ticks = [0, 0, 0, 0], pages = 0 }: Fake): string {
  const numbers = [parent, session, session, 0, -1, 4194304, 0, 0, 0, 0, ...ticks, 20, 0, 1, 0, 100, 9999, pages];
  return `${pid} (${name}) S ${numbers.join(' ')} 0 0\n`;
}

function fakeProc(...processes: readonly Fake[]): string {
  const proc = mkdtempSync(join(tmpdir(), 'tsv-proc-'));
  folders.push(proc);
  mkdirSync(join(proc, 'sys')); // a folder that is no process
  for (const fake of processes) {
    const folder = join(proc, String(fake.pid));
    mkdirSync(folder);
    writeFileSync(join(folder, 'stat'), statLine(fake));
    if (fake.files !== undefined) mkdirSync(join(folder, 'fd'));
    for (let fd = 0; fd < (fake.files ?? 0); fd += 1) mkdirSync(join(folder, 'fd', String(fd)));
  }
  return proc;
}

async function resourcesOn(proc: string) {
  const { supervisor, clock, eventsOf } = await stage([], [new ResourcesPlugin({ proc })]);
  const resources = supervisor.use(resourcesService);
  if (resources === undefined) throw new Error('the plugin provides nothing');
  return { clock, eventsOf, ...resources };
}

const units = readSystemUnits();

test('a program is counted together with all that it started, and nobody else is', async () => {
  const { usage } = await resourcesOn(
    fakeProc(
      { pid: 1, parent: 0, ticks: [9000, 0, 0, 0], pages: 900 },
      { pid: 10, parent: 1, session: 10, ticks: [1, 2, 3, 4], pages: 10 },
      { pid: 11, parent: 10, session: 10, ticks: [100, 50, 0, 0], pages: 20 },
      { pid: 12, parent: 11, session: 12, ticks: [0, 40, 0, 0], pages: 30 }, // a session of its own, a descendant still
      { pid: 20, parent: 1, session: 20, ticks: [5000, 0, 0, 0], pages: 500 },
    ),
  );
  expect(usage(10)).toEqual({
    cpuSeconds: 200 / units.ticksPerSecond,
    memoryBytes: 60 * units.pageBytes,
    processes: 3,
  });
});

test('a worker whose parent has ended still counts, by its session', async () => {
  const { usage } = await resourcesOn(
    fakeProc({ pid: 10, parent: 1, session: 10, pages: 1 }, { pid: 15, parent: 1, session: 10, pages: 2 }),
  );
  expect(usage(10)?.processes).toBe(2);
});

test('many programs are asked for at once, and those that are gone are left out', async () => {
  const { usages, eventsOf } = await resourcesOn(
    fakeProc({ pid: 10, parent: 1, session: 10, pages: 1 }, { pid: 20, parent: 1, session: 20, pages: 2 }),
  );
  const answer = usages([10, 20, 30]);
  expect([...(answer?.keys() ?? [])]).toEqual([10, 20]);
  expect(answer?.get(20)?.memoryBytes).toBe(2 * units.pageBytes);
  expect(eventsOf('resources:sampled')).toEqual([{ usages: [...(answer ?? [])] }]);
});

test('open descriptors are told only when those of every process may be seen', async () => {
  const { usage } = await resourcesOn(
    fakeProc(
      { pid: 10, parent: 1, session: 10, files: 3 },
      { pid: 11, parent: 10, session: 10, files: 4 },
      { pid: 20, parent: 1, session: 20, files: 3 },
      { pid: 21, parent: 20, session: 20 },
    ),
  );
  // What a folder's own size is depends on the file system; only /proc gives the number of descriptors.
  expect(usage(10)).toHaveProperty('openFiles');
  expect(usage(20)).not.toHaveProperty('openFiles');
});

test('the table is read once in a turn of the event loop, and again in the next; no timer waits', async () => {
  const proc = fakeProc({ pid: 10, parent: 1, session: 10, pages: 1 });
  const { usage, clock } = await resourcesOn(proc);
  expect(usage(10)?.processes).toBe(1);
  writeFileSync(join(proc, '10', 'stat'), statLine({ pid: 10, parent: 1, session: 10, pages: 7 }));
  expect(usage(10)?.memoryBytes).toBe(units.pageBytes);
  await settle();
  expect(usage(10)?.memoryBytes).toBe(7 * units.pageBytes);
  expect(clock.pending).toBe(0);
});

test('without /proc nothing is claimed', async () => {
  const { usage, usages } = await resourcesOn('/nonexistent');
  expect(usage(1)).toBeUndefined();
  expect(usages([1])).toBeUndefined();
});

test('the name of a program may hold what looks like the rest of the line', () => {
  const line = statLine({ pid: 7, parent: 3, session: 5, name: 'a) R 9 9 (b', ticks: [1, 2, 3, 4], pages: 8 });
  expect(parseStat(line)).toEqual({ pid: 7, parent: 3, session: 5, ticks: 10, residentPages: 8 });
});

test('a line that breaks off is no process', () => {
  expect(parseStat('7 (sh) S 3 5')).toBeUndefined();
  expect(parseStat('7 (sh')).toBeUndefined();
  expect(parseStat('')).toBeUndefined();
});
