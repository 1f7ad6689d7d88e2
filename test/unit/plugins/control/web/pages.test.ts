import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { STATE_CODES, type ProcessView, type State } from '../../../../../core/index.ts';
import { healthOf } from '../../../../../plugins/control/health.ts';
import { confirmPage, questionOf } from '../../../../../plugins/control/web/confirm-page.ts';
import { processStatus, statusOf, type Status } from '../../../../../plugins/control/web/status.ts';
import { statusPage } from '../../../../../plugins/control/web/status-page.ts';
import { noTailPage, tailPage } from '../../../../../plugins/control/web/tail-page.ts';
import { view } from '../../../../support/view.ts';

const health = (process: ProcessView) => healthOf(process, { flapping: undefined, reported: undefined });
const PLAIN = { restarts: 0, health: { level: 'sound', trouble: undefined } } as const;
const NOW = { wall: Date.UTC(2026, 0, 2, 3, 4, 5), tick: 5_000 };

function status(views: readonly ProcessView[], state: Status['state'] = 'running', restarts = 0): Status {
  const groups = [...new Set(views.map(({ group }) => group))].map((name) => ({
    name,
    processes: views.filter(({ group }) => group === name),
  }));
  return statusOf(
    { identifier: 'supervisor', host: 'here', pid: 77, state, groups, restarts: () => restarts, health },
    NOW,
  );
}

const one = (given: Partial<ProcessView>, message?: string): string =>
  statusPage(status([view(given)]), message).toString();

/** Every tag of a page, without its attributes. */
const tags = (page: string): string[] => [...page.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map(([tag]) => tag);

describe('the status page', () => {
  test('names every process with its state, what about it, and what can be done', () => {
    const page = statusPage(
      status([
        view({ name: 'alpha', state: 'RUNNING', pid: 12, startedAt: 1 }),
        view({ name: 'beta' }),
        view({ name: 'm', group: 'grp', state: 'FATAL', spawnerr: "can't find command 'x'", tries: 4 }),
      ]),
    ).toString();
    for (const part of [
      'alpha',
      'running',
      'pid 12, uptime 0:00:05',
      'Not started',
      'stopped',
      'grp:m',
      'fatal',
      'can&#39;t find command &#39;x&#39;',
      'gave up after 4 failed starts',
      'index.html?processname=alpha&amp;action=stop',
      'index.html?processname=alpha&amp;action=restart',
      'index.html?processname=alpha&amp;action=clearlog',
      'index.html?processname=beta&amp;action=start',
      'tail.html?processname=grp%3Am&amp;limit=16384',
      'logtail/grp%3Am/stderr',
      'aria-label="Start grp:m"',
      '0 of 1 running',
      '<title>1 in trouble: supervisor on here</title>',
    ]) {
      expect(page).toContain(part);
    }
    expect(page).not.toContain('processname=beta&amp;action=stop');
  });

  const actions: Record<State, string> = {
    STOPPED: 'Start',
    STARTING: 'Stop Restart',
    RUNNING: 'Stop Restart',
    BACKOFF: 'Stop Restart',
    STOPPING: '',
    EXITED: 'Start',
    FATAL: 'Start',
    UNKNOWN: '',
  };
  test.each(Object.keys(STATE_CODES) as State[])('%s offers what has an effect', (state) => {
    const offered = [...one({ state }).matchAll(/aria-label="(Start|Stop|Restart) web"/g)].map(([, label]) => label);
    expect(offered.join(' ')).toBe(actions[state]);
  });

  test('nothing on it can be followed to an action: every one of them is a form that is posted', () => {
    const page = one({ state: 'RUNNING' });
    expect(page).not.toMatch(/href="[^"]*[?&;]action=(?!startall|stopall|restartall)/);
    expect([...page.matchAll(/href="([^"]*all)"/g)].map(([, address]) => address)).toEqual([
      'confirm.html?action=startall',
      'confirm.html?action=restartall',
      'confirm.html?action=stopall',
    ]);
    expect(page.match(/<form/g)?.length).toBe(page.match(/<form method="post" action="index.html\?/g)?.length);
  });

  test('every address is relative, so that it works below any path', () => {
    const addresses = [...one({ state: 'RUNNING' }).matchAll(/(?:href|action|src)="([^"]*)"/g)].map(
      ([, address]) => address,
    );
    expect(addresses.length).toBeGreaterThan(10);
    for (const address of addresses) expect(address).toMatch(/^[\w.-]+(?:$|[/?])/);
  });

  test('it shows what came of an action, failures as such', () => {
    expect(one({}, 'Process web stopped')).toContain('<p class="message good" role="status">Process web stopped</p>');
    for (const bad of [
      'ERROR: Process web: no such file',
      'unexpected rpc fault [70] NOT_RUNNING: web',
      'No such process named x',
      'All started at x, except for 1: y',
    ]) {
      expect(one({}, bad)).toContain(`<p class="message bad" role="alert">${bad}</p>`);
    }
    expect(one({}, 'x'.repeat(5_000)).length).toBeLessThan(one({}).length + 1_200);
  });

  test('without programs it says so, and offers nothing', () => {
    const page = statusPage(status([])).toString();
    expect(page).toContain('No programs to manage');
    expect(page).not.toContain('stopall');
  });

  test('during a shutdown it says for how many it waits', () => {
    const page = statusPage(status([view({ state: 'STOPPING' }), view({ name: 'b' })], 'stopping')).toString();
    expect(page).toContain('Shutting down, 1 still running');
  });

  test('a row of a live page is found by its name', () => {
    expect(one({ group: 'a', name: 'b' })).toContain('data-process="a:b"');
  });
});

describe('whatever names, reasons, messages and logs say, they are text', () => {
  const evil = fc.constantFrom(
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "'\u0000&lt;<!--",
    '</pre></title><b>',
    '\u202e<i>',
  );
  const anything = fc.oneof(evil, fc.string({ unit: 'binary', minLength: 1 }));
  const states = fc.constantFrom(...(Object.keys(STATE_CODES) as State[]));

  test.prop([anything, anything, anything, anything, states])(
    'on the status page',
    (name, group, spawnerr, message, state) => {
      const shown = (word: string): string[] => {
        const like = (text: string): string => (word === '' ? text : word);
        const given = view({
          name: like(name),
          group: `${like(group)}_`,
          state,
          spawnerr: like(spawnerr),
          startedAt: 1,
        });
        return tags(statusPage(status([given]), like(message)).toString());
      };
      // A message that reports a failure has another class, and the same tags.
      expect(shown('')).toEqual(shown('harmless'));
    },
  );

  test.prop([anything, anything])('on the page of a log', (name, text) => {
    const page = (a: string, b: string): string[] =>
      tags(tailPage({ name: a, channel: 'stdout', limit: 1_024, end: { kind: 'text', text: b } }).toString());
    expect(page(name, text)).toEqual(page('web', 'line'));
    expect(tags(noTailPage(name).toString())).toEqual(tags(noTailPage('web').toString()));
  });

  test.prop([anything])('on the page that asks', (name) => {
    const page = (text: string): string[] =>
      tags(confirmPage({ kind: 'process', action: 'stop', name: text }, []).toString());
    expect(page(name)).toEqual(page('web'));
    const all = (text: string): string[] =>
      tags(
        confirmPage({ kind: 'overall', action: 'stopall' }, [
          processStatus(view({ name: text, state: 'RUNNING' }), PLAIN, NOW),
        ]).toString(),
      );
    expect(all(name)).toEqual(all('web'));
  });
});

describe('the page of a log', () => {
  test('leads to the other stream, to more of it, and to itself', () => {
    const page = tailPage({
      name: 'a:b',
      channel: 'stderr',
      limit: 16_384,
      end: { kind: 'text', text: 'x' },
    }).toString();
    expect(page).toContain('<a href="tail.html?processname=a%3Ab&amp;limit=16384" aria-current="false">stdout</a>');
    expect(page).toContain(
      'href="tail.html?processname=a%3Ab&amp;limit=16384&amp;channel=stderr" aria-current="page">stderr</a>',
    );
    expect(page).toContain(
      'href="tail.html?processname=a%3Ab&amp;limit=131072&amp;channel=stderr" aria-current="false">128 KB</a>',
    );
    expect(page).toContain('href="logtail/a%3Ab/stderr"');
  });

  test('keeps an empty first line, which parsers drop', () => {
    expect(
      tailPage({ name: 'a', channel: 'stdout', limit: 1, end: { kind: 'text', text: '\nx' } }).toString(),
    ).toContain('<pre>\n\nx</pre>');
  });

  test('says what there is instead of a log', () => {
    const text = (kind: 'noFile' | 'failed'): string =>
      tailPage({ name: 'a', channel: 'stdout', limit: 1, end: { kind } }).toString();
    expect(text('noFile')).toContain('No file for a');
    expect(text('failed')).toContain('The log of a cannot be read');
  });
});

describe('the page that asks for confirmation says how many processes are meant, and which', () => {
  const processes = [
    processStatus(view({ name: 'up', state: 'RUNNING' }), PLAIN, NOW),
    processStatus(view({ name: 'trying', state: 'BACKOFF' }), PLAIN, NOW),
    processStatus(view({ name: 'down' }), PLAIN, NOW),
    processStatus(view({ name: 'going', state: 'STOPPING' }), PLAIN, NOW),
  ];
  test('stop all means those that run or are tried', () => {
    expect(questionOf({ kind: 'overall', action: 'stopall' }, processes)).toEqual({
      question: 'Stop 2 processes?',
      label: 'Stop 2 processes',
      detail: undefined,
      names: ['up', 'trying'],
    });
  });
  test('start all means those that are down', () => {
    expect(questionOf({ kind: 'overall', action: 'startall' }, processes)).toMatchObject({
      label: 'Start 1 process',
      names: ['down'],
    });
  });
  test('restart all starts those that are down, too', () => {
    expect(questionOf({ kind: 'overall', action: 'restartall' }, processes)).toMatchObject({
      label: 'Restart 3 processes',
      detail: '1 of them is down now and will be started, too.',
    });
  });
});
