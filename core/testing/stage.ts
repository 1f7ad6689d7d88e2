import {
  groupConfig,
  processConfig,
  Supervisor,
  supervisorConfig,
  type EventMap,
  type Plugin,
  type Process,
  type ProcessConfig,
  type ServiceKey,
  type SupervisorConfig,
} from '../index.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeSpawner } from './fake-spawner.ts';

/**
 * A program of a stage: its name, and the options that differ from the defaults. Plugin options go into `options`, by
 * name.
 */
export type StagedProgram = Partial<ProcessConfig> & { readonly name: string };

/** One event, as it was emitted. */
export type RecordedEvent = {
  readonly [Name in keyof EventMap]: { readonly name: Name; readonly payload: EventMap[Name] };
}[keyof EventMap];

/** Everything a test of supervision needs, without a process and without waiting. */
export interface Stage {
  readonly supervisor: Supervisor;
  /** Stands still until the test moves it: `clock.advance(1_000)`. */
  readonly clock: FakeClock;
  /** Its children exit when the test says so: `spawner.last.exit({ kind: 'code', code: 1 })`. */
  readonly spawner: FakeSpawner;
  /** Every event since the supervisor was started, in order, including those of plugins. */
  readonly seen: readonly RecordedEvent[];
  /** The payloads of one event. */
  eventsOf<Name extends keyof EventMap>(name: Name): readonly EventMap[Name][];
  /** `FROM → TO` of every change of state so far. */
  readonly transitions: readonly string[];
  /** A process by name; without a name, the first one. */
  process(spec?: string): Process;
}

/** A command that exists everywhere. It is not executed here. */
export const COMMAND = '/bin/true';

/**
 * A started supervisor for tests: time stands still, children are fake, all events are recorded. Programs are not
 * started automatically (`autostart` is false), and each is in its own group.
 *
 *     const { process, spawner, clock } = await stage([{ name: 'web', startsecs: 0 }], [new AutorestartPlugin()]);
 *     process().start({ by: 'client' });
 *     spawner.last.exit({ kind: 'code', code: 1 });
 */
export async function stage(
  programs: readonly StagedProgram[] = [{ name: 'web' }],
  plugins: readonly Plugin[] = [],
  sections: SupervisorConfig['sections'] = {},
): Promise<Stage> {
  const clock = new FakeClock();
  const spawner = new FakeSpawner();
  const config = supervisorConfig({
    sections,
    groups: programs.map((program) =>
      groupConfig({
        priority: program.priority ?? 999,
        processes: [processConfig({ command: COMMAND, autostart: false, ...program })],
      }),
    ),
  });
  const supervisor = new Supervisor({ config, plugins, clock, spawner, env: { PATH: '/usr/bin:/bin' } });
  const { seen, transitions } = record(supervisor);
  await supervisor.start();
  return {
    supervisor,
    clock,
    spawner,
    seen,
    eventsOf: (name) => seen.flatMap((event) => (isOf(event, name) ? [event.payload] : [])),
    transitions,
    process(spec = programs[0]?.name ?? 'web') {
      const process = supervisor.find(spec);
      if (process === undefined) throw new Error(`no process ${spec}`);
      return process;
    },
  };
}

/** A plugin that provides one service, in place of the plugin that normally does. */
export function provides<Service>(key: ServiceKey<Service>, implementation: NoInfer<Service>): Plugin {
  return { name: `test-${key.name}`, apply: (supervisor) => supervisor.provide(key, implementation) };
}

/** Waits until pending promises have settled and immediates have run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A listener receives one kind of event; a recorder needs all of them. */
function record({ events }: Supervisor): { seen: RecordedEvent[]; transitions: string[] } {
  const seen: RecordedEvent[] = [];
  const transitions: string[] = [];
  const emit = events.emit.bind(events);
  events.emit = (name, payload) => {
    // TypeScript cannot see that name and payload belong together once both are in one record.
    seen.push({ name, payload } as unknown as RecordedEvent);
    emit(name, payload);
  };
  events.on('process:state', ({ from, process }) => void transitions.push(`${from} → ${process.state}`));
  return { seen, transitions };
}

function isOf<Name extends keyof EventMap>(
  event: RecordedEvent,
  name: Name,
): event is RecordedEvent & { readonly name: Name; readonly payload: EventMap[Name] } {
  return event.name === name;
}
