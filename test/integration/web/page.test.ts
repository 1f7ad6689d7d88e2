import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  barriers,
  foreignPage,
  hasNoChromium,
  hostileProgram,
  launch,
  open,
  openLive,
  proxyUnder,
  row,
  shows,
  site,
} from './page-support.ts';
import { until } from '../../support/wait.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

test('what the page loads at first is less than 80 KB, compressed', () => {
  const size = (name: string): number => gzipSync(readFileSync(join(root, 'dist/web', name)), { level: 9 }).length;
  expect(size('live.js') + size('page.css')).toBeLessThan(80 * 1024);
});

describe.skipIf(hasNoChromium)('the live page', () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await launch()));
  afterAll(() => browser?.close());

  test('shows that a process has crashed, without being loaded again, and puts it at the top', async () => {
    const { address, process: find } = await site();
    const { page } = await openLive(browser, address);
    await shows(page, 'alpha', 'running');
    await page.evaluate('document.body.dataset.mark = "same"');
    process.kill(find('pool:two').view.pid, 'SIGKILL');
    await shows(page, 'pool:two', 'exited');
    expect(await page.locator('tr[data-process]').first().getAttribute('data-process')).toBe('pool:two');
    expect(await page.title()).toBe('1 in trouble: browser-test');
    expect(await page.evaluate('document.body.dataset.mark')).toBe('same');
  });

  test('starts, stops and restarts with the mouse', async () => {
    const { address, process: find } = await site();
    const { page } = await openLive(browser, address);
    await page.getByRole('button', { name: 'Start beta', exact: true }).click();
    await shows(page, 'beta', 'running');
    await page.getByRole('status').getByText('beta started').waitFor();
    await page.getByRole('button', { name: 'Stop alpha', exact: true }).click();
    await shows(page, 'alpha', 'stopped');
    const { pid } = find('pool:one').view;
    await page.getByRole('button', { name: 'Restart pool:one', exact: true }).click();
    await until('another child', () => ![0, pid].includes(find('pool:one').view.pid));
    await page.getByRole('button', { name: 'Start gone', exact: true }).click();
    await page.getByRole('status').getByText('Start gone: there is no such file').waitFor();
    await page.getByRole('button', { name: 'Start fails', exact: true }).click();
    await shows(page, 'fails', 'fatal');
  });

  test('starts, stops and restarts with the keyboard', async () => {
    const { address, process: find } = await site();
    const { page } = await openLive(browser, address);
    await shows(page, 'alpha', 'running');
    await page.keyboard.press('j');
    expect(await focused(page)).toBe('alpha');
    await page.keyboard.press('s');
    await shows(page, 'alpha', 'stopped');
    await page.keyboard.press('s');
    await shows(page, 'alpha', 'running');
    const { pid } = find('alpha').view;
    await page.keyboard.press('r');
    await until('another child', () => ![0, pid].includes(find('alpha').view.pid));
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    expect(await focused(page)).toBe('beta');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'beta' }).waitFor();
    await page.keyboard.press('Escape');
    await until('the focus is back', async () => (await focused(page)) === 'beta');
    await page.keyboard.press('/');
    await page.keyboard.type('beta');
    await until('one row', async () => (await page.locator('tr[data-process]').count()) === 1);
    await page.keyboard.press('Escape');
    await shows(page, 'alpha', 'running');
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  test('keeps the focus on a row that moves', async () => {
    const { address, process: find } = await site();
    const { page } = await openLive(browser, address);
    await page.getByRole('button', { name: 'Restart pool:two', exact: true }).focus();
    process.kill(find('pool:two').view.pid, 'SIGKILL');
    await shows(page, 'pool:two', 'exited');
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Restart pool:two');
  });

  test('asks once before it stops many, says how many and which, and does it', async () => {
    const { address, process: find } = await site();
    const { page } = await openLive(browser, address);
    await page.getByRole('button', { name: 'Group pool', exact: true }).click();
    await page.getByRole('button', { name: 'Stop group…', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Stop 2 processes?' });
    expect(await dialog.getByRole('listitem').allTextContents()).toEqual(['pool:one', 'pool:two']);
    await dialog.getByRole('button', { name: 'Cancel', exact: true }).click();
    expect(find('pool:one').view.state).toBe('RUNNING');
    await page.getByRole('button', { name: 'All processes', exact: true }).click();
    await page.getByRole('button', { name: 'Stop all…', exact: true }).click();
    await page.getByRole('button', { name: 'Stop 3 processes', exact: true }).click();
    for (const name of ['alpha', 'pool:one', 'pool:two']) await shows(page, name, 'stopped');
  });

  test('sends a signal that its user picks to a process', async () => {
    const { address } = await site({ listens: `sh -c 'trap "echo got usr1" USR1; while :; do sleep 0.05; done'` });
    const { page } = await openLive(browser, `${address}#process=listens&tab=log`);
    await page.getByRole('button', { name: 'More for listens', exact: true }).click();
    await page.getByRole('button', { name: 'Send a signal…', exact: true }).click();
    await page.getByRole('combobox').selectOption('USR1');
    await page.getByRole('button', { name: 'Send SIGUSR1 to listens', exact: true }).click();
    await page.getByRole('log').getByText('got usr1').waitFor();
    await shows(page, 'listens', 'running');
  });

  test('shows a hostile log as text, live, and finds in it', async () => {
    const { address } = await site({ evil: hostileProgram() });
    const { page } = await openLive(browser, `${address}#process=evil&tab=log`);
    const log = page.getByRole('log');
    await log.getByText('the end').waitFor();
    const text = (await log.textContent()) ?? '';
    expect(text).toContain('</div><script>document.title = "owned"</script><img src=x onerror=alert(1)>');
    expect(text).toContain('safe‹U+202E›gpj.exe');
    expect(text).toContain('nul␀ bad�� bell␇');
    expect(text).toMatch(/[\d,]+ more characters/);
    expect(text).not.toContain('evil title');
    expect(await log.locator('script, img').count()).toBe(0);
    expect(await log.locator('.ink-1').textContent()).toBe('red');
    expect(await page.title()).toBe('browser-test');
    await page.getByLabel('Search stdout of evil').fill('OWNED');
    await until('one line', async () => (await log.locator('.line').count()) === 1);
    expect(await log.locator('mark').allTextContents()).toEqual(['owned']);
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download stdout of evil' }).click();
    const saved = readFileSync(await (await download).path());
    expect(saved.includes(Buffer.from([0xff, 0xfe]))).toBe(true);
  });

  test('shows the log of the daemon, what happened, and the settings of a process', async () => {
    const { address } = await site();
    const { page } = await openLive(browser, address);
    await page.getByRole('button', { name: 'Stop alpha', exact: true }).click();
    await shows(page, 'alpha', 'stopped');
    await page.getByRole('button', { name: 'Daemon', exact: true }).click();
    await page.getByText(/stopped by a client/).waitFor();
    await page.getByRole('tab', { name: 'Log' }).click();
    await page.getByRole('log').getByText('alpha').first().waitFor();
    await row(page, 'beta').getByRole('button', { name: 'beta', exact: true }).click();
    await page.getByRole('tab', { name: 'Settings' }).click();
    await page.getByRole('cell', { name: 'sleep 1000' }).waitFor();
    await page.goBack();
    await page.getByRole('tab', { name: 'Log', selected: true }).waitFor();
  });

  test('draws the CPU and memory that a process uses', async () => {
    const { address } = await site();
    const { page } = await openLive(browser, address);
    await row(page, 'alpha').locator('.memory .line').waitFor({ state: 'attached' });
    expect(await row(page, 'alpha').locator('.memory').textContent()).toMatch(/^[\d.]+ [KM]$/);
  });

  test('says that the connection is lost, and catches up when it is back', async () => {
    const { address, port } = await site();
    const proxy = await proxyUnder('/', port);
    const { page, complaints } = await openLive(browser, proxy.address);
    await shows(page, 'alpha', 'running');
    proxy.cut();
    await page.getByRole('alert').getByText('Connection lost').waitFor();
    await fetch(`${address}index.html?action=stop&processname=alpha`, { redirect: 'manual' });
    proxy.mend();
    await shows(page, 'alpha', 'stopped');
    await page.getByRole('alert').waitFor({ state: 'detached' });
    complaints.length = 0; // the browser tells of every request that failed
  });

  test('works under a path of a reverse proxy', async () => {
    const { port } = await site();
    const { page } = await openLive(browser, (await proxyUnder('/ops/tsv/', port)).address);
    await page.getByRole('button', { name: 'Start beta', exact: true }).click();
    await shows(page, 'beta', 'running');
    await row(page, 'beta').getByRole('button', { name: 'beta', exact: true }).click();
    await page.getByText('Nothing was written yet.').waitFor();
  });

  test('has no buttons for an account that may only look', async () => {
    const server = {
      username: 'admin',
      password: 'secret',
      viewer: { username: 'guest', password: 'look' },
    };
    const { address } = await site({}, { server });
    const { page } = await openLive(browser, address, { httpCredentials: { username: 'guest', password: 'look' } });
    await shows(page, 'alpha', 'running');
    await page.getByText('read only').waitFor();
    expect(await page.getByRole('button', { name: /stop|start|restart|signal/i }).count()).toBe(
      await page.getByRole('button', { name: 'Restarts', exact: true }).count(),
    );
    await page.keyboard.press('j');
    await page.keyboard.press('s');
    await shows(page, 'alpha', 'running');
  });

  test('a page of another site changes nothing', async () => {
    const { address, process: find } = await site();
    const { pid } = find('alpha').view;
    const evil = await foreignPage(`<!doctype html><title>working</title><iframe name="sink"></iframe>
      <form method="post" target="sink" action="${address}index.html?action=stop&processname=alpha"></form>
      <script type="module">
        const api = '${address}api/v1/processes/alpha/stop';
        const tries = [
          fetch(api, { method: 'POST', mode: 'no-cors', body: '{}' }),
          fetch(api, { method: 'POST', mode: 'no-cors', body: new URLSearchParams({ wait: 'true' }) }),
          fetch(api, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' }),
          fetch('${address}api/v1', { credentials: 'include' }).then((answer) => answer.text()).then((text) => { document.body.dataset.read = text; }),
          fetch('${address}index.html?action=stop&processname=alpha', { mode: 'no-cors' }),
          new Promise((done) => { const image = new Image(); image.onload = image.onerror = done; image.src = '${address}index.html?action=stop&processname=alpha'; }),
        ];
        const submitted = new Promise((done) => { document.querySelector('iframe').onload = done; });
        document.forms[0].submit();
        await Promise.allSettled([...tries, submitted]);
        document.title = 'done';
      </script>`);
    const { page, complaints } = await open(browser, evil);
    await page.waitForFunction('document.title === "done"');
    expect(await page.evaluate('document.body.dataset.read ?? "nothing"')).toBe('nothing');
    expect(find('alpha').view).toMatchObject({ state: 'RUNNING', pid });
    expect(complaints.length).toBeGreaterThan(0); // the browser tells its user of each refusal
    complaints.length = 0;
  });

  test('without JavaScript the table is there, and its buttons work', async () => {
    const { address, process: find } = await site();
    const { page } = await open(browser, address, { javaScriptEnabled: false });
    await page.getByRole('button', { name: 'Start beta', exact: true }).click();
    await page.getByText('Process beta started').waitFor();
    expect(find('beta').view.state).toBe('RUNNING');
  });

  test('shows five hundred processes, and answers to the keyboard at once', async () => {
    const { address } = await site({}, { idle: 500 });
    const { page } = await openLive(browser, address);
    await shows(page, 'idle-499', 'stopped');
    await page.locator('#filter').fill('idle-49');
    await until('eleven rows', async () => (await page.locator('tr[data-process]').count()) === 11);
  });

  describe.each([
    ['light', 'desktop', { width: 1280, height: 720 }],
    ['dark', 'desktop', { width: 1280, height: 720 }],
    ['light', 'phone', { width: 390, height: 844 }],
    ['dark', 'phone', { width: 390, height: 844 }],
  ] as const)('%s, on a %s', (colorScheme, _, viewport) => {
    test('is without barriers: table, detail, log, dialog', async () => {
      const { address, process: find } = await site({
        evil: hostileProgram(),
      });
      const { page } = await openLive(browser, address, { colorScheme, viewport });
      process.kill(find('pool:two').view.pid, 'SIGKILL');
      await shows(page, 'pool:two', 'exited'); // trouble sorts to the top: rows move
      await page.getByRole('button', { name: 'Start fails', exact: true }).click();
      await shows(page, 'fails', 'fatal');
      expect(await barriers(page)).toEqual([]);
      await row(page, 'evil').getByRole('button', { name: 'evil', exact: true }).click();
      await page.getByRole('log').getByText('the end').waitFor();
      expect(await barriers(page)).toEqual([]);
      await page.getByRole('tab', { name: 'Settings' }).click();
      await page.getByRole('cell', { name: 'node ' }).waitFor();
      await page.getByRole('button', { name: /^Show \d+ defaults$/ }).click();
      expect(await barriers(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'All processes', exact: true }).click();
      await page.getByRole('button', { name: 'Restart all…', exact: true }).click();
      await page.getByRole('dialog').waitFor();
      expect(await barriers(page)).toEqual([]);
    });
  });
});

/** The process whose row has the focus. */
function focused(page: Page): Promise<unknown> {
  return page.evaluate('document.activeElement.closest("tr")?.dataset.process');
}
