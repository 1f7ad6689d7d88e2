import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { printProblem } from '../../../../../plugins/config/index.ts';
import { hintsOn } from '../../../../../plugins/config/hints/find.ts';
import type { Machine } from '../../../../../plugins/config/hints/table.ts';
import { CONFIG_HINTS, PROGRAM_HINTS } from '../../../../../plugins/config/hints/table.ts';
import { confDocument, errorsOf, resolveText } from '../resolving.ts';

/** No machine of these tests has it. */
const MISSING = '/missing';

/** A machine where everything belongs to root and nobody else may write, but what a test says. */
function machine(modes: Readonly<Record<string, number>> = {}, uid = 1000): Machine {
  return { uid, look: (path) => (path === MISSING ? undefined : { mode: modes[path] ?? 0o600, uid: 0 }) };
}

function hintsOf(text: string, on = machine()) {
  const resolved = resolveText(text);
  expect(errorsOf(resolved)).toEqual([]);
  return hintsOn(on, confDocument(text).sections, resolved);
}

const S = '[supervisord]\n';
const program = (...options: string[]) => `${S}[program:zap]\n${options.join('\n')}\n`;
const run = (command: string) => program(`command=${command}`);

/** Which hint, the text that earns it, and where it points. */
type Earned = readonly [hint: string, text: string, where: string, on?: Machine];
const EARNED: readonly Earned[] = [
  ['shell-syntax', run('cd /srv && ./run'), '3: [program:zap] command'],
  ['shell-syntax', run('/bin/tar c / | gzip'), '3: [program:zap] command'],
  ['shell-syntax', run('/bin/app $HOME'), '3: [program:zap] command'],
  ['shell-syntax', run('/bin/app --port=${PORT}'), '3: [program:zap] command'],
  ['shell-syntax', run('/bin/app > /var/log/app.log'), '3: [program:zap] command'],
  ['shell-syntax', run('/bin/app 2>&1'), '3: [program:zap] command'],
  ['shell-syntax', run('/bin/app &'), '3: [program:zap] command'],
  ['background', run('nginx'), '3: [program:zap] command'],
  ['background', run('/usr/sbin/nginx -c /etc/nginx.conf'), '3: [program:zap] command'],
  ['background', run('service mysql start'), '3: [program:zap] command'],
  ['background', run('/etc/init.d/redis start'), '3: [program:zap] command'],
  ['background', run('/usr/sbin/sshd'), '3: [program:zap] command'],
  ['background', run('redis-server --daemonize yes'), '3: [program:zap] command'],
  ['background', run('php-fpm7.4'), '3: [program:zap] command'],
  ['background', run('gunicorn --daemon app:app'), '3: [program:zap] command'],
  ['background', run('docker run -d redis'), '3: [program:zap] command'],
  ['background', run('sh -c "/bin/app &"'), '3: [program:zap] command'],
  ['deaf-wrapper', run('sh -c "cd /srv && ./run"'), '3: [program:zap] command'],
  ['deaf-wrapper', run('bash -c "./run | logger"'), '3: [program:zap] command'],
  ['deaf-wrapper', run('bash -c "./run; echo done"'), '3: [program:zap] command'],
  ['deaf-wrapper', run('npm run start'), '3: [program:zap] command'],
  ['relative-command', run('./run.sh'), '3: [program:zap] command'],
  ['relative-directory', program('command=/bin/a', 'directory=srv'), '4: [program:zap] directory'],
  ['relative-log', program('command=/bin/a', 'stdout_logfile=logs/a.log'), '4: [program:zap] stdout_logfile'],
  [
    'unbounded-log',
    program('command=/bin/a', 'stderr_logfile=/l/a', 'stderr_logfile_maxbytes=0'),
    '5: [program:zap] stderr_logfile_maxbytes',
  ],
  [
    'log-without-backups',
    program('command=/bin/a', 'stdout_logfile=/l/a', 'stdout_logfile_backups=0'),
    '5: [program:zap] stdout_logfile_backups',
  ],
  ['rotated-device', program('command=/bin/a', 'stdout_logfile=/dev/stdout'), '4: [program:zap] stdout_logfile'],
  [
    'shared-log',
    `${program('command=/bin/a', 'stdout_logfile=/l/a')}[program:other]\ncommand=/bin/a\nredirect_stderr=true\nstdout_logfile=/l/a\n`,
    '4: [program:zap] stdout_logfile',
  ],
  [
    'shared-log',
    program('command=/bin/a', 'numprocs=2', 'process_name=%(process_num)s', 'stdout_logfile=/l/a'),
    '6: [program:zap] stdout_logfile',
  ],
  [
    'open-log-folder',
    program('command=/bin/a', 'stdout_logfile=/l/a'),
    '4: [program:zap] stdout_logfile',
    machine({ '/l': 0o777 }),
  ],
  ['endless-restart', program('command=/bin/a', 'startsecs=0', 'autorestart=true'), '5: [program:zap] autorestart'],
  ['stop-by-kill', program('command=/bin/a', 'stopsignal=KILL'), '4: [program:zap] stopsignal'],
  ['programs-as-root', `${run('/bin/a')}[program:other]\ncommand=a\nuser=app\n`, '1: [supervisord]', machine({}, 0)],
  ['relative-daemon-file', `${S}logfile=my.log\n`, '2: [supervisord] logfile'],
  [
    'missing-socket-folder',
    `${S}[fcgi-program:zap]\ncommand=/bin/a\nsocket=unix://${MISSING}/s\n`,
    '4: [fcgi-program:zap] socket',
  ],
  ['open-socket', `${S}[unix_http_server]\nfile=/run/s\nchmod=0777\n`, '4: [unix_http_server] chmod'],
  ['open-port', `${S}[inet_http_server]\nport=*:9001\nusername=u\npassword=p\n`, '3: [inet_http_server] port'],
  ['open-port', `${S}[inet_http_server]\nport=9001\n`, '3: [inet_http_server] port'],
  [
    'readable-password',
    `${S}[unix_http_server]\nfile=/run/s\nusername=u\npassword=p\n`,
    '5: [unix_http_server] password',
    machine({ '/etc/s.conf': 0o644 }),
  ],
];

/** What looks alike and is right. */
type Right = readonly [why: string, text: string, on?: Machine];
const RIGHT: readonly Right[] = [
  ['a shell reads it', run(`sh -c "exec /bin/app > /dev/null"`)],
  ['the shell is another one', run(`su app -c "cd /srv && ./run"`)],
  ['quotes hold what looks like syntax', run(`psql -c "select 1; select 2"`)],
  ['awk has its own dollars', run(`/usr/bin/awk '{print $1}' /a`)],
  ['an address with an ampersand in it', run('/usr/bin/curl http://a/?b=1&c=2')],
  ['the last command takes the place of the shell', run('bash -c "cd /srv && exec ./run"')],
  ['a shell with one command becomes it', run(`bash -c 'env $(grep -v "#" /a | xargs) /bin/app "a;b"'`)],
  ['bash becomes the last command', run('bash -c "cd /srv && ./run"')],
  ['a loop of builtins starts nothing', run('sh -c "printf READY; while read line; do kill -15 $PPID; done"')],
  ['a command is looked for in the directory', program('command=./run', 'directory=/srv')],
  ['nothing of /dev/null is rotated', program('command=a', 'stdout_logfile=/dev/null')],
  ['a redirected stderr has a warning already', program('command=a', 'redirect_stderr=true', 'stderr_logfile=/l/e')],
  ['every program runs as root', run('/bin/a'), machine({}, 0)],
  ['the group is asked to stop', program('command=npm start', 'stopasgroup=true')],
  ['nginx stays', run('nginx -g "daemon off;"')],
  ['sshd stays, and logs to stderr', run('/usr/sbin/sshd -De')],
  ['rsyslogd stays', run('/usr/sbin/rsyslogd -dn')],
  ['a container stays', run('docker run --rm redis')],
  ['a program of the PATH', run('node server.js')],
  ['a device is not rotated', program('command=a', 'stdout_logfile=/dev/stdout', 'stdout_logfile_maxbytes=0')],
  ['syslog and NONE are no files', program('command=a', 'stdout_logfile=NONE', 'stderr_logfile=syslog')],
  ['a redirected stderr has no log', program('command=a', 'redirect_stderr=true', 'stderr_logfile=NONE')],
  [
    'each process has its log',
    program('command=a', 'numprocs=2', 'process_name=%(process_num)s', 'stdout_logfile=/l/%(process_num)s'),
  ],
  [
    'nobody can replace a file in a folder with the sticky bit',
    program('command=a', 'stdout_logfile=/l/a'),
    machine({ '/l': 0o1777 }),
  ],
  ['the daemon runs as root, and its programs as others', `${S}user=app\n[program:a]\ncommand=a\n`, machine({}, 0)],
  ['a loopback address', `${S}[inet_http_server]\nport=127.0.0.1:9001\n`],
  ['a shared socket has a folder', `${S}[fcgi-program:a]\ncommand=a\nsocket=unix:///run/s\n`],
  ['a shared socket is a port', `${S}[fcgi-program:a]\ncommand=a\nsocket=tcp://localhost:9000\n`],
  ['systemd and tmpwatch leave sockets in /tmp alone', `${S}[unix_http_server]\nfile=/tmp/s.sock\n`],
  ['a private socket', `${S}[unix_http_server]\nfile=/run/s\nchmod=0770\n`],
  ['one-shot programs', program('command=a', 'startsecs=0', 'autorestart=false')],
];

describe('a hint is given for', () => {
  test.for(EARNED)('%s: %j', ([hint, text, where, on]) => {
    const found = hintsOf(text, on).filter((problem) => problem.hint === hint);
    expect(found[0]).toMatchObject({ severity: 'hint', message: expect.any(String), instead: expect.any(String) });
    expect(found.map(printProblem)[0]).toContain(`/etc/s.conf:${where}`);
    expect(found.map(printProblem)[0]).toContain('; better: ');
  });

  test('every hint of the table is earned above', () => {
    const all = [...Object.keys(PROGRAM_HINTS), ...Object.keys(CONFIG_HINTS)];
    expect(new Set(EARNED.map(([hint]) => hint))).toEqual(new Set(all));
  });
});

describe('no hint is given where', () => {
  test.for(RIGHT)('%s', ([, text, on]) => {
    expect(hintsOf(text, on).map(printProblem)).toEqual([]);
  });
});

test('a password that others can read is not shown to those who read the hint', () => {
  const text = `${S}[unix_http_server]\nfile=/run/s\nusername=u\npassword=hunter2\n`;
  const [hint] = hintsOf(text, machine({ '/etc/s.conf': 0o644 }));
  expect(JSON.stringify(hint)).not.toContain('hunter2');
});

test('a hint is given once per kind, and names the others', () => {
  const programs = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `[program:${name}]\ncommand=npm start\n`);
  expect(hintsOf(`${S}${programs.join('')}`).map(({ section, message }) => [section, message])).toEqual([
    [
      'program:a',
      'a stop reaches npm alone, and what it has started may live on (the same for [program:b], [program:c], [program:d] and 2 more)',
    ],
  ]);
});

test('a variable is not looked for in a folder', () => {
  expect(hintsOf(run('${HOME}/bin/app')).map(({ hint }) => hint)).toEqual(['shell-syntax']);
});

test('10,000 programs that share a log are looked at to the end', () => {
  const programs = Array.from({ length: 10_000 }, (_, i) => `[program:p${i}]\ncommand=a\nstdout_logfile=/l/a\n`);
  const text = `${S}${programs.join('')}`;
  expect(hintsOn(machine(), confDocument(text).sections, resolveText(text))).toHaveLength(1);
});

test('docs/configuration.md tells of every hint', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../../docs/configuration.md'), 'utf8');
  const missing = [...Object.keys(PROGRAM_HINTS), ...Object.keys(CONFIG_HINTS)].filter(
    (name) => !page.includes(`\`${name}\``),
  );
  expect(missing).toEqual([]);
});
