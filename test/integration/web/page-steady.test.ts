import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Place } from '../../support/tsvd.ts';
import { freePort } from '../../support/free-port.ts';
import { barriers, hasNoChromium, launch, openLive, row, shows } from './page-support.ts';
import { later } from '../../support/later.ts';
import { until } from '../../support/wait.ts';

interface Running {
  readonly place: Place;
  readonly address: string;
  readonly start: () => ReturnType<Place['start']>;
  readonly daemon: Awaited<ReturnType<Place['start']>>;
}

/** tsvd as people run it, with these programs. */
async function tsvd(programs: string): Promise<Running> {
  const place = new Place();
  later(() => place[Symbol.asyncDispose]());
  const port = await freePort();
  place.conf(`
[inet_http_server]
port=127.0.0.1:${port}
${programs}`);
  const start = () => place.start();
  return { place, address: `http://127.0.0.1:${port}/`, start, daemon: await start() };
}

/** Ends the daemon as a crash does, and then, by their pids, the programs that it leaves behind. */
async function crash({ address, daemon }: Running): Promise<void> {
  const { processes } = (await (await fetch(`${address}api/v1/processes`)).json()) as {
    processes: readonly { pid: number | null }[];
  };
  daemon.child.kill('SIGKILL');
  await daemon.ended;
  for (const { pid } of processes) if (pid !== null) process.kill(pid, 'SIGKILL');
}

const stays = (...names: readonly string[]): string =>
  names.map((name) => `[program:${name}]\ncommand=sleep 1000\n`).join('');

/** Fails three times, then is FATAL; with autostart=false when it is asked. */
const FAILS = `[program:zfails]
command=sh -c 'echo "cannot open the door" >&2; exit 3'
autostart=false
startretries=0
`;

/** Where things are, in pixels. */
async function placesOf(page: Page, selector: string): Promise<Record<string, string>> {
  const places = await page.locator(selector).evaluateAll((all) =>
    all.map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      const name = element.getAttribute('data-process') ?? element.getAttribute('aria-label') ?? element.textContent;
      return [name, [x, y, width, height].map(Math.round).join(' ')] as const;
    }),
  );
  return Object.fromEntries(places.map(([name, place]) => [name ?? '', place]));
}

const order = (page: Page) =>
  page.locator('tr[data-process]').evaluateAll((rows) => rows.map((one) => one.getAttribute('data-process')));

/** The point in the middle of a button of a row. */
async function middleOf(page: Page, label: string): Promise<{ x: number; y: number }> {
  const box = await page.getByRole('button', { name: label, exact: true }).boundingBox();
  if (box === null) throw new Error(`no button ${label}`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

describe.skipIf(hasNoChromium)('what is updated moves nothing', () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await launch()));
  afterAll(() => browser?.close());

  test.each([
    ['a wide window', { width: 1920, height: 1080 }],
    ['a desktop', { width: 1280, height: 720 }],
    ['a narrow window', { width: 1000, height: 700 }],
    ['a phone', { width: 390, height: 844 }],
  ])('counters that appear and a connection that is lost, on %s', async (_, viewport) => {
    const running = await tsvd(`${stays('alpha', 'beta', 'gamma')}${FAILS}`);
    const { place, address } = running;
    const { page, complaints } = await openLive(browser, address, { viewport });
    await shows(page, 'alpha', 'running');
    const rows = 'tr[data-process]';
    const buttons = '.top button, .top input, tr[data-process]:not([data-process="zfails"]) button';
    // Whoever is at a row holds them all: what is measured here is the bar above and the rows' own heights.
    await page.hover('tr[data-process="alpha"]');
    const before = { rows: await placesOf(page, rows), top: await placesOf(page, '.top button, .top input') };
    await place.ctl('start', 'zfails');
    await shows(page, 'zfails', 'fatal');
    await place.ctl('stop', 'beta');
    await shows(page, 'beta', 'stopped');
    const after = { rows: await placesOf(page, rows), top: await placesOf(page, '.top button, .top input') };
    expect(after.rows).toEqual(before.rows);
    expect(Object.values(after.top)).toEqual(Object.values(before.top));

    const live = Object.values(await placesOf(page, buttons));
    await crash(running);
    await page.getByRole('alert').getByText('Connection lost').waitFor();
    expect(Object.values(await placesOf(page, buttons))).toEqual(live);
    expect(await placesOf(page, rows)).toEqual(before.rows);
    complaints.length = 0; // the browser tells of every request that failed
  });

  test('a hundred processes in each state do not wrap the counters', async () => {
    const many = `[program:many]\ncommand=sleep 1000\nautostart=false\nnumprocs=120\nprocess_name=m%(process_num)d\n`;
    const { address } = await tsvd(`${stays('alpha')}${many}`);
    for (const width of [390, 700, 1000, 1280]) {
      const { page } = await openLive(browser, address, { viewport: { width, height: 700 } });
      await shows(page, 'alpha', 'running');
      const counters = await page.locator('.counts button').evaluateAll((all) =>
        all.map((one) => {
          const { left, right, top } = one.getBoundingClientRect();
          return { left, right, top };
        }),
      );
      expect(new Set(counters.map(({ top }) => top)).size, 'one line').toBe(1);
      for (const { left, right } of counters) expect([left >= 0, right <= width]).toEqual([true, true]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      await page.context().close();
    }
  });

  test('rows stay while the pointer is over them, and the cue says so; trouble comes to the top when it leaves', async () => {
    const { place, address } = await tsvd(`${stays('alpha', 'beta')}${FAILS}`);
    const { page } = await openLive(browser, address);
    await shows(page, 'beta', 'running');
    expect(await order(page)).toEqual(['alpha', 'beta', 'zfails']);
    await page.hover('tr[data-process="beta"]');
    await place.ctl('start', 'zfails');
    await shows(page, 'zfails', 'fatal');
    await page.getByText('Rows stay in place').waitFor();
    expect(await order(page)).toEqual(['alpha', 'beta', 'zfails']);
    await page.mouse.move(600, 10);
    await until('trouble at the top', async () => (await order(page))[0] === 'zfails');
  });

  test('rows stay while somebody is among them with the keys', async () => {
    const { place, address } = await tsvd(`${stays('alpha', 'beta')}${FAILS}`);
    const { page } = await openLive(browser, address);
    await shows(page, 'beta', 'running');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await place.ctl('start', 'zfails');
    await shows(page, 'zfails', 'fatal');
    expect(await order(page)).toEqual(['alpha', 'beta', 'zfails']);
    await page.keyboard.press('s');
    await shows(page, 'beta', 'stopped');
    await page.keyboard.press('Escape');
    await until('trouble at the top', async () => (await order(page))[0] === 'zfails');
  });

  test('a row that is removed while the pointer is there keeps its place until it leaves', async () => {
    const { place, address } = await tsvd(stays('alpha', 'beta', 'gamma'));
    const { page } = await openLive(browser, address);
    await shows(page, 'gamma', 'running');
    const at = await middleOf(page, 'Stop gamma');
    await page.mouse.move(at.x, at.y);
    await place.ctl('stop', 'alpha');
    await place.ctl('remove', 'alpha');
    await shows(page, 'alpha', 'removed');
    expect(await middleOf(page, 'Stop gamma')).toEqual(at);
    await page.mouse.move(600, 10);
    await row(page, 'alpha').waitFor({ state: 'detached' });
  });

  test('a press while rows are about to move meets the row that was under the pointer, or nobody', async () => {
    const { place, address } = await tsvd(
      `${stays('alpha', 'beta', 'gamma')}[program:flaps]\ncommand=sh -c 'sleep 0.3; exit 1'\nstartsecs=0\n${FAILS}`,
    );
    const { page } = await openLive(browser, address);
    await row(page, 'flaps')
      .getByText(/ended ([89]|\d\d) times/)
      .waitFor();
    const at = await middleOf(page, 'Stop gamma');
    await page.mouse.move(at.x, at.y);
    await page.mouse.down();
    await place.ctl('start', 'zfails');
    await shows(page, 'zfails', 'fatal');
    await page.mouse.up();
    await shows(page, 'gamma', 'stopped');
    for (const name of ['alpha', 'beta']) await shows(page, name, 'running');
  });

  test('a press just after rows have moved does nothing, and says so', async () => {
    const { place, address } = await tsvd(`${stays('alpha', 'beta')}${FAILS}`);
    const { page } = await openLive(browser, address);
    await shows(page, 'beta', 'running');
    const at = await middleOf(page, 'Stop beta');
    const isFirst = `document.querySelector('tr[data-process]').dataset.process === 'zfails'`;
    // In the same frame in which the rows move: the pointer comes from elsewhere, as a finger does.
    const pressed = page.evaluate(`new Promise((done) => {
      const look = () => {
        if (!(${isFirst})) return requestAnimationFrame(look);
        const target = document.elementFromPoint(${at.x}, ${at.y});
        const where = { bubbles: true, cancelable: true, clientX: ${at.x}, clientY: ${at.y}, detail: 1 };
        target.dispatchEvent(new PointerEvent('pointerdown', { ...where, pointerType: 'touch' }));
        target.dispatchEvent(new MouseEvent('click', where));
        done(target.closest('tr').dataset.process);
      };
      look();
    })`);
    await place.ctl('start', 'zfails');
    expect(await pressed, 'another row is there now').toBe('alpha');
    await page.getByRole('status').getByText('The rows moved as you pressed, so nothing was done').waitFor();
    for (const name of ['alpha', 'beta']) expect(await place.status(name, 'RUNNING')).toContain('RUNNING');
  });

  test('the button does what it said when it was pressed: a program that ended meanwhile is not started', async () => {
    const { place, address } = await tsvd(`[program:ends]\ncommand=sleep 1000\nautorestart=false\nstartsecs=0\n`);
    const { page } = await openLive(browser, address);
    await shows(page, 'ends', 'running');
    const at = await middleOf(page, 'Stop ends');
    await page.mouse.move(at.x, at.y);
    await page.mouse.down();
    await place.ctl('signal', 'KILL', 'ends');
    await page.getByRole('button', { name: 'Start ends', exact: true }).waitFor();
    await page.mouse.up();
    await page.getByRole('status').getByText('ends').waitFor();
    expect(await place.status('ends', 'EXITED')).toContain('EXITED');
  });

  test('the panel keeps its tabs where they are when its process ends', async () => {
    const { place, address } = await tsvd(`[program:ends]\ncommand=sleep 1000\nautorestart=false\nstartsecs=0\n`);
    const { page } = await openLive(browser, `${address}#process=ends&tab=log`);
    await page.getByRole('tab', { name: 'Log' }).waitFor();
    await page.locator('.facts .curve').first().waitFor({ state: 'attached' });
    const before = await placesOf(page, '[role=tab], .side-panel-head button, .channels button');
    await place.ctl('signal', 'KILL', 'ends');
    await page.getByRole('region', { name: 'State of ends' }).getByText('terminated by SIGKILL').waitFor();
    const after = await placesOf(page, '[role=tab], .side-panel-head button, .channels button');
    expect(Object.values(after)).toEqual(Object.values(before));
  });

  test('the list of events stands still under the pointer, and says that more wait', async () => {
    const { place, address } = await tsvd(stays('alpha', 'beta'));
    const { page } = await openLive(browser, `${address}#daemon&tab=events`);
    const events = page.getByRole('region', { name: 'Events', exact: true });
    await events.getByRole('button', { name: 'alpha' }).first().hover();
    const before = await events.textContent();
    await place.ctl('restart', 'beta');
    await page.getByText('new events wait').waitFor();
    expect(await events.textContent()).toBe(before);
    await page.mouse.move(300, 10);
    await events.getByText('restarted by a client').waitFor();
  });
});

describe.skipIf(hasNoChromium)('a connection that is lost', () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await launch()));
  afterAll(() => browser?.close());

  test('leaves what was known, marked as old: no colours, uptimes that stand still, no buttons; and it comes back by itself', async () => {
    const running = await tsvd(stays('alpha'));
    const { place, address, start } = running;
    const { page, complaints } = await openLive(browser, address);
    await shows(page, 'alpha', 'running');
    const colour = () =>
      page.evaluate(`getComputedStyle(document.querySelector('tr[data-process="alpha"] span.state')).color`);
    const green = await colour();
    await crash(running);
    const alert = page.getByRole('alert');
    await alert.getByText(/^Connection lost: the (daemon|server) .*\. Last seen \d\d:\d\d:\d\d$/).waitFor();
    expect(await colour()).not.toBe(green);
    expect(await barriers(page)).toEqual([]);
    const uptime = await row(page, 'alpha').locator('.uptime').textContent();
    await page.getByText(/^[3-9] s ago; trying again/).waitFor();
    expect(await row(page, 'alpha').locator('.uptime').textContent()).toBe(uptime);

    const stop = page.getByRole('button', { name: 'Stop alpha', exact: true });
    expect(await stop.getAttribute('aria-disabled')).toBe('true');
    expect(await stop.getAttribute('title')).toBe('Stop: not connected to the daemon');
    await page.getByRole('button', { name: 'All processes', exact: true }).click();
    await page.getByText('Not connected to the daemon').waitFor();
    await page.keyboard.press('Escape');
    await row(page, 'alpha').getByRole('button', { name: 'alpha', exact: true }).focus();
    await page.keyboard.press('r');
    await page
      .getByRole('status')
      .getByText(/^Restart alpha: not connected, .* Nothing was done\.$/)
      .waitFor();
    expect(await page.locator('body').textContent()).not.toContain('Failed to fetch');

    // Before the daemon is back: by itself, the page may be faster than the click.
    const asked = page.waitForRequest((request) => request.url().startsWith(`${address}api/v1/events`));
    await page.getByRole('button', { name: 'Try now' }).click();
    await asked;

    await start();
    await alert.waitFor({ state: 'detached' });
    await until('the buttons are back', async () => (await stop.getAttribute('aria-disabled')) === 'false');
    await place.status('alpha', 'RUNNING');
    await until('its colours are back', async () => (await colour()) === green);
    complaints.length = 0; // the browser tells of every request that failed
  });

  test('leaves a log as it was read', async () => {
    const running = await tsvd(`[program:writes]\ncommand=sh -c 'echo "the only line"; exec sleep 1000'\n`);
    const { page, complaints } = await openLive(browser, `${running.address}#process=writes&tab=log`);
    const log = page.getByRole('log');
    await log.getByText('the only line').waitFor();
    await crash(running);
    await page.getByText(/^[2-9] s ago; trying again/).waitFor();
    expect(await log.textContent()).toBe('the only line');
    await page.close();
    complaints.length = 0; // the browser tells of every request that failed
  });

  test('is noticed where it does not end: a daemon that hangs', async () => {
    const { address, daemon } = await tsvd(stays('alpha'));
    const { page } = await openLive(browser, address);
    await shows(page, 'alpha', 'running');
    daemon.child.kill('SIGSTOP');
    try {
      const alert = page.getByRole('alert');
      await alert.getByText('the daemon has been silent for 10 s').waitFor({ timeout: 20_000 });
    } finally {
      daemon.child.kill('SIGCONT');
    }
    await page.getByRole('alert').waitFor({ state: 'detached', timeout: 20_000 });
  }, 60_000);
});

describe.skipIf(hasNoChromium)('trouble', () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await launch()));
  afterAll(() => browser?.close());

  const TROUBLE = `${stays('alpha')}
[program:flaps]
command=sh -c 'sleep 0.2; echo "connection refused" >&2; exit 1'
startsecs=0
[eventlistener:deaf]
command=sh -c 'echo "deaf 1.0"; exec sleep 1000'
events=PROCESS_STATE
[program:gone]
command=sh -c 'echo "out"; echo "row 7: bad date" >&2; exit 65'
autorestart=false
startsecs=0
${FAILS}`;

  test('a program that flaps and a listener that does not answer are at the top, in words, on the page and in the API', async () => {
    const { place, address } = await tsvd(TROUBLE);
    const { page } = await openLive(browser, address);
    await row(page, 'flaps').getByText('flapping: ended').waitFor();
    await row(page, 'deaf').getByText('listener not answering: wrote "deaf 1.0\\n" instead of READY').waitFor();
    await place.ctl('start', 'zfails');
    await shows(page, 'zfails', 'fatal');
    await until('the order', async () => (await order(page)).join() === 'zfails,deaf,flaps,gone,alpha');
    const counter = page.getByRole('button', { name: 'trouble 4' });
    await counter.click();
    await until('only they', async () => (await order(page)).length === 4);
    const { processes } = (await (await fetch(`${address}api/v1/processes`)).json()) as {
      processes: readonly { namespec: string; health: string; trouble: string | null }[];
    };
    const told = Object.fromEntries(processes.map(({ namespec, health, trouble }) => [namespec, [health, trouble]]));
    expect(told).toMatchObject({
      alpha: ['sound', null],
      deaf: ['unsteady', 'listener not answering: wrote "deaf 1.0\\n" instead of READY'],
      flaps: [
        'unsteady',
        expect.stringMatching(/^flapping: ended \d+ times in \d+ s, the last time with exit status 1$/),
      ],
      zfails: ['failed', null],
    });
    const plain = await (await fetch(address)).text();
    expect(plain).toContain('listener not answering');
  });

  test('a row that is down has the time, the exit status and the last line; its log opens on the stream with that line', async () => {
    const { place, address } = await tsvd(TROUBLE);
    const { page } = await openLive(browser, address);
    await place.ctl('start', 'zfails');
    await row(page, 'gone').getByText('row 7: bad date').waitFor();
    expect(await row(page, 'gone').locator('.about').textContent()).toMatch(
      /^\d\d:\d\d:\d\d exit status 65: row 7: bad date, not expected$/,
    );
    await row(page, 'zfails').getByText('cannot open the door').waitFor();
    expect(await row(page, 'zfails').locator('.about').textContent()).toMatch(
      /^\d\d:\d\d:\d\d exit status 3: cannot open the door, too quickly; gave up after 1 failed start$/,
    );
    await row(page, 'gone').getByRole('button', { name: 'gone', exact: true }).press('Enter');
    await page.getByRole('button', { name: 'stderr', pressed: true }).waitFor();
    await page.getByRole('log').getByText('row 7: bad date').waitFor();
    for (const heading of ['Why', 'Restarts', 'CPU', 'Memory'])
      expect(await page.getByRole('columnheader', { name: heading }).isVisible(), heading).toBe(true);
  });

  test('a restart is one line of the events, which counts, with its day and a filter', async () => {
    const { address } = await tsvd(TROUBLE);
    const { page } = await openLive(browser, `${address}#daemon&tab=events`);
    const events = page.getByRole('region', { name: 'Events', exact: true });
    await events
      .getByText(/×([3-9]|\d\d)/)
      .first()
      .waitFor();
    await events.getByRole('heading', { name: /^\w{3} \d{1,2} \w{3} \d{4}$/ }).waitFor();
    await page.getByLabel('Filter events by process or words').fill('flaps again');
    await until('few lines', async () => {
      const lines = await events.getByRole('listitem').count();
      return lines > 0 && lines <= 2;
    });
    await page.getByLabel('Filter events by process or words').fill('no such words');
    await events.getByText('No event matches.').waitFor();
    expect(await barriers(page)).toEqual([]);
  });
});

describe.skipIf(hasNoChromium)('no screen is blank', () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await launch()));
  afterAll(() => browser?.close());

  test('a filter that nothing matches says so, and leads back', async () => {
    const { address } = await tsvd(stays('alpha'));
    const { page } = await openLive(browser, address);
    await page.locator('#filter').fill('zzz');
    await page.getByText('No process matches “zzz”.').waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Show all 1' }).click();
    await shows(page, 'alpha', 'running');
    await page.getByRole('button', { name: 'trouble 0' }).click();
    await page.getByText('No process is in trouble.').waitFor();
    await page.keyboard.press('Escape');
    await shows(page, 'alpha', 'running');
  });

  test.each([1280, 390])(
    'an address of a process that is not there says so, and leads back (%i wide)',
    async (width) => {
      const { address } = await tsvd(stays('alpha'));
      const { page } = await openLive(browser, `${address}#process=nobody&tab=log`, {
        viewport: { width, height: 800 },
      });
      await page.getByText('There is no process nobody.').waitFor();
      expect(await barriers(page)).toEqual([]);
      await page.getByRole('button', { name: 'Show all processes' }).click();
      await shows(page, 'alpha', 'running');
      await until('the address', async () => (await page.evaluate('location.hash')) === '');
    },
  );

  test('a dialog with more names than there is room for says how many are below, until they are seen', async () => {
    const many = `[program:many]\ncommand=sleep 1000\nautostart=false\nnumprocs=80\nprocess_name=m%(process_num)d\n`;
    const { address } = await tsvd(many);
    const { page } = await openLive(browser, address);
    await page.getByRole('button', { name: 'All processes', exact: true }).click();
    await page.getByRole('button', { name: 'Start all…', exact: true }).click();
    await page.getByRole('dialog', { name: 'Start 80 processes?' }).waitFor();
    const below = page.getByText(/^↓ \d+ more below$/);
    await below.waitFor();
    expect(Number(/\d+/.exec((await below.textContent()) ?? '')?.[0])).toBeGreaterThan(20);
    await page.getByRole('list', { name: 'Processes' }).evaluate((list) => list.scrollTo(0, list.scrollHeight));
    await page.getByText(/more below/).waitFor({ state: 'detached' });
  });

  test('on a phone a member of a group is indented, and a row has two lines of one height', async () => {
    const { address } = await tsvd(
      `${stays('alpha')}[program:pool]\ncommand=sleep 1000\nnumprocs=2\nprocess_name=p%(process_num)d\n`,
    );
    const { page } = await openLive(browser, address, { viewport: { width: 390, height: 844 } });
    await row(page, 'pool:p0').locator('.memory span').waitFor();
    const left = async (name: string): Promise<number> => {
      const box = await row(page, name).locator('button.name').boundingBox();
      return box?.x ?? NaN;
    };
    expect(await left('pool:p0')).toBeGreaterThan((await left('alpha')) + 8);
    const lineOf = async (cell: string): Promise<number> =>
      Math.round((await row(page, 'pool:p0').locator(cell).boundingBox())?.y ?? NaN);
    expect(new Set([await lineOf('.uptime'), await lineOf('.cpu'), await lineOf('.memory')]).size).toBe(1);
    const heights = Object.values(await placesOf(page, 'tr[data-process]')).map((place) => place.split(' ')[3]);
    expect(new Set(heights).size).toBe(1);
  });

  test('settings are as they are written, once each, and what is not the default is marked', async () => {
    const { address } = await tsvd(`${stays('alpha')}stdout_logfile_maxbytes=20MB\nenvironment=SECRET="hunter2"\n`);
    const { page } = await openLive(browser, `${address}#process=alpha&tab=settings`);
    const given = page.getByRole('table', { name: 'Set here' });
    await given.getByRole('row', { name: /^stdout_logfile_maxbytes 20MB.*default 50MB/ }).waitFor();
    expect(await page.locator('.side-panel').textContent()).not.toContain('hunter2');
    await page.getByRole('button', { name: /^Show \d+ defaults$/ }).click();
    const names = await page.locator('.configuration th').allTextContents();
    expect(new Set(names).size).toBe(names.length);
    await page.getByRole('row', { name: 'stderr_logfile_maxbytes 50MB' }).waitFor();
  });
});

test('the whole of a status is documented', async () => {
  const { address } = await tsvd(stays('alpha'));
  const openApi = await until('the document', async () => (await fetch(`${address}api/v1/openapi.json`)).json());
  const status = await (await fetch(`${address}api/v1/processes/alpha`)).json();
  const known = (openApi as { components: { schemas: { ProcessStatus: { properties: object } } } }).components.schemas
    .ProcessStatus.properties;
  expect(Object.keys(known)).toEqual(expect.arrayContaining(Object.keys(status as object)));
});
