import { expect, test } from 'vitest';
import { Place } from '../../support/tsvd.ts';

/** Fine but for what only a hint is about, and for an option that Supervisor would ignore. */
const CONFIGURATION = `[supervisord]
user=root
[program:web]
command=nginx
stdout_logfile=NONE
stderr_logfile=NONE
colour=blue
environment=TOKEN="hunter2"
`;

test('hints come after the warnings, and change neither the verdict nor the exit code', async () => {
  await using place = new Place();
  place.write('supervisord.conf', CONFIGURATION);
  const { code, out, err } = await place.run('--check', '-c', 'supervisord.conf');
  expect(code).toBe(0);
  expect(out).toContain('ok, 1 processes in 1 groups');
  expect(err.split('\n').map((line) => line.replace(/:.*?\[/, ' ['))).toEqual([
    expect.stringMatching(/^Warning \[program:web\] colour: unknown option/),
    expect.stringMatching(/^Hint \[program:web\] command = "nginx": nginx puts .*; better: nginx -g "daemon off;"/),
    '',
  ]);
});

test('in JSON hints are entries of their own', async () => {
  await using place = new Place();
  const file = place.write('supervisord.conf', CONFIGURATION);
  const { code, out } = await place.run('--check', '--json', '-c', 'supervisord.conf');
  expect(code).toBe(0);
  expect(JSON.parse(out).hints).toEqual([
    expect.objectContaining({
      severity: 'hint',
      hint: 'background',
      file,
      line: 4,
      section: 'program:web',
      option: 'command',
      instead: expect.stringContaining('daemon off'),
    }),
  ]);
});

test('what an environment holds is shown by its names alone', async () => {
  await using place = new Place();
  place.write('supervisord.conf', CONFIGURATION);
  const { out } = await place.run('--check', '--json', '-c', 'supervisord.conf');
  expect(JSON.parse(out).groups[0].processes[0].environment).toEqual({ TOKEN: '********' });
  expect(out).not.toContain('hunter2');
});

test('a start does not look for hints', async () => {
  await using place = new Place();
  place.conf('[program:web]\ncommand=/bin/sh -c "sleep 1000; true"\n');
  await place.start();
  expect(place.read('log')).not.toMatch(/better:|Hint/);
});

test('what the daemon takes as Supervisor does, the check fails on', async () => {
  await using place = new Place();
  place.write(
    'supervisord.conf',
    `[supervisord]
[program:quote]
command=/bin/sh -c "sleep 1
[program:below]
command=/bin/true
startsecs=-1
stdout_logfile_maxbytes=-5MB
[program:empty]
command=
`,
  );
  const { code, out, err } = await place.run('--check', '-c', 'supervisord.conf');
  expect(code).toBe(2);
  expect(out).toContain('4 errors');
  expect(err).toMatch(
    /^Error: \S+:3: \[program:quote\] command = .*: No closing quotation: the program cannot start$/m,
  );
  expect(err).toMatch(/^Error: \S+:6: \[program:below\] startsecs = "-1": below 0, and taken for 0$/m);
  expect(err).toMatch(/^Error: \S+:7: \[program:below\] stdout_logfile_maxbytes = "-5MB": below 0, and taken for 0$/m);
  expect(err).toMatch(/^Error: \S+:9: \[program:empty\] command = "": empty: the program cannot start$/m);
  const json = await place.run('--check', '--json', '-c', 'supervisord.conf');
  expect(json.code).toBe(0);
});

const LACKING = `[supervisord]
environment=PATH="/usr/bin:/bin"
[program:missing]
command=no-such-program --now
[program:nowhere]
command=/bin/true
directory=/no/such/folder
[program:plain]
command=%(here)s/supervisord.conf
[program:several]
command=/no/such/file
numprocs=3
process_name=%(process_num)s
[program:fine]
command=sleep 1
`;

test('--host looks for what programs need of this machine', async () => {
  await using place = new Place();
  place.write('supervisord.conf', LACKING);
  expect((await place.run('--check', '-c', 'supervisord.conf')).code).toBe(0);
  const { code, out, err } = await place.run('--check', '--host', '-c', 'supervisord.conf');
  expect(code).toBe(2);
  expect(out).toContain('4 errors');
  expect(err).toMatch(/^Error: \S+:4: \[program:missing\] command = "no-such-program --now": .*no-such-program/m);
  expect(err).toMatch(
    /^Error: \S+:7: \[program:nowhere\] directory = .*: the directory \/no\/such\/folder does not exist$/m,
  );
  expect(err).toMatch(/^Error: \S+:9: \[program:plain\] command = .*not executable/m);
  expect(err).toMatch(/^Error: \S+:11: \[program:several\] command = "\/no\/such\/file": /m);
  expect(err).not.toContain('[program:fine]');
});

test('--host with --json adds what the machine lacks, and --json alone stays as it is', async () => {
  await using place = new Place();
  place.write('supervisord.conf', LACKING);
  const alone = await place.run('--check', '--json', '-c', 'supervisord.conf');
  expect(alone.code).toBe(0);
  expect(JSON.parse(alone.out)).not.toHaveProperty('host');
  const both = await place.run('--check', '--json', '--host', '-c', 'supervisord.conf');
  expect(both.code).toBe(2);
  expect(JSON.parse(both.out).host).toHaveLength(4);
  expect(JSON.parse(both.out).groups).toEqual(JSON.parse(alone.out).groups);
});

test('--host takes --check', async () => {
  await using place = new Place();
  place.write('supervisord.conf', LACKING);
  const { code, err } = await place.run('--host', '-c', 'supervisord.conf');
  expect(code).toBe(2);
  expect(err).toContain('option --host requires --check');
});
