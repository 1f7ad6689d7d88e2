import nodeProcess from 'node:process';
import { readOptions, reasonOf, tsvError, withDeadline, type Plugin, type Supervisor } from '../../../core/index.ts';
import { LoggingPlugin, loggingService, type Log } from '../../output/logging/index.ts';
import { resourcesService } from '../resources/index.ts';
import { RpcPlugin } from '../../control/rpc/index.ts';
import { JournalFile, type JournalStore } from './journal-file.ts';
import { Journal } from './journal.ts';
import { LastOutputs } from './last-output.ts';
import { MemoryJournal } from './memory-journal.ts';
import { journalMethods } from './methods.ts';
import { sections, supervisordOptions } from './options.ts';
import { OutOfMemoryWatch } from './out-of-memory.ts';
import { pathOfJournal } from './journal-path.ts';
import type { DaemonRecord, JournalRecord } from './record.ts';
import { Recorder } from './recorder.ts';
import { journalService } from './service.ts';

/** A read of the journal may take this long; the disk may hang. */
const READ_DEADLINE_MS = 10_000;

/**
 * How often resource usage is sampled at most. A sample reads all of /proc, so stopping a thousand processes takes one
 * per interval.
 */
const LOOK_EVERY_MS = 1_000;

/**
 * Keeps a journal of what happened to every process, with evidence that exists only at that moment: who requested it,
 * how it ended, what it printed last, what was decided and why. `tsvctl why` shows it; other plugins read it through
 * {@link journalService}.
 */
export class JournalPlugin implements Plugin {
  readonly name = 'journal';
  readonly sections = sections;

  apply(supervisor: Supervisor): void {
    const { clock, events, hooks } = supervisor;
    const log: Log = (level, text) => supervisor.use(loggingService)?.log(level, text);
    const outputs = new LastOutputs((process, channel) => supervisor.use(loggingService)?.childLog(process, channel));
    const recorder = new Recorder({ wall: () => clock.wall(), outputs, memory: new OutOfMemoryWatch() });
    let journal: Journal | undefined;

    const add = (record: JournalRecord | undefined): void => {
      if (record === undefined || journal === undefined) return;
      journal.add(record);
      events.emit('journal:recorded', { record });
    };
    const addDaemonRecord = (what: Undated<DaemonRecord>): void =>
      add({ ...what, at: new Date(clock.wall()).toISOString() });

    // After logging has opened its own files, and before anything is started.
    hooks.start.tap({ name: this.name, stage: -50 }, () => {
      const store = openStore(supervisor, log);
      journal = store && new Journal(store, log);
      addDaemonRecord({ kind: 'daemonStarted', pid: nodeProcess.pid });
    });
    // One of the last: what other plugins do at the end is still recorded.
    hooks.shutdown.tap({ name: this.name, stage: 900 }, () => {
      addDaemonRecord({ kind: 'daemonStopped', pid: nodeProcess.pid });
      journal?.close();
      journal = undefined;
    });

    events.on('process:spawned', (event) => add(recorder.spawned(event)), this.name);
    events.on('process:resumed', (event) => add(recorder.resumed(event)), this.name);
    events.on('process:spawn-failed', (event) => add(recorder.spawnFailed(event)), this.name);
    events.on('process:exited', (event) => add(recorder.exited(event)), this.name);
    events.on('process:state', (event) => add(recorder.changed(event)), this.name);
    events.on('process:removed', (event) => add(recorder.removed(event)), this.name);
    events.on(
      'supervisor:state',
      ({ to }) => {
        if (to === 'stopping') addDaemonRecord({ kind: 'daemonStopping', pid: nodeProcess.pid });
      },
      this.name,
    );
    events.on(
      'config:reloaded',
      ({ cause: by, failed, ...names }) =>
        addDaemonRecord({ kind: 'reloaded', by, ...names, failed: failed.map(({ name }) => name) }),
      this.name,
    );

    let lookedAt = -LOOK_EVERY_MS;
    events.on(
      'process:signalled',
      (event) => {
        recorder.signalled(event);
        if (event.why === 'request' || clock.now() - lookedAt < LOOK_EVERY_MS) return;
        lookedAt = clock.now();
        supervisor.use(resourcesService)?.usages(recorder.pids);
      },
      this.name,
    );
    events.on('resources:sampled', ({ usages }) => recorder.sampled(usages), this.name);

    LoggingPlugin.getHooks(supervisor).sink.tap({ name: this.name, stage: 100 }, (sinks, process, channel) =>
      outputs.addTo(sinks, process, channel),
    );
    events.on('log:reopened', () => journal?.reopen(), this.name);
    supervisor.provide(journalService, {
      read: async (query) =>
        journal && withDeadline(journal.read(query), { clock, deadlineMs: READ_DEADLINE_MS, late: tooLate }),
    });
    RpcPlugin.getHooks(supervisor).methods.tap(this.name, (registry) => registry.add(...journalMethods(supervisor)));
  }
}

function tooLate(): Error {
  return tsvError('TSV_SERVICE_DEADLINE', ['journal', 'read', READ_DEADLINE_MS]);
}

type Undated<Record> = Record extends unknown ? Omit<Record, 'at'> : never;

function openStore(supervisor: Supervisor, log: Log): JournalStore | undefined {
  const { identifier, sections: configured } = supervisor.config;
  const supervisord = configured['supervisord'] ?? {};
  const { journal_file: wish, journal_maxbytes: maxBytes } = readOptions(supervisord, supervisordOptions);
  const path = pathOfJournal(wish, {
    identifier,
    logfile: supervisor.use(loggingService)?.activityLog()?.path,
    childlogdir: supervisord['childlogdir'],
  });
  if (path === undefined) return undefined;
  try {
    return new JournalFile(path, maxBytes);
  } catch (error) {
    log('WARN', `the journal is kept in memory only: ${reasonOf(error)}`);
    return new MemoryJournal();
  }
}
