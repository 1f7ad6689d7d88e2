import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('the example of the core alone supervises, restarts what it should, and ends when asked', async () => {
  const script = fileURLToPath(new URL('../../../docs/core-only/supervise.mjs', import.meta.url));
  const node = spawn(process.execPath, [script, 'sleep 0.2'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  const over = new Promise<number | null>((resolve) => node.once('exit', resolve));
  await new Promise<void>((resolve, reject) => {
    void over.then((code) => reject(new Error(`ended early with code ${code}:\n${text}`)));
    node.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.split('again: EXITED -> STARTING').length > 2 && text.includes('once: RUNNING -> EXITED')) resolve();
    });
  });
  node.kill('SIGTERM');
  expect(await over).toBe(0);
  const once = text.split('\n').filter((line) => line.startsWith('once:'));
  expect(once).toEqual(['once: STOPPED -> STARTING', 'once: STARTING -> RUNNING', 'once: RUNNING -> EXITED']);
});
