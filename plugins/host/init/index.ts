import {
  namespec,
  readOptions,
  type Exit,
  type Plugin,
  type Process,
  type ProcessView,
  type Supervisor,
} from '../../../core/index.ts';
import { loggingService } from '../../output/logging/index.ts';
import { daemonService, signalsService, type FreeSignal } from '../daemon/index.ts';
import { initError } from './errors.ts';
import { isNamed, statusOf, whoEndsIt, type EndedProgram } from './exit-when.ts';
import { sections, supervisordOptions, type ExitWhen } from './options.ts';

/**
 * The daemon as the main process of a container, or of a job: ends it, with the exit status of a program, when programs
 * have ended for good (`exit_when`), and sends signals on (`forward_signals`). Reaping the orphans of process 1 is part of the system calls (core/posix/orphans.ts).
 */
export class InitPlugin implements Plugin {
  readonly name = 'init';
  readonly sections = sections;

  apply(supervisor: Supervisor): void {
    const options = readOptions(supervisor.config.sections['supervisord'] ?? {}, supervisordOptions);
    supervisor.hooks.start.tap(this.name, () => forward(supervisor, options.forward_signals));
    if (options.exit_when.kind !== 'never') this.#endWith(supervisor, options.exit_when);
  }

  #endWith(supervisor: Supervisor, condition: ExitWhen): void {
    const { events, hooks } = supervisor;
    const ended = new Map<string, EndedProgram>();

    hooks.start.tap(this.name, () => {
      if (condition.kind !== 'names') return;
      const programs = programsOf(supervisor).map(({ view }) => view);
      const unknown = condition.names.find((name) => !programs.some((program) => isNamed([name], program)));
      if (unknown !== undefined) throw initError('TSV_EXIT_WHEN_UNKNOWN', [unknown, programs.map(namespec)]);
    });

    const hasEnded = ({ group, name }: ProcessView, status: number): void => {
      if (!programsOf(supervisor).some((program) => program.group === group && program.name === name)) return;
      ended.delete(namespec({ group, name })); // the last one is last
      ended.set(namespec({ group, name }), { group, name, status });
      // A start that failed is BACKOFF now, and FATAL once all have heard of it.
      queueMicrotask(() => look());
    };
    let isEnding = false;
    const look = (): void => {
      if (isEnding) return;
      // What autostart has yet to start counts as up.
      const isUp = ({ isStoppable, isUntouched, config }: Process): boolean =>
        isStoppable || (isUntouched && config.autostart);
      const isAnyUp = (): boolean => programsOf(supervisor).some(isUp);
      const found = whoEndsIt(condition, [...ended.values()], isAnyUp);
      if (found === undefined) return;
      isEnding = true;
      const detail = `${namespec(found)} has ended with status ${found.status} (exit_when)`;
      supervisor.use(loggingService)?.log('WARN', `${detail}: the daemon ends`);
      void supervisor.use(daemonService)?.end('shutdown', { by: 'shutdown', detail }, found.status);
    };
    // During a shutdown or a restart, exits of programs have no effect.
    events.on('daemon:ending', () => void (isEnding = true), this.name);
    events.on(
      'process:removed',
      ({ process }) => {
        ended.delete(namespec(process));
        if (condition.kind !== 'names' || !isNamed(condition.names, process)) return;
        if (programsOf(supervisor).some(({ view }) => isNamed(condition.names, view))) return;
        const text = `exit_when=${condition.names.join(',')}: none of these is left; until one is added again, the daemon does not end by itself`;
        supervisor.use(loggingService)?.log('WARN', text);
      },
      this.name,
    );
    events.on('process:spawned', ({ process }) => void ended.delete(namespec(process)), this.name);
    events.on(
      'process:exited',
      ({ process, exit, asked, verdict }) => {
        if (!asked && verdict.kind === 'leave') hasEnded(process, statusOf(exit, process.state !== 'EXITED'));
      },
      this.name,
    );
    events.on(
      'process:spawn-failed',
      ({ process, reason, failure, verdict }) => {
        const exit: Exit = { kind: 'spawnFailed', reason, ...(failure !== undefined && { failure }) };
        if (verdict.kind === 'leave') hasEnded(process, statusOf(exit, true));
      },
      this.name,
    );
  }
}

/** Sends signals of the daemon on to the programs that run. */
function forward(supervisor: Supervisor, signals: readonly FreeSignal[]): void {
  for (const signal of signals) {
    supervisor.use(signalsService)?.take(signal, () => {
      const sent = programsOf(supervisor).filter((program) => program.signal(signal).kind === 'sent');
      const to = sent.map(({ view }) => namespec(view)).join(', ') || 'no program: none runs';
      supervisor.use(loggingService)?.log('INFO', `received ${signal}: sent to ${to}`);
    });
  }
}

/** Event listeners run beside the programs, and never end by themselves. */
function programsOf(supervisor: Supervisor): Process[] {
  return supervisor.processes.filter(({ group }) => supervisor.groups.get(group)?.config.kind !== 'eventlistener');
}

export { INIT_ERRORS, type InitErrorCode } from './errors.ts';
export type { ExitWhen } from './options.ts';
