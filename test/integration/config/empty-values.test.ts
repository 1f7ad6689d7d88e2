import { expect, test } from 'vitest';

import { SUPERVISOR_OPTIONS } from '../../../plugins/config/index.ts';
import { resolveText } from '../../unit/plugins/config/resolving.ts';
import { askPython, hasPython } from '../../support/python.ts';

/** Values that are empty or odd: Supervisor's own parser decides whether a file with one of them is accepted. */

const PRELUDE = `
import io
def read(text):
    options = supervisor.options.ServerOptions()
    options.here, options.configfile = '/tmp', '/tmp/supervisord.conf'
    options.environ_expansions = {'ENV_EMPTY': ''}
    options.read_config(io.StringIO(text))
    return 'accepted'`;

/** What a section needs besides the option in question. */
const SECTIONS: readonly { kind: string; title: string; needs: Readonly<Record<string, string>> }[] = [
  { kind: 'supervisord', title: 'supervisord', needs: {} },
  { kind: 'program', title: 'program:p', needs: { command: '/bin/true' } },
  { kind: 'program', title: 'eventlistener:e', needs: { command: '/bin/true', events: 'TICK_5' } },
  { kind: 'eventlistener', title: 'eventlistener:e', needs: { command: '/bin/true', events: 'TICK_5' } },
  { kind: 'program', title: 'fcgi-program:f', needs: { command: '/bin/true', socket: 'tcp://127.0.0.1:9002' } },
  { kind: 'fcgi-program', title: 'fcgi-program:f', needs: { command: '/bin/true', socket: 'tcp://127.0.0.1:9002' } },
  { kind: 'group', title: 'group:g', needs: { programs: 'member' } },
  { kind: 'unix_http_server', title: 'unix_http_server', needs: { file: '/tmp/s.sock' } },
  { kind: 'inet_http_server', title: 'inet_http_server', needs: { port: '127.0.0.1:9001' } },
];

interface Case {
  readonly what: string;
  readonly text: string;
}

function caseOf(title: string, options: Readonly<Record<string, string>>, what: string): Case {
  const lines = Object.entries(options).map(([name, value]) => `${name}=${value}`);
  const supervisord = title === 'supervisord' ? '' : '[supervisord]\n';
  const member = title.startsWith('group:') ? '[program:member]\ncommand=/bin/true\n' : '';
  return { what: `[${title}] ${what}`, text: `${supervisord}${member}[${title}]\n${lines.join('\n')}\n` };
}

const EMPTY = SECTIONS.flatMap(({ kind, title, needs }) =>
  (SUPERVISOR_OPTIONS[kind] ?? []).flatMap((name) =>
    ['', '%(ENV_EMPTY)s'].map((value) => caseOf(title, { ...needs, [name]: value }, `${name}=${value}`)),
  ),
);

const ODD = [
  ...['RTMIN', 'SIGRTMAX', 'rtmin', '34', '64', '65', 'RTMIN-1', 'CLD', '0x9'].map((value) => ['stopsignal', value]),
  ...['٣', '3_0', '１', '𝟛', '٣x', '²'].map((value) => ['numprocs', value, '%(process_num)s']),
  ...['startsecs', 'stopwaitsecs', 'priority', 'numprocs_start'].map((name) => [name, '٣']),
  ['umask', '٠٢٢'],
  ...['%(program_name)%', '%(program_name)', '%(program_name)5%', '%(program_name)%%'].map((value) => [
    'command',
    `/bin/echo ${value}`,
  ]),
].map(([name = '', value = '', process_name = 'p']) =>
  caseOf('program:p', { command: '/bin/true', process_name, [name]: value }, `${name}=${value}`),
);

const TITLES = ['program:', 'group:', 'program: ', 'fcgi-program:', 'eventlistener:'].map((title) =>
  caseOf(
    title,
    { command: '/bin/true', events: 'TICK_5', socket: 'tcp://127.0.0.1:9002', programs: 'member' },
    'without a name',
  ),
);

/** Supervisor's parser accepts these; then it does not start (see docs/compatibility.md). */
const REFUSED_AT_ONCE = /^\[(?:supervisord\] (?:user|logfile)|unix_http_server\] file)=/;

test.skipIf(!hasPython('supervisor.options'))('is refused exactly where Supervisor refuses it', () => {
  const cases = [...EMPTY, ...ODD, ...TITLES];
  expect(cases.length).toBeGreaterThan(200);
  const judged = askPython(
    'return read(text)',
    cases.map(({ text }) => text),
    {
      module: 'supervisor.options',
      prelude: PRELUDE,
    },
  );
  const differing = cases.filter(({ text }, at) => {
    const isAccepted = judged[at] === 'accepted';
    return isAccepted !== (resolveText(text).problems.length === 0);
  });
  expect(differing.map(({ what }) => what).filter((what) => !REFUSED_AT_ONCE.test(what))).toEqual([]);
  // Each exception is one.
  expect(differing.filter(({ what }) => REFUSED_AT_ONCE.test(what))).toHaveLength(6);
});
