import {
  groupConfig,
  processConfig,
  Supervisor,
  supervisorConfig,
  type EventMap,
  type Plugin,
  type Process,
  type ProcessConfig,
} from '../../core/index.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeSpawner } from './fake-spawner.ts';

/** Everything a test of supervision needs, without a process and without waiting. */
export interface Stage {
  readonly supervisor: Supervisor;
  readonly clock: FakeClock;
  readonly spawner: FakeSpawner;
  /** Every event so far, in order. */
  readonly seen: { readonly [Name in keyof EventMap]: { name: Name; payload: EventMap[Name] } }[keyof EventMap][];
  /** `FROM → TO` of every change of state so far. */
  readonly transitions: string[];
  process(spec?: string): Process;
}

/** /bin/true exists everywhere; the fake spawner never runs it. */
export const COMMAND = '/bin/true';

/** A supervisor of programs that are not started by themselves. */
export async function stage(
  programs: readonly (Partial<ProcessConfig> & { name: string })[] = [{ name: 'web' }],
  plugins: readonly Plugin[] = [],
): Promise<Stage> {
  const clock = new FakeClock();
  const spawner = new FakeSpawner();
  const config = supervisorConfig({
    groups: programs.map((program) =>
      groupConfig({
        priority: program.priority ?? 999,
        processes: [processConfig({ command: COMMAND, autostart: false, ...program })],
      }),
    ),
  });
  const supervisor = new Supervisor({ config, plugins, clock, spawner, env: { PATH: '/usr/bin:/bin' } });
  const seen: Stage['seen'] = [];
  const transitions: string[] = [];
  const names = [
    'process:spawned',
    'process:spawn-failed',
    'process:exited',
    'process:signalled',
    'plugin:error',
    'plugin:disabled',
    'supervisor:state',
    'supervisor:error',
    'supervisor:waiting',
  ] as const;
  for (const name of names) supervisor.events.on(name, (payload) => void seen.push({ name, payload } as never));
  supervisor.events.on('process:state', (payload) => {
    seen.push({ name: 'process:state', payload });
    transitions.push(`${payload.from} → ${payload.process.state}`);
  });
  await supervisor.start();
  return {
    supervisor,
    clock,
    spawner,
    seen,
    transitions,
    process(spec = programs[0]?.name ?? 'web') {
      const process = supervisor.find(spec);
      if (process === undefined) throw new Error(`no process ${spec}`);
      return process;
    },
  };
}

/** Lets everything that is already decided happen: promises settle, immediates run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
