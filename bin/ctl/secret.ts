import type { Input } from './terminal.ts';

/** Reads one line from a terminal without echo. Ctrl-C and Ctrl-D return `undefined`. */
export function readSecret(stdin: Input): Promise<string | undefined> {
  return new Promise((resolve) => {
    let typed = '';
    const finish = (secret: string | undefined): void => {
      stdin.off('data', take);
      stdin.setRawMode?.(false);
      stdin.pause();
      resolve(secret);
    };
    const take = (chunk: Buffer | string): void => {
      for (const character of chunk.toString()) {
        if (character === '\r' || character === '\n') return finish(typed);
        if (character === '\u0003' || character === '\u0004') return finish(undefined);
        typed = character === '\u007f' || character === '\b' ? typed.slice(0, -1) : typed + character;
      }
    };
    stdin.setRawMode?.(true);
    stdin.on('data', take);
    stdin.resume();
  });
}
