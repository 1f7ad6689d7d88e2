import { processConfig, type ProcessView } from '../../core/index.ts';

/** A process as some test wants it. */
export function view(given: Partial<ProcessView> = {}): ProcessView {
  const name = given.name ?? 'web';
  return {
    name,
    group: name,
    config: processConfig({ name, command: '/bin/true' }),
    state: 'STOPPED',
    want: 'down',
    pid: 0,
    run: 1,
    tries: 0,
    startedAt: 0,
    stoppedAt: 0,
    startedTick: 0,
    exit: undefined,
    spawnerr: '',
    cause: { by: 'boot' },
    ...given,
  };
}
