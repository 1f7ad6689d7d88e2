import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { isStopped, type Plugin } from '../../../core/index.ts';
import { settle, stage, type Stage } from '../../../core/testing/index.ts';

/** Anything that can happen to a process, from inside and outside. */
const happening = fc.oneof(
  fc.record({ do: fc.constant('start' as const) }),
  fc.record({ do: fc.constant('stop' as const) }),
  fc.record({ do: fc.constant('restart' as const) }),
  fc.record({ do: fc.constant('restartByPolicy' as const) }),
  fc.record({ do: fc.constant('signal' as const) }),
  fc.record({ do: fc.constant('exit' as const), code: fc.integer({ min: 0, max: 2 }) }),
  fc.record({ do: fc.constant('kill' as const) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 15_000 }) }),
  fc.record({ do: fc.constant('failSpawns' as const), fail: fc.boolean() }),
  fc.record({ do: fc.constant('refuseSignals' as const), refuse: fc.boolean() }),
);

const retries: Plugin = {
  name: 'retries',
  apply: (supervisor) =>
    supervisor.hooks.exit.tap('retries', (process) => {
      if (process.state === 'STARTING') {
        return process.tries < 2 ? { kind: 'restart', delayMs: 1_000 * (process.tries + 1) } : { kind: 'leave' };
      }
      return { kind: 'restart', delayMs: process.name === 'later' ? 500 : 0 };
    }),
};

async function happen(
  { process, spawner, clock }: Stage,
  it: typeof happening extends fc.Arbitrary<infer H> ? H : never,
) {
  switch (it.do) {
    case 'start':
      return void process().start({ by: 'client' });
    case 'stop':
      return void process().stop({ by: 'client' });
    case 'restart':
      return void process().restart({ by: 'client' });
    case 'restartByPolicy':
      return void process().restartByPolicy({ by: 'plugin' });
    case 'signal':
      return void process().signal('SIGHUP');
    case 'exit':
      return spawner.living.at(-1)?.exit({ kind: 'code', code: it.code });
    case 'kill':
      return spawner.living.at(-1)?.exit({ kind: 'signal', signal: 'SIGKILL' });
    case 'wait':
      return clock.advance(it.ms);
    case 'failSpawns':
      return void (spawner.failure = it.fail ? 'no' : undefined);
    case 'refuseSignals':
      for (const child of spawner.living) child.refusal = it.refuse ? new Error('EPERM') : undefined;
      return undefined;
  }
}

test.prop({
  happenings: fc.array(happening, { maxLength: 40 }),
  startsecs: fc.constantFrom(0, 1, 5),
  name: fc.constantFrom('at-once', 'later'),
})(
  'whatever happens: one child at a time, every spawn after the end of the last, states and events agree',
  async ({ happenings, startsecs, name }) => {
    const it = await stage([{ name, startsecs, stopwaitsecs: 3 }], [retries]);
    const { process, spawner, clock, seen, transitions } = it;
    const check = (): void => {
      expect(spawner.living.length).toBeLessThanOrEqual(1);
      const { state, pid } = process().view;
      // A child exists exactly in the states that have one. UNKNOWN may have one.
      if (state === 'RUNNING' || state === 'STOPPING') expect(spawner.living[0]?.pid).toBe(pid);
      if (state === 'BACKOFF' || state === 'EXITED' || state === 'FATAL' || state === 'STOPPED') {
        expect(spawner.living).toEqual([]);
        expect(pid).toBe(0);
      }
    };
    for (const each of happenings) {
      await happen(it, each);
      await settle();
      check();
    }

    // Every state change follows on the one before it, and the last is the state that is.
    let state = 'STOPPED';
    for (const transition of transitions) {
      const [from, to] = transition.split(' → ');
      expect(from).toBe(state);
      state = to ?? '';
    }
    expect(process().state).toBe(state);

    // Each spawn has its exit before the next spawn.
    const lives = seen.flatMap(({ name: event }) =>
      event === 'process:spawned' || event === 'process:exited' ? [event] : [],
    );
    lives.forEach((event, index) => expect(event).toBe(index % 2 === 0 ? 'process:spawned' : 'process:exited'));
    expect(seen.filter(({ name: event }) => event === 'supervisor:error')).toEqual([]);

    // Every stop ends, once the child may be signalled and dies of SIGKILL.
    for (const child of spawner.living) child.refusal = undefined;
    spawner.failure = undefined;
    const stop = process().stop({ by: 'client' });
    const over: string[] = [];
    void stop.done.then(({ kind }) => over.push(kind));
    // A start that waited for an earlier stop still comes first; then this stop ends that one, too.
    for (let round = 0; round < 50 && over.length === 0; round += 1) {
      await settle();
      clock.advance(3_000);
      for (const child of spawner.living) child.exit({ kind: 'signal', signal: 'SIGKILL' });
    }
    expect(over).toHaveLength(1);
    expect(isStopped(process().state)).toBe(true);
    expect(spawner.living).toEqual([]);
    clock.advance(60_000);
    await settle();
    expect(spawner.living).toEqual([]);
    expect(clock.pending).toBe(0);
  },
);
