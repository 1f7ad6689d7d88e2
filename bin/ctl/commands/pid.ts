import { namespec } from '../../../core/index.ts';
import { FAULTS, type ProcessInfo, faultCode } from '../../../plugins/control/client/index.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-status.ts';
import { adviseOnName } from '../process-names.ts';
import type { Session } from '../session.ts';

export const pid: Command = {
  name: 'pid',
  usage: [
    ['pid', 'show the pid of the daemon'],
    ['pid NAME...', 'show the pids of these processes, one a line; 0 for one that does not run'],
    ['pid all', 'show the pid of every process'],
    ['pid --json', 'the same as JSON'],
  ],
  completes: 'processes',
  hasJson: true,
  async run(session, names) {
    if (!(await session.isUp())) return;
    if (names.length === 0) {
      const daemonPid = await session.daemon.pid();
      return session.json ? session.document({ pid: daemonPid }) : session.line(String(daemonPid));
    }
    const infos = names.includes('all') ? await session.daemon.processes() : await showEach(session, names);
    if (session.json) session.document(infos.map((info) => ({ name: namespec(info), pid: info.pid })));
    else if (names.includes('all')) for (const info of infos) session.line(String(info.pid));
  },
};

/** Printed one by one as the answers come. */
async function showEach(session: Session, names: readonly string[]): Promise<readonly ProcessInfo[]> {
  const infos: ProcessInfo[] = [];
  for (const name of names) {
    try {
      const info = await session.daemon.process(name);
      infos.push(info);
      if (!session.json) session.line(String(info.pid));
      if (info.pid === 0) session.exitStatus = EXIT.notRunning;
    } catch (error) {
      if (faultCode(error) !== FAULTS.BAD_NAME) throw error;
      session.fail(`No such process ${name}`);
      await adviseOnName(session, name);
    }
  }
  return infos;
}
