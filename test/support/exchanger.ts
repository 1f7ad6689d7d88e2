import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { SecondUser } from './second-user.ts';

/** Exchanges two names in a tight loop (renameat2 with RENAME_EXCHANGE); ends with its stdin. */
const SCRIPT = `
import ctypes, os, select, sys
libc = ctypes.CDLL(None, use_errno=True)
one, other = (os.fsencode(path) for path in sys.argv[1:])
print('ready', flush=True)
while not select.select([0], [], [], 0)[0]:
    for _ in range(50):
        if libc.renameat2(-100, one, -100, other, 2) != 0:
            sys.exit('renameat2: ' + os.strerror(ctypes.get_errno()))
`;

/** A hostile user: exchanges two names of theirs for as long as it is not disposed of. */
export async function exchanger(user: SecondUser, one: string, other: string): Promise<AsyncDisposable> {
  const child = spawn('python3', ['-c', SCRIPT, one, other], {
    uid: user.uid,
    gid: user.gid,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  await Promise.race([once(child.stdout, 'data'), ended]);
  return {
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await ended;
      if (complaint !== '') throw new Error(complaint);
    },
  };
}
