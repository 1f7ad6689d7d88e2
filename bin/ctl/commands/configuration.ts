import { type Changes, type ConfigInfo, FAULTS, faultOf } from '../../../plugins/client/index.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-status.ts';
import { joinName } from '../names.ts';

export const reread: Command = {
  name: 'reread',
  usage: [
    ['reread', 'read the configuration again and show what changed; nothing is started or stopped'],
    ['reread --json', 'the same as JSON'],
  ],
  hasJson: true,
  async run(session, words) {
    if (words.length > 0) return session.misuse('Error: reread accepts no arguments', reread);
    try {
      const changes = await session.daemon.reread();
      const [added, changed, removed] = changes;
      if (session.json) session.document({ added, changed, removed });
      else for (const line of describeChanges(changes)) session.line(line);
    } catch (error) {
      if (faultOf(error).code !== FAULTS.SHUTDOWN_STATE) throw error;
      session.fail('ERROR: supervisor shutting down');
    }
  },
};

function describeChanges([added, changed, removed]: Changes): readonly string[] {
  const words = new Map([
    ...added.map((name) => [name, 'available'] as const),
    ...changed.map((name) => [name, 'changed'] as const),
    ...removed.map((name) => [name, 'disappeared'] as const),
  ]);
  if (words.size === 0) return ['No config updates to processes'];
  return [...words].map(([name, word]) => `${name}: ${word}`).toSorted(byCodePoint);
}

/** As Python sorts, whatever the locale. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export const avail: Command = {
  name: 'avail',
  usage: [
    ['avail', 'show every configured process: in use or not, its start, priority of group and process'],
    ['avail --json', 'the same as a JSON list'],
  ],
  hasJson: true,
  async run(session, words) {
    if (words.length > 0) return session.misuse('Error: avail accepts no arguments', avail);
    try {
      const infos = await session.daemon.configurations();
      if (session.json) session.document(infos);
      else for (const info of infos) session.line(describeConfiguration(info));
    } catch (error) {
      if (faultOf(error).code !== FAULTS.SHUTDOWN_STATE) throw error;
      session.fail('ERROR: supervisor shutting down');
    }
  },
};

function describeConfiguration(info: ConfigInfo): string {
  const use = info.inuse ? 'in use' : 'avail';
  const start = info.autostart ? 'auto' : 'manual';
  const priorities = `${info.group_prio}:${info.process_prio}`;
  return `${joinName(info).padEnd(32)} ${use.padEnd(9)} ${start.padEnd(9)} ${priorities}`;
}

export const add: Command = {
  name: 'add',
  usage: [['add GROUP...', 'bring groups of the configuration to life']],
  completes: 'groups',
  async run(session, names) {
    for (const name of names) {
      try {
        await session.daemon.addGroup(name);
        session.line(`${name}: added process group`);
      } catch (error) {
        const { code } = faultOf(error);
        if (code === FAULTS.SHUTDOWN_STATE) session.fail('ERROR: shutting down');
        // What was asked for is so already: no failure.
        else if (code === FAULTS.ALREADY_ADDED) session.line('ERROR: process group already active');
        else if (code === FAULTS.BAD_NAME) session.fail(`ERROR: no such process/group: ${name}`);
        else throw error;
      }
    }
  },
};

export const remove: Command = {
  name: 'remove',
  usage: [['remove GROUP...', 'forget groups whose processes are stopped']],
  completes: 'groups',
  async run(session, names) {
    for (const name of names) {
      try {
        await session.daemon.removeGroup(name);
        session.line(`${name}: removed process group`);
      } catch (error) {
        const { code } = faultOf(error);
        session.exitStatus = EXIT.failure;
        if (code === FAULTS.STILL_RUNNING) session.line(`ERROR: process/group still running: ${name}`);
        else if (code === FAULTS.BAD_NAME) session.line(`ERROR: no such process/group: ${name}`);
        else throw error;
      }
    }
  },
};
