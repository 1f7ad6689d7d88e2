import { expect, test } from 'vitest';

import { errorsOf, resolveText, warningsOf } from './resolving.ts';

/** One thing that is wrong hides no other; what Supervisor ignores without a word is said. */

const SUPERVISORD = '[supervisord]\n';
const places = (text: string) =>
  errorsOf(resolveText(SUPERVISORD + text)).map((error) => /\[[^\]]*\] \S+/.exec(error)?.[0].replace(/:$/, ''));

const WRONG = 'startsecs=soon\nautorestart=perhaps\nstdout_logfile_maxbytes=much\n';
const ALL_WRONG = ['startsecs', 'autorestart', 'stdout_logfile_maxbytes'];

test.each([
  ['a number of processes that is none', 'command=x\nnumprocs=many\n', ['numprocs']],
  ['no process at all', 'command=x\nnumprocs=0\n', []],
  ['fewer processes than none', 'command=x\nnumprocs=-3\n', []],
  ['too many processes', 'command=x\nnumprocs=1000000\n', ['numprocs']],
  ['a name that is none', 'command=x\nprocess_name=a/b\n', ['process_name']],
  ['one name for several processes', 'command=x\nnumprocs=2\n', ['process_name']],
  ['no command', '', ['command']],
])('with %s, the other options are judged as well', (_, options, wrong) => {
  const expected = [...wrong, ...ALL_WRONG].map((name) => `[program:a] ${name}`);
  expect(new Set(places(`[program:a]\n${options}${WRONG}`))).toEqual(new Set(expected));
});

test('a program that occurs twice in one file is merged, with a warning that has both lines', () => {
  const resolved = resolveText(
    `${SUPERVISORD}[program:a]\ncommand=x\n[program:b]\ncommand=y\n[program:a]\ncommand=z\n[supervisord]\n`,
  );
  expect(errorsOf(resolved)).toEqual([]);
  expect(warningsOf(resolved)).toEqual([
    '/etc/s.conf:6: [program:a] also defined in line 2; the options are merged, and later ones win',
  ]);
  expect(resolved.config.groups.map(({ processes }) => processes[0]?.command)).toEqual(['z', 'y']);
});

test('sections that Supervisor ignores, or that name Python code, are warnings that say what to do', () => {
  const resolved = resolveText(
    `${SUPERVISORD}[program]\ncommand=x\n[ctlplugin:serial]\nsupervisor.ctl_factory=serial:make\n[rpcinterface:twiddler]\nsupervisor.rpcinterface_factory=twiddler.rpc:make\n`,
  );
  expect(errorsOf(resolved)).toEqual([]);
  expect(warningsOf(resolved)).toEqual([
    '/etc/s.conf:2: [program] has no name, and is ignored; write [program:NAME]',
    '/etc/s.conf:7: [rpcinterface:twiddler] supervisor.rpcinterface_factory: twiddler.rpc:make is Python and cannot run here; its methods are missing unless a plugin brings them',
    '/etc/s.conf:4: [ctlplugin:serial] names Python code for supervisorctl, which tsvctl cannot run; it calls the methods of plugins: tsvctl call METHOD',
  ]);
});

test('the form of a result handler is checked, without a thought of calling it', () => {
  const listener = (handler: string) =>
    errorsOf(resolveText(`${SUPERVISORD}[eventlistener:e]\ncommand=x\nevents=TICK_5\nresult_handler=${handler}\n`));
  expect(listener('my.module:handle')).toEqual([]);
  expect(listener('no such thing')).toEqual([
    '/etc/s.conf:5: [eventlistener:e] result_handler = "no such thing": not of the form module:function; allowed: module:function',
  ]);
});

test('programs and groups with bad names are told apart in every error', () => {
  const resolved = resolveText(
    `${SUPERVISORD}[program:a b]\ncommand=x\nstartsecs=x\n[program:c/d]\ncommand=x\n[group:g h]\nprograms=a b,c/d\n[group:i/j]\nprograms=nope\n`,
  );
  const said = [...errorsOf(resolved), ...warningsOf(resolved)];
  expect(said).toHaveLength(6);
  expect(said.join('\n')).not.toMatch(/named ;|named ,|already a group/);
});
