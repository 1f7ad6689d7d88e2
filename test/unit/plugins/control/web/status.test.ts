import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { Exit, ProcessConfig, ProcessView } from '../../../../../core/index.ts';
import { AutorestartPlugin } from '../../../../../plugins/policy/autorestart/index.ts';
import { healthOf } from '../../../../../plugins/control/health.ts';
import { countRestarts, HEALTH } from '../../../../../plugins/control/index.ts';
import { statusOf, type Status } from '../../../../../plugins/control/web/status.ts';
import { settle, stage, type Stage } from '../../../../../core/testing/index.ts';
import { view } from '../../../../support/view.ts';

const health = (process: ProcessView) => healthOf(process, { flapping: undefined, reported: undefined });

const CLIENT = { by: 'client', detail: 'supervisor.stopProcess' } as const;

/** The status of a supervisor without processes, with the real policy. */
async function watched(
  programs: readonly (Partial<ProcessConfig> & { name: string })[],
): Promise<Stage & { look: () => Status }> {
  const on = await stage(programs, [new AutorestartPlugin()]);
  const { supervisor, clock } = on;
  const restarts = countRestarts(supervisor);
  const look = (): Status =>
    statusOf(
      {
        identifier: 'test',
        host: 'here',
        pid: 1,
        state: supervisor.state,
        groups: [...supervisor.groups.values()].map(({ name, inStartOrder }) => ({
          name,
          processes: inStartOrder.map((process) => process.view),
        })),
        restarts,
        health,
      },
      { wall: clock.wall(), tick: clock.now() },
    );
  return { ...on, look };
}

/** The one process of a status, as the page tells of it. */
function told(status: Status): string {
  const [process] = status.groups.flatMap(({ processes }) => processes);
  return [process?.state, process?.health, process?.description, process?.reason, process?.restarts].join(' | ');
}

describe('the page says why a process is in its state', () => {
  test('from its first start to a stop by a client', async () => {
    const { look, clock, spawner, supervisor } = await watched([{ name: 'web', startsecs: 5 }]);
    expect(told(look())).toBe('STOPPED | sound | Not started |  | 0');
    void supervisor.find('web')?.start(CLIENT);
    await settle();
    expect(told(look())).toBe(
      'STARTING | sound | pid 1000 | has to stay up for 5 s; started (client: supervisor.stopProcess) | 0',
    );
    clock.advance(7_000);
    expect(told(look())).toBe(
      'RUNNING | sound | pid 1000, uptime 0:00:07 | started (client: supervisor.stopProcess) | 0',
    );
    void supervisor.find('web')?.stop(CLIENT);
    await settle();
    expect(told(look())).toBe('STOPPING | sound |  | is asked to stop (client: supervisor.stopProcess) | 0');
    spawner.last.exit();
    expect(told(look())).toMatch(
      /^STOPPED \| sound \| \w{3} \d\d \d\d:\d\d [AP]M \| stopped \(client: supervisor.stopProcess\) \| 0$/,
    );
  });

  test('a start that fails again and again, until it is given up', async () => {
    const { look, clock, spawner, supervisor } = await watched([{ name: 'web', options: { startretries: 1 } }]);
    void supervisor.find('web')?.start(CLIENT);
    await settle();
    spawner.last.exit({ kind: 'code', code: 2 });
    expect(told(look())).toBe(
      'BACKOFF | unsteady | Exited too quickly (process log may have details) | exit status 2, too quickly; 1 failed start, will be tried again | 0',
    );
    clock.advance(1_000);
    await settle();
    expect(told(look())).toBe('STARTING | unsteady | pid 1001 | try 2, after 1 failed start | 1');
    spawner.last.exit({ kind: 'signal', signal: 'SIGSEGV' });
    expect(told(look())).toBe(
      'FATAL | failed | Exited too quickly (process log may have details) | terminated by SIGSEGV, too quickly; gave up after 2 failed starts | 1',
    );
  });

  test('a program that cannot be run: the reason stands there once', async () => {
    const { look, spawner, supervisor } = await watched([{ name: 'web', options: { startretries: 0 } }]);
    spawner.failure = 'permission denied';
    void supervisor.find('web')?.start(CLIENT);
    await settle();
    expect(told(look())).toBe('FATAL | failed | permission denied | gave up after 1 failed start | 0');
  });

  const ends: readonly [Exit, string][] = [
    [{ kind: 'code', code: 0 }, 'EXITED | sound | … | exit status 0 | 0'],
    [{ kind: 'code', code: 3 }, 'EXITED | unsteady | … | exit status 3, not expected | 0'],
    [{ kind: 'signal', signal: 'SIGKILL' }, 'EXITED | unsteady | … | terminated by SIGKILL, not expected | 0'],
  ];
  for (const [exit, expected] of ends) {
    test(`an end with ${JSON.stringify(exit)}`, async () => {
      const { look, spawner, supervisor } = await watched([
        { name: 'web', startsecs: 0, options: { autorestart: false } },
      ]);
      void supervisor.find('web')?.start(CLIENT);
      await settle();
      spawner.last.exit(exit);
      expect(told(look()).replace(/\w{3} \d\d \d\d:\d\d [AP]M/, '…')).toBe(expected);
    });
  }
});

test('a restart counts only when nobody asked for it', async () => {
  const { look, clock, spawner, supervisor } = await watched([
    { name: 'web', startsecs: 0, options: { autorestart: true } },
  ]);
  void supervisor.find('web')?.start(CLIENT);
  await settle();
  for (let round = 0; round < 3; round += 1) {
    clock.advance(2_000);
    spawner.last.exit({ kind: 'code', code: 1 });
    await settle();
  }
  expect(told(look())).toContain('| 3');
  void supervisor.find('web')?.stop(CLIENT);
  await settle();
  spawner.last.exit();
  void supervisor.find('web')?.start(CLIENT);
  await settle();
  expect(told(look())).toContain('| 3');
});

const names = (status: Status): string[] => status.groups.flatMap(({ processes }) => processes.map(({ name }) => name));

describe('order', () => {
  const source = { identifier: 'x', host: 'x', pid: 1, state: 'running', restarts: () => 0, health } as const;
  const now = { wall: 0, tick: 0 };

  test('trouble comes to the top, of its group and with its group; what fails to stay before what may recover', () => {
    const status = statusOf(
      {
        ...source,
        groups: [
          {
            name: 'a',
            processes: [
              view({ group: 'a', name: '1', state: 'RUNNING' }),
              view({ group: 'a', name: '2', state: 'STOPPED' }),
            ],
          },
          {
            name: 'b',
            processes: [
              view({ group: 'b', name: '1', state: 'RUNNING' }),
              view({ group: 'b', name: '2', state: 'BACKOFF' }),
            ],
          },
          { name: 'c', processes: [view({ group: 'c', name: '1', state: 'STOPPED' })] },
          {
            name: 'd',
            processes: [
              view({ group: 'd', name: '1', state: 'STOPPING' }),
              view({ group: 'd', name: '2', state: 'FATAL' }),
            ],
          },
        ],
      },
      now,
    );
    expect(names(status)).toEqual(['d:2', 'd:1', 'b:2', 'b:1', 'a:1', 'a:2', 'c:1']);
  });

  const states = fc.constantFrom(
    'STOPPED',
    'STARTING',
    'RUNNING',
    'BACKOFF',
    'STOPPING',
    'EXITED',
    'FATAL',
    'UNKNOWN' as const,
  );
  const groups = fc.array(
    fc.array(fc.record({ state: states, tries: fc.nat(2), spawnerr: fc.constantFrom('', 'x') })),
    { maxLength: 8 },
  );

  test.prop([groups])('nothing is lost, and whatever is equally well keeps its order', (given) => {
    const status = statusOf(
      {
        ...source,
        groups: given.map((processes, group) => ({
          name: `g${group}`,
          processes: processes.map((process, index) => view({ ...process, group: `g${group}`, name: String(index) })),
        })),
      },
      now,
    );
    expect(status.groups.length).toBe(given.length);
    for (const { name, processes } of status.groups) {
      expect(processes.length).toBe(given[Number(name.slice(1))]?.length);
      const keys = processes.map(({ health, process }) => HEALTH.indexOf(health) * 1_000 + Number(process));
      expect(keys).toEqual([...keys].sort((a, b) => a - b));
    }
    const keys = status.groups.map(({ name, processes }) => {
      const worst = Math.min(HEALTH.length - 1, ...processes.map(({ health }) => HEALTH.indexOf(health)));
      return worst * 1_000 + Number(name.slice(1));
    });
    expect(keys).toEqual([...keys].sort((a, b) => a - b));
  });
});
