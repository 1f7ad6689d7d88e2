import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runCommand } from '../../support/tsvd.ts';
import { apiDaemon } from '../api-support.ts';

const hasCurl = spawnSync('curl', ['--version']).status === 0;
if (!hasCurl) {
  if (process.env['CI']) throw new Error('curl is not installed, and CI must run the examples of docs/api.md');
  console.warn('SKIPPED: curl is not installed; the examples of docs/api.md were not run');
}

const page = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, code = '']) => code);

test.skipIf(!hasCurl)('every example of docs/api.md works', async () => {
  const { socket, post } = await apiDaemon([
    {
      programs: [
        { name: 'web', command: 'sh -c "trap : HUP; echo hello; while :; do sleep 0.1; done"', stopsignal: 'SIGKILL' },
      ],
    },
  ]);
  await post('/processes/web/start');
  expect(examples.length).toBeGreaterThan(5);
  for (const example of examples) {
    const code = `set -e\n${example.replaceAll('/run/tsvd.sock', socket)}`;
    const { code: status, out, err } = await runCommand('bash', ['-c', code]);
    expect({ example, status, err }).toEqual({ example, status: 0, err: '' });
    expect(out).not.toBe('');
  }
});
