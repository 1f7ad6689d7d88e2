import { reasonOf } from '../../../core/index.ts';
import type { Command } from '../command.ts';
import type { Session } from '../session.ts';

/** The new version has this long to answer. */
const PATIENCE_MS = 30_000;
const LOOKED_AT_EVERY_MS = 100;

export const upgrade: Command = {
  name: 'upgrade',
  usage: [['upgrade', 'have the daemon become the version of tsvd that is installed now; programs keep running']],
  async run(session, words) {
    if (words.length > 0) return session.misuse('Error: upgrade accepts no arguments', upgrade);
    if (!(await session.isUp())) return;
    await session.daemon.upgrade();
    const pid = await pidOfNext(session);
    session.line(`Upgraded supervisord (pid ${pid})`);
  },
};

/** A connection that is cut off was to the old version. */
async function pidOfNext(session: Session): Promise<number> {
  const end = session.clock.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await session.daemon.pid();
    } catch (error) {
      if (session.clock.now() > end)
        throw new Error(`the new version does not answer: ${reasonOf(error)}`, { cause: error });
      await new Promise<void>((resolve) => session.clock.setTimer(LOOKED_AT_EVERY_MS, resolve));
    }
  }
}
