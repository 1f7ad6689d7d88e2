import { expect, test } from 'vitest';
import { changeTables, defineOptions, type Plugin } from '../../../../core/index.ts';
import { filePath, integer, owner, userName } from '../../../../plugins/config/option-types/index.ts';
import { printConfiguration } from '../../../../plugins/config/index.ts';
import { defineConfig } from '../../../../plugins/define-config.ts';
import { errorsOf, resolveNative, resolveText, warningsOf } from './resolving.ts';

/** What a plugin that nobody here has heard of may declare. */

const batchOptions = defineOptions({
  slots: {
    schema: integer({ min: 1 }),
    default: 1,
    required: true,
    change: 'live',
    description: 'How many run at once.',
  },
});
const depotOptions = defineOptions({
  keeper: { schema: userName, default: undefined, change: 'restart', description: 'Who keeps it.' },
  belongs: { schema: owner, default: undefined, change: 'restart', description: 'Whom its files belong to.' },
  index: { schema: filePath, default: undefined, change: 'restart', description: 'The file that lists what is in it.' },
});

class BatchPlugin implements Plugin {
  readonly name = 'batch';
  readonly sections = { 'batch-program': batchOptions, depot: depotOptions };
  readonly programKinds = {
    'batch-program': { key: 'batch_programs', group: 'batch', priority: 7, asMember: 'waits for no slot there' },
  } as const;
  apply(): void {}
}

const plugins = [new BatchPlugin()];
const S = '[supervisord]\n';
const nightly = '[batch-program:nightly]\ncommand=x\nslots=2\n';

test('a kind of programs of its own has the options of a program and its own, and makes groups of its kind', () => {
  const resolved = resolveText(`${S}${nightly}startsecs=3\n`, plugins);
  expect(errorsOf(resolved)).toEqual([]);
  expect(resolved.config.groups).toMatchObject([
    { name: 'nightly', kind: 'batch', priority: 7, options: { slots: 2 }, processes: [{ startsecs: 3 }] },
  ]);
  expect(printConfiguration(resolved)).toMatchObject({ groups: [{ type: 'batch', slots: 2 }] });
  expect(changeTables(plugins).ofGroup('batch', 'slots')).toEqual({ change: 'live', isSecret: false });
});

test('in a typed configuration it stands under its key, and the compiler knows its options', () => {
  const config = defineConfig({ plugins, batch_programs: { nightly: { command: 'x', slots: 2 } } });
  expect(resolveNative(config, plugins).config.groups).toMatchObject([{ kind: 'batch', options: { slots: 2 } }]);
  // @ts-expect-error an option that the plugin requires
  defineConfig({ plugins, batch_programs: { nightly: { command: 'x' } } });
  expect(errorsOf(resolveNative({ 'batch-program': {} }, plugins))).toEqual([
    '/etc/tsv.config.ts: batch-program: write batch_programs: { NAME: { … } }',
  ]);
});

test('it may be a member of a group, where it says what is different', () => {
  const resolved = resolveText(`${S}${nightly}[group:g]\nprograms=nightly\n`, plugins);
  expect(warningsOf(resolved)).toEqual(['/etc/s.conf:6: [group:g] programs: nightly waits for no slot there']);
  expect(resolved.config.groups).toMatchObject([{ name: 'g', kind: 'group' }]);
});

test('users, owners and paths of its section are looked up and expanded', () => {
  const resolved = resolveText(`${S}[depot]\nkeeper=ann\nbelongs=ann:staff\nindex=~/list\n`, plugins);
  expect(resolved.config.sections['depot']).toMatchObject({
    keeper: { name: 'ann', uid: expect.any(Number), groups: expect.any(Array) },
    belongs: { user: 'ann', group: 'staff', uid: expect.any(Number), gid: expect.any(Number) },
    index: '/home/test/list',
  });
  expect(resolved.paths).toMatchObject([{ path: '/home/test/list', need: 'parent', option: 'index' }]);
});

test('what a plugin resolves takes the place of its sections, and may say where the daemon is reached', () => {
  const own: Plugin = {
    name: 'depots',
    sections: { depot: depotOptions },
    resolve: (sections, { absolute }) => ({
      sections: {
        depots: { files: sections.filter(({ kind }) => kind === 'depot').map(({ title }) => absolute(`${title}.idx`)) },
      },
      serverurl: 'http://depot:1',
    }),
    apply: () => undefined,
  };
  const { config } = resolveText(`${S}[depot]\n[depot:b]\n`, [own]);
  expect(config.sections).toMatchObject({ depots: { files: ['/cwd/depot.idx', '/cwd/depot:b.idx'] } });
  expect(config.sections).not.toHaveProperty('depot');
  expect(config.serverurl).toBe('http://depot:1');
});
