import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { groupConfig, processConfig, type Plugin, type Process, type Supervisor } from '../../../core/index.ts';
import { LoggingPlugin } from '../../../plugins/output/logging/index.ts';
import { RpcPlugin } from '../../../plugins/control/rpc/index.ts';
import { WebPlugin } from '../../../plugins/control/web/index.ts';
import { freePort } from '../../support/free-port.ts';
import {
  exchange,
  get,
  inetServer,
  post,
  statusOf,
  supervisorWith,
  temporaryDirectory,
  unixServer,
} from '../http/support.ts';
import { loggingOf } from '../../support/logging.ts';
import { later } from '../../support/later.ts';
import { until } from '../../support/wait.ts';

const EVIL = '<b onclick="x">&amp;';

interface Site {
  readonly supervisor: Supervisor;
  readonly folder: string;
  readonly socket: string;
  readonly port: number;
  readonly process: (name: string) => Process;
  /** The whole answer to a request over the unix socket. */
  readonly ask: (path: string) => Promise<string>;
}

/** Real children, real sockets, real logs: alpha and grp:m run, beta does not, quiet has no log. */
async function site({ extra = {}, rpc = true }: { extra?: Record<string, string>; rpc?: boolean } = {}): Promise<Site> {
  const folder = temporaryDirectory();
  const socket = join(folder, 's.sock');
  const port = await freePort();
  const plugins: Plugin[] = [
    new LoggingPlugin({ logfile: join(folder, 'd.log'), childlogdir: folder, foreground: false }),
    ...(rpc ? [new RpcPlugin()] : []),
    new WebPlugin(),
  ];
  const program = (name: string, command = 'sleep 1000', given = {}) =>
    processConfig({ name, command, startsecs: 0, ...given });
  const { supervisor } = supervisorWith([unixServer(socket), inetServer(port)], {
    plugins,
    config: {
      groups: [
        groupConfig({ processes: [program('alpha')] }),
        groupConfig({ processes: [program('beta', 'sleep 1000', { autostart: false })] }),
        groupConfig({ name: 'grp', processes: [program('m')] }),
        groupConfig({ processes: [program('gone', '/no/such/program', { autostart: false })] }),
        groupConfig({ processes: [program(EVIL, 'sleep 1000', { autostart: false })] }),
        groupConfig({
          processes: [
            program('quiet', 'sleep 1000', { autostart: false, options: { stdout_logfile: { kind: 'none' } } }),
          ],
        }),
        ...Object.entries(extra).map(([name, command]) => groupConfig({ processes: [program(name, command)] })),
      ],
    },
  });
  await supervisor.start();
  const process = (name: string): Process => {
    const found = supervisor.find(name);
    if (found === undefined) throw new Error(`no process ${name}`);
    return found;
  };
  return { supervisor, folder, socket, port, process, ask: (path) => exchange(socket, get(path)) };
}

/** What a process has written to its log. */
function outputOf({ supervisor, process }: Site, name: string): string {
  const log = loggingOf(supervisor).childLog(process(name).view, 'stdout');
  return log === undefined ? '' : readFileSync(log.path, 'utf8');
}

const header = (answer: string, name: string): string =>
  new RegExp(`^${name}: (.*)\\r$`, 'im').exec(answer.split('\r\n\r\n')[0] ?? '')?.[1] ?? '';
const bodyOf = (answer: string): string =>
  Buffer.from(answer.slice(answer.indexOf('\r\n\r\n') + 4), 'latin1').toString();
/** The message that an action leads to. */
const messageOf = (answer: string): string => {
  expect(statusOf(answer)).toBe(303);
  const [, message = ''] = /^index\.html\?message=(.*)$/.exec(header(answer, 'Location')) ?? [];
  return decodeURIComponent(message);
};

describe('the status page', () => {
  test('is there under both of its names, and names every process and its state', async () => {
    const { ask, process } = await site();
    for (const path of ['/', '/index.html']) {
      const answer = await ask(path);
      expect(statusOf(answer)).toBe(200);
      expect(header(answer, 'Content-Type')).toBe('text/html;charset=utf-8');
      for (const part of [
        'alpha',
        'beta',
        'grp:m',
        `pid ${process('alpha').view.pid}`,
        'Not started',
        'running',
        'stopped',
        'index.html?processname=alpha&amp;action=stop',
        'index.html?processname=beta&amp;action=start',
        '&lt;b onclick=&quot;x&quot;&gt;&amp;amp;',
      ]) {
        expect(bodyOf(answer)).toContain(part);
      }
      expect(bodyOf(answer)).not.toContain(EVIL);
    }
  });

  test('lets nothing run but its own script, and nothing be loaded from elsewhere', async () => {
    const { ask } = await site();
    const answer = await ask('/');
    const policy = header(answer, 'Content-Security-Policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:|blob:/);
    expect(header(answer, 'X-Content-Type-Options')).toBe('nosniff');
    expect(header(answer, 'Referrer-Policy')).toBe('same-origin');
    expect(header(answer, 'Cache-Control')).toBe('no-store');
    expect(bodyOf(answer).match(/<script[^]*?<\/script>/g)).toEqual(['<script type="module" src="live.js"></script>']);
    expect(bodyOf(answer)).not.toMatch(/style=|\son\w+="|https?:/);
  });

  test('shows a message from the address as text', async () => {
    const { ask } = await site();
    const page = bodyOf(await ask(`/index.html?message=${encodeURIComponent('<img src=x onerror=alert(1)> ☃')}`));
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt; ☃');
  });

  test('is compressed for those who take that', async () => {
    const { socket } = await site();
    const plain = await exchange(socket, get('/confirm.html?action=stopall'));
    expect(header(plain, 'Content-Encoding')).toBe('');
    for (const [accepted, encoding] of [
      ['gzip, deflate, br', 'gzip'],
      ['br;q=1, gzip;q=0.5', 'gzip'],
      ['gzip;q=0, br', ''],
      ['x-gzip', ''],
    ] as const) {
      const answer = await exchange(socket, get('/confirm.html?action=stopall', [`Accept-Encoding: ${accepted}`]));
      expect(header(answer, 'Content-Encoding')).toBe(encoding);
      const bytes = Buffer.from(answer.slice(answer.indexOf('\r\n\r\n') + 4), 'latin1');
      expect((encoding === '' ? bytes : gunzipSync(bytes)).toString()).toBe(bodyOf(plain));
    }
  });

  test('a HEAD has the same headers and nothing else', async () => {
    const { socket } = await site();
    const answer = await exchange(socket, get('/').replace('GET', 'HEAD'));
    expect(statusOf(answer)).toBe(200);
    expect(Number(header(answer, 'Content-Length'))).toBeGreaterThan(1_000);
    expect(bodyOf(answer)).toBe('');
  });
});

describe('an action', () => {
  test('stops, starts and restarts one process, and answers when that is done', async () => {
    const { ask, process } = await site();
    expect(messageOf(await ask('/index.html?processname=alpha&action=stop'))).toBe('Process alpha stopped');
    expect(process('alpha').state).toBe('STOPPED');
    expect(process('alpha').view.cause).toEqual({ by: 'client', detail: 'stop on the status page' });
    expect(messageOf(await ask('/index.html?processname=alpha&action=start'))).toBe('Process alpha started');
    const { pid } = process('alpha').view;
    expect(pid).toBeGreaterThan(0);
    expect(messageOf(await ask('/index.html?processname=alpha&action=restart'))).toBe('Process alpha restarted');
    expect(process('alpha').state).toBe('RUNNING');
    expect(process('alpha').view.pid).not.toBe(pid);
    const answer = await ask('/index.html?processname=grp%3Am&action=stop');
    expect(header(answer, 'Location')).toBe('index.html?message=Process%20grp%3Am%20stopped');
    expect(process('grp:m').state).toBe('STOPPED');
  });

  test('waits for a process that takes its time to stop', async () => {
    const here = await site({
      extra: { slow: `sh -c 'trap "sleep 0.4; exit" TERM; echo ready; while :; do sleep 0.05; done'` },
    });
    await until('the trap is set', () => outputOf(here, 'slow') === 'ready\n');
    expect(messageOf(await here.ask('/?processname=slow&action=stop'))).toBe('Process slow stopped');
    expect(here.process('slow').state).toBe('STOPPED');
  });

  test('on everything: stop, start and restart, refresh', async () => {
    const { ask, supervisor, process } = await site();
    const states = (): string[] => supervisor.processes.map(({ name, state }) => `${name} ${state}`);
    expect(messageOf(await ask('/index.html?action=stopall'))).toMatch(
      /^All stopped at \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$/,
    );
    expect(states().filter((state) => state.endsWith('RUNNING'))).toEqual([]);
    expect(messageOf(await ask('/index.html?action=restartall'))).toMatch(
      /^All restarted at .*, except for 1: NO_FILE: .*no\/such\/program/,
    );
    expect(process('beta').state).toBe('RUNNING');
    const before = states();
    expect(messageOf(await ask('/index.html?action=refresh'))).toMatch(/^Page refreshed at /);
    expect(states()).toEqual(before);
    await ask('/index.html?processname=beta&action=stop');
    expect(messageOf(await ask('/index.html?action=startall'))).toMatch(/^All started at /);
    expect(process('beta').state).toBe('RUNNING');
  });

  test("that has no effect says so in Supervisor's words", async () => {
    const { ask } = await site();
    const said: Record<string, string> = {
      'processname=alpha&action=start': 'ERROR: Process alpha: already started',
      'processname=gone&action=start': 'ERROR: Process gone: no such file',
      'processname=gone&action=restart': 'ERROR: Process gone: no such file',
      'processname=beta&action=stop': 'unexpected rpc fault [70] NOT_RUNNING: beta',
      'processname=nope&action=start': 'No such process named nope',
      'processname=grp:*&action=stop': 'No such process named grp:*',
    };
    for (const [query, message] of Object.entries(said)) {
      expect(messageOf(await ask(`/index.html?${query}`))).toBe(message);
    }
  });

  test('clears the logs of a process', async () => {
    const { ask, supervisor, process } = await site();
    const log = loggingOf(supervisor).childLog(process('alpha').view, 'stdout');
    appendFileSync(log?.path ?? '', 'something');
    expect(messageOf(await ask('/index.html?processname=alpha&action=clearlog'))).toBe('Log for alpha cleared');
    expect(statSync(log?.path ?? '').size).toBe(0);
    expect(messageOf(await ask('/index.html?processname=quiet&action=clearlog'))).toBe('Log for quiet cleared');
  });

  test('may be posted, with its fields in the body or in the address', async () => {
    const { socket, process } = await site();
    expect(messageOf(await exchange(socket, post('/index.html?processname=alpha&action=stop', '')))).toBe(
      'Process alpha stopped',
    );
    expect(messageOf(await exchange(socket, post('/', 'processname=alpha&action=start')))).toBe(
      'Process alpha started',
    );
    expect(messageOf(await exchange(socket, post('/?processname=alpha&action=start', 'action=stop')))).toBe(
      'Process alpha stopped',
    );
    expect(process('alpha').state).toBe('STOPPED');
    expect(statusOf(await exchange(socket, post('/', '')))).toBe(200);
  });

  test('that is nonsense is refused, and changes nothing', async () => {
    const { ask, socket, process } = await site();
    for (const query of [
      'action=nonsense',
      'action=start',
      'action=constructor&processname=alpha',
      'action=%00&processname=%FF',
    ]) {
      expect(statusOf(await ask(`/index.html?${query}`))).toBe(400);
    }
    expect(
      messageOf(await ask(`/index.html?action=stop&processname=${encodeURIComponent('<x>\r\nSet-Cookie: a=b')}`)),
    ).toBe('No such process named <x>\r\nSet-Cookie: a=b');
    expect(
      statusOf(await exchange(socket, get('/index.html?processname=alpha&action=stop').replace('GET', 'HEAD'))),
    ).toBe(405);
    expect(statusOf(await exchange(socket, get('/index.html').replace('GET', 'DELETE')))).toBe(405);
    expect(process('alpha').state).toBe('RUNNING');
  });

  test('is not carried out during a shutdown; the page says what goes on', async () => {
    const here = await site({
      extra: { stubborn: `sh -c 'trap "" TERM; echo ready; while :; do sleep 0.05; done'` },
    });
    const { ask, supervisor, process } = here;
    await until('it is deaf', () => outputOf(here, 'stubborn') === 'ready\n');
    const end = supervisor.shutdown();
    later(() => end);
    await until('it is asked to stop', () => process('stubborn').state === 'STOPPING');
    expect(messageOf(await ask('/index.html?processname=beta&action=start'))).toBe(
      'ERROR: shutting down, nothing was done',
    );
    expect(messageOf(await ask('/index.html?action=startall'))).toBe('ERROR: shutting down, nothing was done');
    expect(process('beta').state).toBe('STOPPED');
    expect(bodyOf(await ask('/'))).toContain('Shutting down');
    process('stubborn').signal('SIGKILL', true);
    await end;
  });

  test('does not need the plugin rpc, and nor does the page', async () => {
    const { ask, process } = await site({ rpc: false });
    expect(statusOf(await ask('/'))).toBe(200);
    const answer = await ask('/index.html?processname=alpha&action=stop');
    expect(messageOf(answer)).toBe('Process alpha stopped');
    expect(process('alpha').state).toBe('STOPPED');
  });
});

describe('another site cannot act', () => {
  const browser = ['User-Agent: Mozilla/5.0 (X11; Linux x86_64)', 'Accept-Language: en'];
  const stop = '/index.html?processname=alpha&action=stop';

  test('by a link, a picture or a form that the browser marks', async () => {
    const { port, process } = await site();
    for (const where of ['cross-site', 'same-site']) {
      expect(statusOf(await exchange(port, get(stop, [...browser, `Sec-Fetch-Site: ${where}`])))).toBe(403);
      expect(statusOf(await exchange(port, post(stop, '', [...browser, `Sec-Fetch-Site: ${where}`])))).toBe(403);
    }
    expect(statusOf(await exchange(port, post(stop, '', [...browser, 'Origin: http://evil.example'])))).toBe(403);
    expect(statusOf(await exchange(port, post(stop, '', [...browser, 'Origin: null'])))).toBe(403);
    expect(process('alpha').state).toBe('RUNNING');
  });

  test('by a link that the browser does not mark: then a person has to press a button', async () => {
    const { port, process } = await site();
    const asked = await exchange(port, get(stop, browser));
    expect(statusOf(asked)).toBe(200);
    expect(bodyOf(asked)).toContain('Stop alpha?');
    expect(bodyOf(asked)).toContain('<form method="post" action="index.html?processname=alpha&amp;action=stop">');
    expect(process('alpha').state).toBe('RUNNING');
    const pressed = post(stop, '', [...browser, `Origin: http://localhost`]);
    expect(messageOf(await exchange(port, pressed))).toBe('Process alpha stopped');
  });

  test('and its own pages, addresses that were typed, and scripts still can', async () => {
    const { port } = await site();
    const own = get(stop, [...browser, 'Sec-Fetch-Site: same-origin']);
    expect(messageOf(await exchange(port, own))).toBe('Process alpha stopped');
    const typed = get(stop.replace('stop', 'start'), [...browser, 'Sec-Fetch-Site: none']);
    expect(messageOf(await exchange(port, typed))).toBe('Process alpha started');
    expect(messageOf(await exchange(port, get(stop)))).toBe('Process alpha stopped');
  });
});

describe('the page that asks', () => {
  test('says how many processes it is about, and does nothing itself', async () => {
    const { ask, process } = await site();
    const page = bodyOf(await ask('/confirm.html?action=stopall'));
    expect(page).toContain('Stop 2 processes?');
    expect(page).toContain('<li>grp:m</li>');
    expect(page).toContain('action="index.html?action=stopall"');
    expect(process('alpha').state).toBe('RUNNING');
    expect(statusOf(await ask('/confirm.html?action=nonsense'))).toBe(400);
  });
});

describe('the end of a log', () => {
  const write = ({ supervisor, process }: Site, channel: 'stdout' | 'stderr', bytes: string | Buffer): void => {
    const log = loggingOf(supervisor).childLog(process('alpha').view, channel);
    appendFileSync(log?.path ?? '', bytes);
  };
  /** What a browser shows in the one `pre` of a page. */
  const shown = (answer: string): string => /<pre>\n([^<]*)<\/pre>/.exec(bodyOf(answer))?.[1] ?? 'no text';

  test('is shown as text, whatever it is', async () => {
    const here = await site();
    write(
      here,
      'stdout',
      Buffer.concat([
        Buffer.from('\n</pre><script>alert(1)</script>\u001b[31mred\u001b[0m '),
        Buffer.from([0, 0xff, 0xfe]),
        Buffer.from('\n'),
      ]),
    );
    write(here, 'stderr', 'problem\n');
    const answer = await here.ask('/tail.html?processname=alpha');
    expect(statusOf(answer)).toBe(200);
    expect(header(answer, 'Content-Type')).toBe('text/html;charset=utf-8');
    expect(shown(answer)).toBe('\n&lt;/pre&gt;&lt;script&gt;alert(1)&lt;/script&gt;red ␀\uFFFD\uFFFD\n');
    expect(shown(await here.ask('/tail.html?processname=alpha&channel=stderr'))).toBe('problem\n');
  });

  test('is as long as was asked for, within bounds', async () => {
    const here = await site();
    write(here, 'stdout', 'x'.repeat(3 * 2 ** 20));
    const length = async (limit: string): Promise<number> =>
      shown(await here.ask(`/tail.html?processname=alpha&limit=${limit}`)).length;
    expect(await length('')).toBe(1_024);
    expect(await length('10')).toBe(1_024);
    expect(await length('-5000')).toBe(1_024);
    expect(await length('5000')).toBe(5_000);
    expect(await length('99999999999')).toBe(2 ** 20);
  });

  test('of a process without a log, and of none', async () => {
    const { ask } = await site();
    const said = async (path: string): Promise<string> => {
      const answer = await ask(path);
      return `${statusOf(answer)} ${/<p class="empty">([^<]*)</.exec(bodyOf(answer))?.[1]}`;
    };
    expect(await said('/tail.html?processname=quiet')).toBe('200 No file for quiet');
    expect(await said('/tail.html?processname=alpha')).toBe('200 Nothing was written yet');
    expect(await said('/tail.html')).toBe('400 No process name found');
    expect(await said('/tail.html?processname=%3Cb%3E')).toBe('404 No such process named &lt;b&gt;');
  });
});

describe('what pages load', () => {
  test('is there, under the name that Supervisor gives its style sheet, and is not sent twice', async () => {
    const { ask, socket } = await site();
    const page = bodyOf(await ask('/'));
    const loaded = [...page.matchAll(/(?:<link [^>]*href|<script [^>]*src)="([^"]*)"/g)].map(([, to]) => `/${to}`);
    expect(loaded).toEqual(expect.arrayContaining(['/stylesheets/supervisor.css', '/live.js']));
    for (const path of loaded) {
      const answer = await ask(path);
      expect(statusOf(answer)).toBe(200);
      expect(header(answer, 'Content-Type')).toMatch(/^(?:text\/(?:css|javascript);charset=utf-8|image\/svg\+xml)$/);
      expect(header(answer, 'Cache-Control')).toBe('no-cache');
      expect(bodyOf(answer)).not.toMatch(/@import|url\((?!#)|https?:\/\/(?!www\.w3\.org\/)/);
      const again = await exchange(socket, get(path, [`If-None-Match: ${header(answer, 'ETag')}`]));
      expect([statusOf(again), bodyOf(again)]).toEqual([304, '']);
    }
  });

  test('is all that there is: other paths are not found', async () => {
    const { ask } = await site();
    for (const path of [
      '/nothing',
      '/nothing.html',
      '/stylesheets/nope.css',
      '/stylesheets/',
      '/images/../index.html',
      '/constructor',
    ]) {
      expect(statusOf(await ask(path))).toBe(404);
    }
    expect(bodyOf(await ask('/ok.html'))).toBe('OK');
  });
});
