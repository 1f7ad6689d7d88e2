import { FAULTS, RpcError, faultCode } from '../../../plugins/client/index.ts';
import type { Command } from '../command.ts';
import type { Session } from '../session.ts';
import { showStatus } from './status.ts';

export const shutdown: Command = {
  name: 'shutdown',
  usage: [['shutdown', 'stop every process and end the daemon']],
  async run(session, words) {
    if (words.length > 0) return session.misuse('Error: shutdown accepts no arguments', shutdown);
    if (!(await isConfirmed(session, 'Really shut the remote supervisord process down y/N? '))) return;
    try {
      await session.daemon.shutdown();
      session.line('Shut down');
    } catch (error) {
      const kind = error instanceof RpcError ? error.failure.kind : undefined;
      const { serverurl } = session.access;
      // That it is going down is what was asked for.
      if (faultCode(error) === FAULTS.SHUTDOWN_STATE) session.line('ERROR: already shutting down');
      else if (kind === 'refused') session.fail(`ERROR: ${serverurl} refused connection (already shut down?)`);
      else if (kind === 'no-such-file') session.fail(`ERROR: ${serverurl} no such file (already shut down?)`);
      else throw error;
    }
  },
};

export const reload: Command = {
  name: 'reload',
  usage: [['reload', 'restart the daemon: every process is stopped, the configuration is read again']],
  async run(session, words) {
    if (words.length > 0) return session.misuse('Error: reload accepts no arguments', reload);
    if (!(await isConfirmed(session, 'Really restart the remote supervisord process y/N? '))) return;
    try {
      await session.daemon.restart();
      session.line('Restarted supervisord');
    } catch (error) {
      if (faultCode(error) !== FAULTS.SHUTDOWN_STATE) throw error;
      session.fail('ERROR: already shutting down');
    }
  },
};

/** A script means what it says; a person in a shell is asked. */
async function isConfirmed(session: Session, question: string): Promise<boolean> {
  if (!session.isInteractive) return true;
  const answer = await session.terminal.ask(question);
  return answer?.toLowerCase().startsWith('y') ?? false;
}

export const version: Command = {
  name: 'version',
  usage: [
    ['version', 'show the version of the daemon'],
    ['version --json', 'the same as JSON'],
  ],
  hasJson: true,
  async run(session, words) {
    if (words.length > 0) return session.misuse('Error: version accepts no arguments', version);
    if (!(await session.isUp())) return;
    const found = await session.daemon.version();
    if (session.json) session.document({ version: found });
    else session.line(found);
  },
};

export const open: Command = {
  name: 'open',
  usage: [
    ['open http://HOST:PORT', 'talk to another daemon from now on'],
    ['open unix:///PATH', 'the same through a socket file'],
  ],
  async run(session, words) {
    const serverurl = words.join(' ');
    if (!/^(?:unix|http):/i.test(serverurl)) return session.fail('ERROR: url must be http:// or unix://');
    session.access = { ...session.access, serverurl };
    // What is shown of the new daemon says nothing about the success of the command.
    const { exitStatus } = session;
    await showStatus(session, []);
    session.exitStatus = exitStatus;
  },
};
