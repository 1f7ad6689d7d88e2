import { existsSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { join } from 'node:path';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { expect, vi } from 'vitest';
import { groupConfig, processConfig, type Process, type Supervisor } from '../../../core/index.ts';
import { ApiPlugin } from '../../../plugins/control/api/index.ts';
import type { InetServerSettings } from '../../../plugins/control/http/index.ts';
import { LoggingPlugin } from '../../../plugins/output/logging/index.ts';
import { ResourcesPlugin } from '../../../plugins/insight/resources/index.ts';
import { RpcPlugin } from '../../../plugins/control/rpc/index.ts';
import { WebPlugin } from '../../../plugins/control/web/index.ts';
import { freePort } from '../../support/free-port.ts';
import { inetServer, supervisorWith, temporaryDirectory } from '../http/support.ts';
import { isMissing } from '../../support/peers.ts';
import { later } from '../../support/later.ts';

/** Where Debian's package puts it. Playwright's own browsers are not downloaded. */
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
export const hasNoChromium = isMissing(
  `${CHROMIUM} (Debian: chromium; or set CHROMIUM)`,
  existsSync(CHROMIUM),
  'the page is not seen in a browser',
);

/** A browser on a busy machine takes its time: what is waited for is a condition, and this only ends what will never come. */
const PATIENCE_MS = 40_000;
vi.setConfig({ testTimeout: 3 * PATIENCE_MS, hookTimeout: PATIENCE_MS });

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    // As root and in a container there is no sandbox to be had; the rest keeps it from calling home.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface Site {
  readonly supervisor: Supervisor;
  readonly port: number;
  readonly address: string;
  readonly process: (name: string) => Process;
}

/** A daemon with the page on a TCP port, and real children: three that run, one that does not, two that cannot. */
export async function site(
  commands: Readonly<Record<string, string>> = {},
  { server = {}, idle = 0 }: { readonly server?: Partial<InetServerSettings>; readonly idle?: number } = {},
): Promise<Site> {
  const folder = temporaryDirectory();
  const port = await freePort();
  const program = (name: string, command = 'sleep 1000', given = {}) =>
    processConfig({ name, command, startsecs: 0, ...given });
  const alone = (name: string, command?: string, given?: object) =>
    groupConfig({ processes: [program(name, command, given)] });
  const { supervisor } = supervisorWith([inetServer(port, server)], {
    plugins: [
      new LoggingPlugin({ logfile: join(folder, 'd.log'), childlogdir: folder, foreground: false }),
      new RpcPlugin(),
      new ApiPlugin(),
      new ResourcesPlugin(),
      new WebPlugin(),
    ],
    config: {
      identifier: 'browser-test',
      groups: [
        alone('alpha'),
        groupConfig({ name: 'pool', processes: [program('one'), program('two')] }),
        alone('beta', 'sleep 1000', { autostart: false }),
        alone('gone', '/no/such/program', { autostart: false }),
        alone('fails', '/bin/false', { autostart: false, startsecs: 1 }),
        ...Object.entries(commands).map(([name, command]) => alone(name, command)),
        ...Array.from({ length: idle }, (_, index) => alone(`idle-${index}`, 'sleep 1000', { autostart: false })),
      ],
    },
  });
  await supervisor.start();
  return {
    supervisor,
    port,
    address: `http://127.0.0.1:${port}/`,
    process: (name) => {
      const found = supervisor.find(name);
      if (found === undefined) throw new Error(`no process ${name}`);
      return found;
    },
  };
}

/** The live page in a tab of its own, drawn. */
export async function openLive(browser: Browser, address: string, options: BrowserContextOptions = {}) {
  const opened = await open(browser, address, options);
  await opened.page.locator('.live').waitFor();
  return opened;
}

/** A tab of its own. Whatever the browser complains about fails the test that opened it. */
export async function open(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  context.setDefaultTimeout(PATIENCE_MS);
  page.on('console', (message) => {
    // The browser says so of every answer that is no success; the page says it to its user.
    const isAnswer = /responded with a status of 4(?:04|09|22)/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !isAnswer) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  later(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });
  await page.goto(address);
  return { page, complaints };
}

/** The command of a program that writes what should become nothing but text, and stays. */
export function hostileProgram(): string {
  const file = join(temporaryDirectory(), 'hostile.mjs');
  writeFileSync(
    file,
    String.raw`
process.stdout.write('x'.repeat(2 ** 20) + '\n');
process.stdout.write('</div><script>document.title = "owned"</script><img src=x onerror=alert(1)>\n');
process.stdout.write('\u001b]0;evil title\u0007\u001b[31mred\u001b[0m \u001b[2J safe\u202Egpj.exe\u202C\n');
process.stdout.write(Buffer.concat([Buffer.from('nul\0 bad'), Buffer.from([0xff, 0xfe]), Buffer.from(' bell\u0007\n')]));
process.stdout.write('the end\n');
setInterval(() => undefined, 1000);
`,
  );
  return `node ${file}`;
}

/** The row of a process. */
export const row = (page: Page, name: string) => page.locator(`tr[data-process="${name}"]`);

/** Waits until the row of a process says this. */
export const shows = (page: Page, name: string, text: string) =>
  row(page, name).getByText(text, { exact: true }).first().waitFor({ timeout: PATIENCE_MS });

/** What an automated check says against the page for those who do not see it well: findings that are serious or worse. */
export async function barriers(page: Page): Promise<readonly string[]> {
  const findings: unknown = await page.evaluate(
    `${axe.source}; axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html, failureSummary }) => html.slice(0, 200) + ' ' + failureSummary).join(' | ')))`,
  );
  if (!Array.isArray(findings)) throw new Error('axe found nothing to look at');
  return findings.map(String);
}

export interface Proxy {
  readonly address: string;
  /** Breaks all connections, and every new one until it is mended. */
  readonly cut: () => void;
  readonly mend: () => void;
}

/** A reverse proxy that serves a daemon under a path of its own, as nginx does with `location /prefix/`. */
export async function proxyUnder(prefix: string, port: number): Promise<Proxy> {
  let isCut = false;
  const server = createServer((incoming, answer) => {
    if (isCut) return void incoming.destroy();
    if (incoming.url?.startsWith(prefix) !== true) return void answer.writeHead(404).end('outside of the prefix');
    const { method, headers } = incoming;
    const path = incoming.url.slice(prefix.length - 1);
    const onward = request({ host: '127.0.0.1', port, path, method, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    answer.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  const own = await listen(server);
  const cut = (): void => {
    isCut = true;
    server.closeAllConnections();
  };
  return { address: `http://127.0.0.1:${own}${prefix}`, cut, mend: () => void (isCut = false) };
}

/** A page of another site. */
export async function foreignPage(markup: string): Promise<string> {
  const port = await listen(
    createServer((_, answer) => answer.writeHead(200, { 'Content-Type': 'text/html' }).end(markup)),
  );
  return `http://localhost:${port}/`;
}

async function listen(server: Server): Promise<number> {
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, resolve));
  later(() => {
    server.closeAllConnections();
    server.close();
  });
  return port;
}
