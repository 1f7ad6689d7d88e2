import { defineOptions, namespec, readOptions, type Plugin, type Supervisor } from 'tsvisor/core';
import { integer } from 'tsvisor/options';
import { method, RpcPlugin } from 'tsvisor/plugins/rpc';

declare module 'tsvisor/core' {
  interface EventMap {
    /** A program ended more often than its `mostends`. */
    'example:exceeded': { readonly program: string; readonly ends: number };
  }
}

const programOptions = defineOptions({
  mostends: {
    schema: integer({ min: 1 }),
    default: 100,
    change: 'live',
    description: 'The number of exits after which it is reported.',
  },
});

/** Counts how often each program ended. Emits `example:exceeded`; adds the method `example.getEnds`. */
export class ExamplePlugin implements Plugin {
  readonly name = 'example';
  /** From here on `mostends` is known to `defineConfig`, to supervisord.conf and to `tsvd --check`. */
  readonly sections = { program: programOptions };

  apply(supervisor: Supervisor): void {
    const { events } = supervisor;
    const ends = new Map<string, number>(); // by program; state lives here, one for each supervisor

    events.on(
      'process:exited',
      ({ process }) => {
        const program = namespec(process);
        const count = (ends.get(program) ?? 0) + 1;
        ends.set(program, count);
        const { mostends } = readOptions(process.config.options, programOptions);
        if (count > mostends) events.emit('example:exceeded', { program, ends: count });
      },
      this.name,
    );
    events.on('process:removed', ({ process }) => void ends.delete(namespec(process)), this.name);

    RpcPlugin.getHooks(supervisor).methods.tap(this.name, (registry) =>
      registry.add(
        method({
          name: 'example.getEnds',
          result: { type: 'struct', doc: 'how often each program ended' },
          doc: 'Returns how often each program ended since the daemon was started.',
          effect: 'reads',
          call: () => Object.fromEntries(ends),
        }),
      ),
    );
  }
}
