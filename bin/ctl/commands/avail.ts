import { namespec } from '../../../core/index.ts';
import { type ConfigInfo, FAULTS, faultOf } from '../../../plugins/control/client/index.ts';
import type { Command } from '../command.ts';

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
  return `${namespec(info).padEnd(32)} ${use.padEnd(9)} ${start.padEnd(9)} ${priorities}`;
}
