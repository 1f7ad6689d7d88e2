import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runCommand } from '../../support/tsvd.ts';
import { apiDaemon } from '../api/support.ts';
import { isMissing, runs } from '../../support/peers.ts';

const hasNoCurl = isMissing('curl', runs('curl', '--version'), 'the examples of docs/api.md are not run');

const page = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, code = '']) => code);

test.skipIf(hasNoCurl)('every example of docs/api.md works', async () => {
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
