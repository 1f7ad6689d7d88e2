import { expect, test } from 'vitest';
import {
  type Plugin,
  groupConfig,
  processConfig,
  Supervisor,
  supervisorConfig,
  type OptionTable,
  type ProcessConfig,
} from '../../../../core/index.ts';
import { groupOptions, programOptions } from '../../../../plugins/config/index.ts';
import { standardPlugins } from '../../../../plugins/standard.ts';
import { AutorestartPlugin } from '../../../../plugins/policy/autorestart/index.ts';
import { COMMAND, FakeClock, FakeSpawner, settle } from '../../../../core/testing/index.ts';

const CAUSE = { by: 'client' } as const;
type Given = Partial<ProcessConfig>;

/** A program that runs with one configuration and is updated to another; it has to be the same child after that. */
async function updated(before: Given, after: Given) {
  const spawner = new FakeSpawner();
  const clock = new FakeClock();
  const config = (given: Given) =>
    supervisorConfig({
      groups: [groupConfig({ processes: [processConfig({ name: 'p', command: COMMAND, startsecs: 0, ...given })] })],
    });
  const supervisor = new Supervisor({
    config: config(before),
    plugins: [new AutorestartPlugin()],
    clock,
    spawner,
    env: {},
  });
  await supervisor.start();
  const children = spawner.children.length;
  await supervisor.update(config(after), { cause: { by: 'reload' } });
  const process = supervisor.find('p');
  if (process === undefined) throw new Error('no process');
  if (before.autostart !== false) expect(spawner.children).toHaveLength(children);
  return { process, spawner, clock };
}

/** Each shows that the option acts on what runs already. */
const ACTS: Readonly<Record<string, () => Promise<void>>> = {
  async stopsignal() {
    const { process, spawner } = await updated({}, { stopsignal: 'SIGQUIT' });
    void process.stop(CAUSE);
    expect(spawner.last.signals).toEqual([{ signal: 'SIGQUIT', asGroup: false }]);
  },
  async stopasgroup() {
    const { process, spawner } = await updated({}, { stopasgroup: true, killasgroup: true });
    void process.stop(CAUSE);
    expect(spawner.last.signals).toEqual([{ signal: 'SIGTERM', asGroup: true }]);
  },
  async stopwaitsecs() {
    const { process, spawner, clock } = await updated({}, { stopwaitsecs: 2 });
    void process.stop(CAUSE);
    clock.advance(2_000);
    expect(spawner.last.signals.at(-1)?.signal).toBe('SIGKILL');
  },
  async killasgroup() {
    const { process, spawner, clock } = await updated({}, { killasgroup: true });
    void process.stop(CAUSE);
    clock.advance(10_000);
    expect(spawner.last.signals.at(-1)).toEqual({ signal: 'SIGKILL', asGroup: true });
  },
  async autostart() {
    const { process } = await updated({ autostart: false }, {});
    expect(process.state).toBe('RUNNING');
  },
  async autorestart() {
    const { process, spawner, clock } = await updated({}, { options: { autorestart: false } });
    clock.advance(5_000);
    spawner.last.exit({ kind: 'code', code: 1 });
    await settle();
    expect(process.state).toBe('EXITED');
  },
  async exitcodes() {
    const { process, spawner, clock } = await updated({}, { options: { exitcodes: [7] } });
    clock.advance(5_000);
    spawner.last.exit({ kind: 'code', code: 7 });
    await settle();
    expect(process.state).toBe('EXITED');
  },
  async startretries() {
    const slow = { startsecs: 10 };
    const { process, spawner } = await updated(slow, { ...slow, options: { startretries: 0 } });
    spawner.last.exit({ kind: 'code', code: 1 });
    await settle();
    expect(process.state).toBe('FATAL');
  },
};

/** Shown where there are groups, files or a client: here only that nothing is forgotten. */
const SHOWN_ELSEWHERE: Readonly<Record<string, string>> = {
  priority: 'reload/plan.test.ts, update.property.test.ts: the order is that of the new configuration',
  programs: 'reload/update.test.ts: members come and go',
  numprocs: 'integration/tsvd/update.test.ts',
  numprocs_start: 'reload/update.test.ts: members come and go',
  restart_deaf: 'unit/plugins/programs/eventlistener: asked of the group at each violation',
  stdout_logfile_maxbytes: 'integration/tsvd/update.test.ts: new limits of a log act on the child that writes it',
  stdout_logfile_backups: 'the same; all limits of a log are read at each write',
  stdout_logfile_rotate: 'the same',
  stdout_logfile_compress: 'the same',
  stderr_logfile_maxbytes: 'the same',
  stderr_logfile_backups: 'the same',
  stderr_logfile_rotate: 'the same',
  stderr_logfile_compress: 'the same',
};

test.each(Object.entries(ACTS))('%s acts at once, on a program that runs on', async (_, acts) => {
  await expect(acts()).resolves.toBeUndefined();
});

test('every option that says it acts at once is shown to', async () => {
  const plugins: readonly Plugin[] = await standardPlugins();
  const tables: OptionTable[] = [
    programOptions,
    groupOptions,
    ...plugins.flatMap(({ sections = {} }) =>
      Object.entries(sections).flatMap(([kind, table]) => (kind === 'supervisord' ? [] : [table])),
    ),
  ];
  const live = tables.flatMap((table) =>
    Object.entries(table).flatMap(([name, { change }]) => (change === 'live' ? [name] : [])),
  );
  expect(new Set(live)).toEqual(new Set([...Object.keys(ACTS), ...Object.keys(SHOWN_ELSEWHERE)]));
});

test('what concerns the daemon as a whole never says that it acts at once, but for variables, which are those of programs', async () => {
  const plugins: readonly Plugin[] = await standardPlugins();
  const live = plugins.flatMap(({ sections = {} }) =>
    Object.entries<OptionTable>({ ...sections }).flatMap(([kind, table]) =>
      kind === 'program' || kind === 'group' || kind === 'eventlistener' || kind === 'fcgi-program'
        ? []
        : Object.values(table).filter(({ change }) => change !== 'restart'),
    ),
  );
  expect(live).toEqual([]);
});
