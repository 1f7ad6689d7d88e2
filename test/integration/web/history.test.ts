import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Place } from '../../support/tsvd.ts';
import { freePort } from '../../support/free-port.ts';
import { barriers, hasNoChromium, launch, openLive } from './page-support.ts';
import { later } from '../../support/later.ts';
import { until } from '../../support/wait.ts';

/** tsvd as people run it: with the journal in a file, logs and the API. */
async function daemon(): Promise<{ readonly place: Place; readonly address: string }> {
  const place = new Place();
  later(() => place[Symbol.asyncDispose]());
  const port = await freePort();
  place.conf(`
[inet_http_server]
port=127.0.0.1:${port}
[program:fails]
command=sh -c 'echo "</pre><img src=x> cannot open the door" >&2; exit 3'
autorestart=false
startsecs=0
[program:stays]
command=sh -c 'for n in $(seq 600); do echo "line $n $(seq -s, $((n %% 90)))"; done; exec sleep 1000'
`);
  await place.start();
  await place.status('fails', 'EXITED');
  return { place, address: `http://127.0.0.1:${port}/` };
}

/** How far the log on the page is from its end, in pixels. */
const distanceToEnd = (page: Page) =>
  page.evaluate(`(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight)(
    document.querySelector('[role=log]'))`);

test('what the journal knows of a process is in the API, beside the process', async () => {
  const { address } = await daemon();
  const ask = async (path: string): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`${address}api/v1/processes/${path}`);
    return { status: response.status, body: await response.json() };
  };
  const { body } = await ask('fails/journal?limit=1');
  expect(body).toMatchObject({ records: [{ kind: 'ended', name: 'fails', exit: { code: 3 } }] });
  expect(await ask('nobody/journal')).toMatchObject({ status: 404, body: { error: { code: 'BAD_NAME' } } });
  expect(await ask('fails/journal?limit=0')).toMatchObject({ status: 400 });
});

describe.skipIf(hasNoChromium)('the live page of a real tsvd', () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await launch()));
  afterAll(() => browser?.close());

  test.each(['light', 'dark'] as const)(
    'tells from the journal what happened to a process (%s)',
    async (colorScheme) => {
      const { place, address } = await daemon();
      const { page } = await openLive(browser, `${address}#process=fails&tab=history`, { colorScheme });
      const history = page.getByRole('list', { name: 'What happened to fails' });
      await history.getByText('exit status 3').waitFor();
      await history.getByText(/^started as process \d+ with the daemon$/).waitFor();
      await history.getByText('last of stderr').click();
      expect(await history.locator('pre').textContent()).toBe('</pre><img src=x> cannot open the door');
      expect(await barriers(page)).toEqual([]);

      await place.ctl('start', 'fails');
      await history.getByText(/^started as process \d+ by a client/).waitFor();
      const times = await history.locator('time').evaluateAll((all) => all.map((time) => time.clientWidth));
      expect(new Set(times).size, 'the times are a column').toBe(1);
    },
  );

  test('begins its list of events with those before it was opened, with their times', async () => {
    const { address } = await daemon();
    const { page } = await openLive(browser, `${address}#daemon&tab=events`);
    const events = page.getByRole('region', { name: 'Events', exact: true });
    await events.getByText('exit status 3, not expected').waitFor();
    expect(await barriers(page)).toEqual([]);
  });

  test('follows a log to its end, however its lines wrap, until somebody scrolls up', async () => {
    const { address } = await daemon();
    const { page } = await openLive(browser, `${address}#process=stays&tab=log`, {
      viewport: { width: 390, height: 844 },
    });
    const log = page.getByRole('log');
    await log.getByText('line 600').waitFor();
    await until('the end', async () => Number(await distanceToEnd(page)) < 24);
    await log.evaluate((element) => element.scrollBy(0, -500));
    await page.getByRole('button', { name: 'To the end' }).click();
    await until('the end again', async () => Number(await distanceToEnd(page)) < 24);
    await page.getByRole('button', { name: 'To the end' }).waitFor({ state: 'detached' });
    expect(await log.textContent()).toContain('line 1 ');
  });
});
