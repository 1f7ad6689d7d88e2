import { spawn } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RpcClient } from '../../plugins/control/client/index.ts';
import { isMissing, runs } from '../support/peers.ts';
import { secondUsers } from '../support/second-user.ts';
import { until } from '../support/wait.ts';

// What the kernel says of a program, field by field, under tsvd and under supervisord. Where they differ on purpose, the test says how.

const isAlone = isMissing(
  'supervisord',
  runs('supervisord', '--version'),
  'a child of tsvd is not compared with one of supervisord',
);
const users = secondUsers();

const WAYS = {
  plain: '',
  umask: 'umask=077',
  ...(users && {
    variables: `user=${users[0].name}
environment=LC_ALL="C.UTF-8",TMPDIR="/x",MALLOC_CHECK_="3"`,
    user: `user=${users[0].name}`,
    all: `user=${users[0].name}
umask=027
directory=/tmp
redirect_stderr=true
environment=LANG="de_DE.UTF-8",A="1=2",LD_LIBRARY_PATH="/x",HOME="/h"`,
  }),
};

/** Each shows what it is to the kernel, without a shell, which would change some of it. */
const LOOKS = {
  status: '/bin/cat /proc/self/status',
  stat: '/bin/cat /proc/self/stat',
  limits: '/bin/cat /proc/self/limits',
  kernel: '/bin/cat /proc/self/oom_score_adj /proc/self/cgroup /proc/self/coredump_filter /proc/self/personality',
  descriptors: '/bin/ls -l /proc/self/fd/',
  environment: '/usr/bin/env',
  directory: '/bin/pwd',
};
type Look = keyof typeof LOOKS;

describe.skipIf(isAlone).each(Object.keys(WAYS))('a program (%s), under tsvd and under supervisord', (way) => {
  const folder = mkdtempSync(join(tmpdir(), 'tsv-identity-'));
  chmodSync(folder, 0o755);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const [ours, theirs] = [join(folder, 'ours'), join(folder, 'theirs')];
  const seen = (look: Look): [string, string] => [
    readFileSync(join(ours, look), 'utf8'),
    readFileSync(join(theirs, look), 'utf8'),
  ];

  beforeAll(async () => {
    const tsvd = fileURLToPath(new URL('../../dist/tsvd', import.meta.url));
    await Promise.all([runOn(tsvd, ours, way), runOn('supervisord', theirs, way)]);
  }, 60_000);

  test('has the same ids, groups, capabilities, umask and blocked signals', () => {
    const [our, their] = seen('status').map(fieldsOf);
    const compared = Object.keys(their ?? {}).filter((key) => !OWN_FIELDS.test(key));
    expect(compared).toEqual(
      expect.arrayContaining(['Umask', 'Uid', 'Gid', 'Groups', 'SigBlk', 'CapEff', 'NoNewPrivs']),
    );
    for (const key of compared) expect.soft(`${key}: ${our?.[key]}`).toBe(`${key}: ${their?.[key]}`);
  });

  test('leads its process group, and under tsvd its session, too', () => {
    const [our, their] = seen('status').map(fieldsOf);
    expect(our).toMatchObject({ NSpgid: our?.['NSpid'], NSsid: our?.['NSpid'] });
    expect(their).toMatchObject({ NSpgid: their?.['NSpid'] });
  });

  test('has every signal at its default, where Python leaves it two that are ignored: SIGPIPE and SIGXFSZ', () => {
    const [our, their] = seen('status').map(fieldsOf);
    expect(our?.['SigIgn']).toBe('0000000000000000');
    expect(their?.['SigIgn']).toBe('0000000001001000');
  });

  test('has the same limits, of which minfds and minprocs are two', () => {
    const [our, their] = seen('limits');
    expect(our).toBe(their);
  });

  test('has the same niceness and scheduling, cgroup and score of the out-of-memory killer', () => {
    const [our, their] = seen('stat').map(schedulingOf);
    expect(our).toEqual(their);
    expect(our?.nice).toBe('3');
    const [own, other] = seen('kernel');
    expect(own).toBe(other);
  });

  test('has descriptors 0 to 2 alone, pipes that are its user’s; its output can also be read under tsvd', () => {
    const [our, their] = seen('descriptors').map(descriptorsOf);
    const mode = (modes: string) => [0, 1, 2].map((fd) => `${fd} ${fd === 0 ? 'lr-x' : modes} pipe`);
    // A child that outlives the daemon gets no SIGPIPE.
    expect(our).toEqual(mode('lrwx'));
    expect(their).toEqual(mode('l-wx'));
  });

  test('has the same environment, and what the interpreters of the two daemons add', () => {
    // A shell, like the launcher of tsvd, has a PWD; Python has a locale in UTF-8; tsvd marks its children.
    const isOfDaemon = (line: string) => /^(PWD|LC_CTYPE|TSV_CHILD|SUPERVISOR_SERVER_URL)=/.test(line);
    const [our, their] = seen('environment').map((text) =>
      text
        .split('\n')
        .filter((line) => line !== '' && !isOfDaemon(line))
        .toSorted(),
    );
    expect(our).toEqual(their);
    expect(our).toContain('FROM_DAEMON=1');
  });

  test('is in the same directory', () => {
    const [our, their] = seen('directory');
    expect(our).toBe(way === 'all' ? '/tmp\n' : `${ours}\n`);
    expect(their).toBe(way === 'all' ? '/tmp\n' : `${theirs}\n`);
  });
});

/** What no two processes have alike, or what follows in a test of its own. */
const OWN_FIELDS = /^(Tgid|Ngid|Pid|PPid|NS.+|Vm.+|Rss.+|SigIgn|SigQ|.*_ctxt_switches)$/;

/** Runs all of {@link LOOKS} to their end; the daemon has settings of its own that a child inherits, or must not. */
async function runOn(daemon: string, folder: string, way: string): Promise<void> {
  mkdirSync(folder);
  const file = join(folder, 'supervisord.conf');
  writeFileSync(file, configuration(folder, way));
  const stray = openSync('/dev/null', 'r');
  const running = spawn('/bin/sh', ['-c', 'umask 033; exec nice -n 3 "$0" "$@"', daemon, '-n', '-c', file], {
    cwd: folder,
    env: { PATH: process.env['PATH'], LANG: 'C', HOME: userInfo().homedir, FROM_DAEMON: '1' },
    stdio: ['ignore', 'ignore', 'ignore', stray, stray],
  });
  try {
    const client = new RpcClient({ serverurl: `unix://${folder}/s.sock` });
    await until(`all programs under ${daemon} have exited`, async () => {
      const infos = JSON.stringify(await client.call('supervisor.getAllProcessInfo').catch(() => []));
      return infos.match(/"EXITED"/g)?.length === Object.keys(LOOKS).length;
    });
  } finally {
    closeSync(stray);
    running.kill('SIGTERM');
    await until(`${daemon} ends`, () => running.exitCode !== null || running.signalCode !== null);
  }
}

function configuration(folder: string, way: string): string {
  const programs = Object.entries(LOOKS).map(
    ([look, command]) => `[program:p]
command=${command}
process_name=${look}
startsecs=0
autorestart=false
stdout_logfile=${join(folder, look)}
${WAYS[way as keyof typeof WAYS]}
`,
  );
  return `[unix_http_server]
file=${folder}/s.sock
[supervisord]
logfile=${folder}/log
pidfile=${folder}/pid
childlogdir=${folder}
umask=033
minfds=2000
minprocs=300
environment=GLOBAL="g"
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
${programs.map((text, number) => text.replace('[program:p]', `[program:p${number}]`)).join('')}`;
}

function fieldsOf(status: string): Record<string, string> {
  return Object.fromEntries(
    status
      .split('\n')
      .filter((line) => line.includes(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
}

/** Of proc(5), stat: fields 18, 19, 40 and 41. */
function schedulingOf(stat: string) {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { priority: fields[15], nice: fields[16], realTime: fields[37], policy: fields[38] };
}

/** Without that of `ls` itself, for the folder it reads. */
function descriptorsOf(listing: string): string[] {
  return [...listing.matchAll(/^(l[rwx-]{3})\S* .* (\d+) -> (\w+):?/gm)]
    .map(([, mode, fd, kind]) => `${fd} ${mode} ${kind}`)
    .filter((line) => !line.startsWith('3 lr-x'));
}
