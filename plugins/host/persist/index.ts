import { reasonOf, type Plugin, type Supervisor } from '../../../core/index.ts';
import type { Posix } from '../../../core/posix.ts';
import { getPersistHooks } from './hooks.ts';
import { OptionHashes } from './option-hashes.ts';
import { sections } from './options.ts';
import { Recorder } from './recorder.ts';
import { Resumption } from './resumption.ts';
import { stateFolderService, stateService, type NoticeLevel } from './service.ts';
import { State } from './state.ts';

/**
 * Goes on with the programs of a daemon that was killed: keeps what is needed for that while this one runs (a file, and a process that
 * holds its descriptors), and takes over what the one before has left.
 */
export class PersistPlugin implements Plugin {
  static readonly getHooks = getPersistHooks;
  readonly name = 'persist';
  readonly sections = sections;

  apply(supervisor: Supervisor): void {
    const { events, hooks } = supervisor;
    const log = (level: NoticeLevel, text: string): void => events.emit('state:notice', { level, text });
    const state = new State(supervisor.clock, log);
    const processes = state.slice('processes', 1);
    const hashes = new OptionHashes(supervisor.plugins);
    const recorder = new Recorder(supervisor, state, processes, hashes);
    supervisor.provide(stateService, state);

    let posix: Posix | undefined;
    // At the start, before there are processes: plugins look at what was left of theirs.
    hooks.config.tapPromise({ name: this.name, stage: -1_000 }, async (config) => {
      const folder = supervisor.use(stateFolderService);
      if (folder === undefined || supervisor.state !== 'starting') return config;
      posix = await loadPosix(log);
      if (posix === undefined) return config;
      try {
        state.open(folder, posix);
      } catch (error) {
        posix = undefined;
        log('WARN', `if the daemon is killed, its programs are not taken over: ${reasonOf(error)}`);
      }
      return config;
    });
    // What plugins need to take over is open, and clients are not answered yet.
    hooks.start.tap({ name: this.name, stage: 90 }, () => {
      const { previous } = state;
      recorder.begin();
      if (posix !== undefined && previous !== undefined) {
        new Resumption({ supervisor, state, posix, hashes, log }, previous, processes).carryOut();
      }
      recorder.writeAll();
      state.settle();
    });
    hooks.spawn.tap({ name: this.name, stage: 200 }, (plan, process) => recorder.marked(plan, process));
    for (const name of ['process:state', 'process:spawned', 'process:exited', 'process:signalled'] as const) {
      events.on(name, ({ process }) => recorder.changed(process), this.name);
    }
    events.on('process:removed', ({ process }) => recorder.removed(process), this.name);
    events.on('supervisor:state', ({ to }) => void (to === 'stopping' && state.ending()), this.name);
    getPersistHooks(supervisor).handOver.tap({ name: this.name, stage: 1_000 }, () => state.handOver());
    // A start that failed leaves everything as it was, for the next one.
    hooks.shutdown.tap({ name: this.name, stage: 10_000 }, () => supervisor.state === 'stopping' && state.end());
  }
}

async function loadPosix(log: (level: NoticeLevel, text: string) => void): Promise<Posix | undefined> {
  try {
    return (await import('../../../core/posix.ts')).loadPosix();
  } catch (error) {
    log('WARN', `if the daemon is killed, its programs are not taken over: ${reasonOf(error)}`);
    return undefined;
  }
}

export { PERSIST_ERRORS, persistError, type PersistErrorCode } from './errors.ts';
export { getPersistHooks, type HandOver } from './hooks.ts';
export { isAlive, startOf, type StartedProcess } from './process-start.ts';
export { readState } from './state-file.ts';
export { stateFolderService, stateService, type StateFolder, type StateService, type StateSlice } from './service.ts';
