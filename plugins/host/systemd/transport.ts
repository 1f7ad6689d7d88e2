import { execFile } from 'node:child_process';
import { reasonOf } from '../../../core/index.ts';

/** Sends one message. Throws if it cannot be sent now; `code` is EAGAIN if a retry may succeed. */
export type Send = (message: string) => void;

/** A transport to systemd, and a line for the log. */
export interface Transport {
  readonly send: Send;
  readonly notice?: string;
}

/**
 * A datagram, which Node cannot send to a unix socket, so a system call is used. Without system calls, the program
 * `systemd-notify` sends it; systemd then sees a message from another process of the service.
 */
export async function openTransport(socket: string, failed: (reason: string) => void): Promise<Transport> {
  try {
    const { loadPosix } = await import('../../../core/posix.ts');
    const posix = loadPosix();
    return { send: (message) => posix.sendDatagram(socket, Buffer.from(message)) };
  } catch (error) {
    // One command after the other: READY=1 must not overtake RELOADING=1. Further messages wait.
    let isBusy = false;
    return {
      send(message) {
        if (isBusy) throw Object.assign(new Error('systemd-notify is still at the last message'), { code: 'EAGAIN' });
        isBusy = true;
        sendByCommand(socket, message)
          .catch((problem: unknown) => failed(reasonOf(problem)))
          .finally(() => (isBusy = false));
      },
      notice:
        `system calls are not available (${reasonOf(error)}), so systemd is notified by the command systemd-notify;` +
        ' its unit needs NotifyAccess=all',
    };
  }
}

function sendByCommand(socket: string, message: string): Promise<void> {
  const env = { ...process.env, NOTIFY_SOCKET: socket };
  return new Promise((resolve, reject) => {
    execFile('systemd-notify', message.split('\n'), { env, timeout: 5_000 }, (problem) =>
      problem === null ? resolve() : reject(problem),
    );
  });
}
