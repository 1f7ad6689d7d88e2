import { RpcClient } from '../../../plugins/control/client/index.ts';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { groupConfig, processConfig, type Plugin } from '../../../core/index.ts';
import { RpcPlugin } from '../../../plugins/control/rpc/index.ts';
import { exchange, get, statusOf, supervisorWith, temporaryDirectory, unixServer } from '../http/support.ts';
import { fromSources } from '../../support/package-sources.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Loads an example of a page, with the package's own names leading to the sources. */
async function example(page: string, name: string): Promise<Record<string, new () => Plugin>> {
  const text = readFileSync(join(root, 'docs/plugins', page), 'utf8');
  const code = text.split(`\`\`\`ts\n// example: ${name}\n`)[1]?.split('```')[0];
  if (code === undefined) throw new Error(`${page} has no example ${name}`);
  const file = join(temporaryDirectory(), name);
  writeFileSync(file, fromSources(code));
  return import(file);
}

test('the examples in docs/plugins/http.md and rpc.md do what they say', async () => {
  const { HealthPlugin } = await example('http.md', 'health.ts');
  const { UptimeMethodsPlugin } = await example('rpc.md', 'uptime-methods.ts');
  if (HealthPlugin === undefined || UptimeMethodsPlugin === undefined) throw new Error('no such export');
  const socket = join(temporaryDirectory(), 's.sock');
  const { supervisor } = supervisorWith([unixServer(socket)], {
    plugins: [new RpcPlugin(), new HealthPlugin(), new UptimeMethodsPlugin()],
    config: {
      groups: [
        groupConfig({ processes: [processConfig({ name: 'up', command: 'sleep 1000', startsecs: 0 })] }),
        groupConfig({ processes: [processConfig({ name: 'down', command: '/no/such', autostart: false })] }),
      ],
    },
  });
  await supervisor.start();
  const rpc = new RpcClient({ serverurl: `unix://${socket}` });
  expect(await exchange(socket, get('/health'))).toContain('ok\n');
  expect(await rpc.call('uptime.ofProcess', 'up')).toBe(0);
  await expect(rpc.call('uptime.ofProcess', 'nope')).rejects.toThrow('BAD_NAME: nope');
  await supervisor.find('down')?.start({ by: 'client' }).done;
  const unhealthy = await exchange(socket, get('/health'));
  expect([statusOf(unhealthy), unhealthy.includes('down')]).toEqual([503, true]);
});
