import { readOptions, type Plugin, type Supervisor } from '../../../core/index.ts';
import { decide, isExpected } from './decision.ts';
import { programOptions, sections } from './options.ts';

/**
 * Restarts programs, by `autorestart`, `exitcodes` and `startretries`. Taps `expected` and `exit` at stage 0: a plugin
 * that wants to decide otherwise taps before, with a negative stage.
 */
export class AutorestartPlugin implements Plugin {
  readonly name = 'autorestart';
  readonly sections = sections;

  apply(supervisor: Supervisor): void {
    supervisor.hooks.expected.tap(this.name, ({ config }, exit) =>
      isExpected(exit, readOptions(config.options, programOptions).exitcodes),
    );
    supervisor.hooks.exit.tap(this.name, ({ config, state, tries, startedTick }, exit) =>
      decide(
        {
          exit,
          of: state === 'STARTING' ? 'start' : 'run',
          tries,
          livedMs: supervisor.clock.now() - startedTick,
        },
        readOptions(config.options, programOptions),
      ),
    );
  }
}

export { decide, gaveUp, isExpected, SHORTEST_CYCLE_MS, type End } from './decision.ts';
export { programOptions, type AutorestartValues } from './options.ts';
