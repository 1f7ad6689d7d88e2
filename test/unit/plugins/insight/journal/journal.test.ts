import { expect, onTestFinished, test, vi } from 'vitest';
import { settle, stage } from '../../../../../core/testing/index.ts';
import { JournalPlugin, journalService } from '../../../../../plugins/insight/journal/index.ts';
import type { JournalStore } from '../../../../../plugins/insight/journal/journal-file.ts';
import { Journal } from '../../../../../plugins/insight/journal/journal.ts';
import { MemoryJournal } from '../../../../../plugins/insight/journal/memory-journal.ts';
import type { JournalRecord } from '../../../../../plugins/insight/journal/record.ts';
import { readRecords } from '../../../../../plugins/insight/journal/record-schema.ts';
import type { Log } from '../../../../../plugins/output/logging/index.ts';

const at = '2026-01-01T00:00:00.000Z';
const lost = (name: string, reason: string, group = name): JournalRecord => ({ kind: 'lost', at, group, name, reason });
const daemon = (pid: number): JournalRecord => ({ kind: 'daemonStarted', at, pid });

function journalOn(store: JournalStore = new MemoryJournal()): { journal: Journal; warnings: string[] } {
  const warnings: string[] = [];
  const log: Log = (level, text) => void (level === 'WARN' && warnings.push(text));
  return { journal: new Journal(store, log), warnings };
}

test("a process's records are found among all, the newest first, with those of the daemon between them", async () => {
  const { journal } = journalOn();
  for (const record of [
    daemon(1),
    lost('web', 'a'),
    daemon(2),
    lost('other', 'web'),
    lost('web', 'b', 'pool'),
    lost('web', 'c'),
  ])
    journal.add(record);
  expect(await journal.read({ group: 'web', name: 'web', limit: 10 })).toMatchObject([
    lost('web', 'c'),
    daemon(2),
    lost('web', 'a'),
    daemon(1),
  ]);
  expect(await journal.read({ group: 'web', name: 'web', limit: 1 })).toMatchObject([lost('web', 'c')]);
  expect(await journal.read({ group: 'pool', name: 'web', limit: 9 })).toMatchObject([
    lost('web', 'b', 'pool'),
    daemon(2),
    daemon(1),
  ]);
  expect(await journal.read({ group: 'no', name: 'no', limit: 9 })).toEqual([]);
});

test('a name that looks like JSON finds only itself', async () => {
  const { journal } = journalOn();
  const strange = '","name":"web';
  journal.add(lost('web', 'a'));
  journal.add(lost(strange, 'b'));
  expect(await journal.read({ group: strange, name: strange, limit: 9 })).toMatchObject([lost(strange, 'b')]);
});

test('a disk that takes nothing is said once, with what was lost when it does again', () => {
  const store = new MemoryJournal();
  const { journal, warnings } = journalOn(store);
  const works = store.append.bind(store);
  store.append = () => {
    throw new Error('ENOSPC: no space left on device');
  };
  for (const reason of ['a', 'b', 'c']) journal.add(lost('web', reason));
  expect(warnings).toEqual([
    'cannot write the journal memory: ENOSPC: no space left on device; records are lost until it can be written',
  ]);
  store.append = works;
  for (let record = 0; record < 30; record += 1) journal.add(lost('web', 'd'));
  expect(warnings.slice(1)).toEqual(['the journal memory is written again; 3 records were lost']);
});

test('a disk on which only small records fit is said once, not at every other record', () => {
  const store = new MemoryJournal();
  const { journal, warnings } = journalOn(store);
  const works = store.append.bind(store);
  store.append = (line) => {
    if (line.includes('large')) throw new Error('ENOSPC: no space left on device');
    works(line);
  };
  for (let record = 0; record < 30; record += 1) journal.add(lost('web', record % 2 === 0 ? 'large' : 'small'));
  expect(warnings).toHaveLength(1);
});

test('a client takes the records that it knows, and leaves out those of a newer daemon', () => {
  const known = lost('web', 'a');
  expect(readRecords([known, { kind: 'teleported', at }, 7, { ...known, reason: 7 }])).toEqual([known]);
  expect(readRecords('nonsense')).toEqual([]);
});

test('what lies beyond the lines that are searched is said to be there', async () => {
  const store = new MemoryJournal(64 * 2 ** 20);
  const { journal } = journalOn(store);
  journal.add(lost('rare', 'long ago'));
  for (let count = 0; count < 199_999; count += 1) store.append(`{"v":1,"group":"often","count":${count}}\n`);
  expect(await journal.read({ group: 'rare', name: 'rare', limit: 9 })).toMatchObject([lost('rare', 'long ago')]);
  journal.add(daemon(1));
  const answer = await journal.read({ group: 'rare', name: 'rare', limit: 9 });
  expect(answer).toMatchObject([{ kind: 'searchLimit' }]);
  expect(readRecords(answer)).toEqual(answer);
});

test('a journal on a disk that hangs keeps nobody waiting for more than 10 s', async () => {
  const hanging = vi.spyOn(MemoryJournal.prototype, 'newestFirst').mockImplementation(async function* () {
    await new Promise(() => undefined);
    yield '';
  });
  onTestFinished(() => hanging.mockRestore());
  // The journal of a path that cannot be written is kept in memory.
  const sections = { supervisord: { journal_file: { kind: 'file', path: '/dev/null/journal' } } };
  const { supervisor, clock } = await stage([], [new JournalPlugin()], sections);
  const reading = supervisor.use(journalService)?.read({ group: 'web', name: 'web', limit: 9 });
  const outcome = reading?.catch((error: Error) => error.message);
  clock.advance(9_999);
  await settle();
  clock.advance(1);
  expect(await outcome).toBe('service journal did not answer read within 10000 ms');
  expect(clock.pending).toBe(0);
});
