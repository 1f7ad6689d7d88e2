import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import {
  groupConfig,
  processConfig,
  Supervisor,
  supervisorConfig,
  type GroupConfig,
  type SupervisorConfig,
} from '../../../../core/index.ts';
import { COMMAND, FakeClock, FakeSpawner, settle } from '../../../../core/testing/index.ts';

/** Few names and few values, so that two configurations have much in common. */
const process = fc.record({
  name: fc.constantFrom('a', 'b', 'c'),
  umask: fc.constantFrom(undefined, 7),
  startsecs: fc.constantFrom(0, 1),
  priority: fc.constantFrom(1, 2),
  autostart: fc.boolean(),
});
const group = fc.record({
  name: fc.constantFrom('g', 'h', 'i'),
  kind: fc.constantFrom('group', 'group', 'group', 'eventlistener'),
  priority: fc.constantFrom(1, 2),
  processes: fc.uniqueArray(process, { selector: ({ name }) => name, maxLength: 3 }),
});
const configuration = fc.uniqueArray(group, { selector: ({ name }) => name, maxLength: 3 }).map((groups) =>
  supervisorConfig({
    groups: groups.map(({ processes, kind, ...rest }) =>
      groupConfig({
        ...rest,
        kind,
        options: kind === 'group' ? {} : { events: rest.priority },
        processes: processes.map((given) => processConfig({ command: COMMAND, ...given })),
      }),
    ),
  }),
);
/** What somebody asks for before the update. */
const wishes = fc.array(fc.record({ at: fc.nat(8), up: fc.boolean() }), { maxLength: 4 });

test.prop([configuration, configuration, wishes], { numRuns: 300 })(
  'an update yields exactly the new configuration, and touches only what the plan names',
  async (before, after, asked) => {
    const spawner = new FakeSpawner();
    const supervisor = new Supervisor({ config: before, clock: new FakeClock(), spawner, env: { PATH: '/bin' } });
    await supervisor.start();
    for (const { at, up } of asked) {
      const target = supervisor.processes[at];
      if (up) void target?.start({ by: 'client' });
      else void target?.stop({ by: 'client' });
      await ended(spawner);
    }
    const records = new Map(supervisor.processes.map((one) => [key(one), { one, pid: one.view.pid }]));

    const plan = await supervisor.plan(after);
    const over = supervisor.update(after, { cause: { by: 'reload' } });
    await ended(spawner);
    const { outcomes } = await over;
    expect(outcomes).toEqual(plan.processes.map((entry) => ({ ...entry, ok: true })));

    expect([...supervisor.groups.values()].map(({ config }) => config)).toEqual(sorted(after));
    for (const { config, inStartOrder } of supervisor.groups.values())
      expect(inStartOrder.map((one) => one.config)).toEqual(config.processes);
    expect((await supervisor.plan(after)).processes).toEqual([]);

    const planned = new Map(plan.processes.map((entry) => [key(entry), entry.kind]));
    for (const one of supervisor.processes) {
      const known = records.get(key(one));
      const kind = planned.get(key(one));
      if (kind === undefined) expect(known?.one).toBe(one);
      const isReplaced = plan.groupOptions.some((own) => own.group === one.group && own.isReplaced);
      // One that was down may have been started: by `autostart` that was turned on.
      if (known === undefined || known.pid === 0 || kind === 'restart' || isReplaced) continue;
      expect(one.view.pid).toBe(known.pid);
    }
    const down = supervisor.shutdown();
    await ended(spawner);
    await down;
    expect(spawner.living).toEqual([]);
  },
);

/** Lets everything happen that can, with children that end when asked to. */
async function ended(spawner: FakeSpawner): Promise<void> {
  for (let quiet = 0; quiet < 3;) {
    await settle();
    const asked = spawner.living.filter(({ signals }) => signals.length > 0);
    for (const child of asked) child.exit();
    quiet = asked.length === 0 ? quiet + 1 : 0;
  }
}

function key({ group: name, name: process }: { readonly group: string; readonly name: string }): string {
  return `${name}:${process}`;
}

function sorted({ groups }: SupervisorConfig): GroupConfig[] {
  return groups.toSorted((one, other) => one.priority - other.priority || (one.name < other.name ? -1 : 1));
}
