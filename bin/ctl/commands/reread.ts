import { type Changes, FAULTS, faultOf } from '../../../plugins/control/client/index.ts';
import type { Command } from '../command.ts';

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
