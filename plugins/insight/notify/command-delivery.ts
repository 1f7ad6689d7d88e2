import { findCommand, reasonOf } from '../../../core/index.ts';
import { plainBody } from './webhook-body.ts';
import type { Delivery } from './delivery-queue.ts';
import { headline } from './message.ts';
import { runCommand } from './run-command.ts';

/** Runs a command for each message: the message is its stdin, as JSON, and the first line is in its environment. */
export function commandDelivery(command: string, env: Readonly<Record<string, string | undefined>>): Delivery {
  return {
    target: `command ${command.split(' ', 1)[0]}`,
    async deliver(message, signal) {
      try {
        const found = findCommand({ command, directory: undefined }, env);
        return await runCommand(
          {
            ...found,
            env: { ...env, TSV_NOTIFY_TEXT: headline(message) },
            input: `${JSON.stringify(plainBody(message))}\n`,
          },
          signal,
        );
      } catch (error) {
        return { kind: 'failed', reason: reasonOf(error) };
      }
    },
  };
}
