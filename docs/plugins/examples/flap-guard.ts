import { defineOptions, namespec, readOptions, type Plugin, type Supervisor } from 'tsvisor/core';
import { integer } from 'tsvisor/options';

declare module 'tsvisor/core' {
  interface EventMap {
    /** A program ended too often, and is left down. */
    'process:flapping': { readonly program: string; readonly exits: number };
  }
}

const programOptions = defineOptions({
  flapexits: {
    schema: integer({ min: 1 }),
    default: 5,
    change: 'live',
    description: 'Ends within flapsecs after which a program is left down.',
  },
  flapsecs: {
    schema: integer({ min: 1 }),
    default: 60,
    change: 'live',
    description: 'Seconds in which flapexits are counted.',
  },
});

/** Leaves a program down once it ends too often: whoever looks after it is asked to, instead of the machine. */
export class FlapGuardPlugin implements Plugin {
  readonly name = 'flap-guard';
  readonly sections = { program: programOptions };

  apply({ clock, events, hooks }: Supervisor): void {
    const exits = new Map<string, readonly number[]>(); // by program, oldest first, at most flapexits
    // Ahead of autorestart (stage 0), which starts again whatever is left undecided here.
    hooks.exit.tap({ name: this.name, stage: -10 }, (process) => {
      const { flapexits, flapsecs } = readOptions(process.config.options, programOptions);
      const program = namespec(process);
      const recent = within(exits.get(program) ?? [], clock.now(), flapsecs);
      exits.set(program, recent.slice(-flapexits));
      if (recent.length < flapexits) return undefined;
      exits.delete(program);
      events.emit('process:flapping', { program, exits: recent.length });
      return { kind: 'leave', reason: `it ended ${recent.length} times within ${flapsecs} s` };
    });
    events.on('process:removed', ({ process }) => void exits.delete(namespec(process)), this.name);
  }
}

/** Those of the last seconds, and now. */
function within(times: readonly number[], now: number, seconds: number): number[] {
  return [...times.filter((time) => now - time < seconds * 1000), now];
}
