import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { groupConfig, processConfig, Supervisor, supervisorConfig } from 'tsvisor/core';
import { expect, test } from 'vitest';
import { FatalWebhookPlugin } from './fatal-webhook.ts';

/** A webhook on this machine: resolves with the body it is sent, and answers with a status. */
async function webhook(status: number) {
  const chunks: string[] = [];
  let tell = (): void => undefined;
  const body = new Promise<string>((resolve) => (tell = () => resolve(chunks.join(''))));
  const server = createServer((request, response) => {
    request.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
    request.on('end', tell);
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, body, close: () => server.close() };
}

/** A program that cannot start goes FATAL without a process: no daemon is needed to see what a plugin makes of it. */
const config = supervisorConfig({
  groups: [groupConfig({ processes: [processConfig({ name: 'ghost', command: '/no/such/program' })] })],
});

test('a program that goes FATAL is reported with the reason', async () => {
  const hook = await webhook(200);
  const supervisor = new Supervisor({ config, plugins: [new FatalWebhookPlugin({ url: hook.url })] });
  await supervisor.start();
  expect(JSON.parse(await hook.body)).toEqual({ text: "ghost is FATAL: can't find command '/no/such/program'" });
  await supervisor.shutdown();
  hook.close();
});

test('a webhook that fails is reported, and nothing else happens', async () => {
  const hook = await webhook(500);
  const supervisor = new Supervisor({ config, plugins: [new FatalWebhookPlugin({ url: hook.url })] });
  const fault = new Promise((resolve) => supervisor.events.on('plugin:error', resolve));
  await supervisor.start();
  expect(await fault).toMatchObject({ plugin: 'fatal-webhook', error: new Error('the webhook answered 500') });
  await supervisor.shutdown();
  hook.close();
});

test('a URL that is none is refused where it is written', () => {
  expect(() => new FatalWebhookPlugin({ url: 'not a url' })).toThrow('Invalid URL');
});
