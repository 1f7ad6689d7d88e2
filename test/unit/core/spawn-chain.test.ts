import { expect, test } from 'vitest';
import { chainOf, failureOfChain } from '../../../core/spawn/chain.ts';
import type { SpawnPlan } from '../../../core/index.ts';

const tools = {
  chroot: '/usr/sbin/chroot',
  env: '/usr/bin/env',
  nice: '/usr/bin/nice',
  sh: '/bin/sh',
  bash: '/bin/bash',
};
const identity = { name: 'web', uid: 7, gid: 8, groups: [8, 9] };
const planOf = (more: Partial<SpawnPlan> = {}): SpawnPlan => ({
  file: '/usr/bin/sleep',
  argv: ['sleep', '1'],
  env: { PATH: '/usr/bin', A: '1' },
  cwd: undefined,
  umask: undefined,
  identity: undefined,
  stdio: [{ kind: 'null' }, { kind: 'null' }, { kind: 'null' }],
  defer: () => undefined,
  ...more,
});

test('the identity is switched by numbers that no name service is asked about', () => {
  expect(chainOf(planOf({ identity }), tools).argv).toEqual([
    '/usr/sbin/chroot',
    '--userspec=+7:+8',
    '--groups=+8,+9',
    '--skip-chdir',
    '/',
    'sleep',
    '1',
  ]);
});

test('what the loader and libc obey is set after the switch, and nothing else is on the command line', () => {
  const env = { PATH: '/usr/bin', LD_PRELOAD: '/x.so', LANG: 'C', GCONV_PATH: '/g', TMPDIR: '/t', SECRET: 's' };
  const { argv, env: before } = chainOf(planOf({ identity, env, cwd: '/srv' }), tools);
  expect(before).toEqual({ PATH: '/usr/bin', SECRET: 's' });
  expect(argv.slice(5)).toEqual([
    '/usr/bin/env',
    '-C',
    '/srv',
    'LD_PRELOAD=/x.so',
    'LANG=C',
    'GCONV_PATH=/g',
    'TMPDIR=/t',
    'sleep',
    '1',
  ]);
});

test('a program of the daemon’s own user keeps its whole environment', () => {
  const env = { PATH: '/usr/bin', LD_PRELOAD: '/x.so' };
  const { argv, env: before, cwd } = chainOf(planOf({ env, umask: 0o27, cwd: '/srv' }), tools);
  expect([before, cwd]).toEqual([env, '/srv']);
  expect(argv.slice(0, 4)).toEqual(['/bin/sh', '-c', 'umask 0027; exec "$@"', 'sh']);
});

test('a shell that drops variables is not used for names that it would drop', () => {
  const { argv } = chainOf(planOf({ env: { PATH: '/usr/bin', 'a.b': '1' }, umask: 0 }), tools);
  expect(argv.slice(0, 2)).toEqual(['/bin/bash', '-p']);
});

test('a word that env would take for an assignment or an option goes through a tool that does not look', () => {
  const { argv } = chainOf(planOf({ identity, cwd: '/', file: './a=b', argv: ['./a=b'] }), tools);
  expect(argv.slice(-4)).toEqual(['/usr/bin/nice', '-n', '0', './a=b']);
});

test('the name is kept where the search of PATH finds the same file, and else the file is named', () => {
  const wordOf = (env: Record<string, string>) => chainOf(planOf({ identity, env }), tools).argv.at(-2);
  expect(wordOf({ PATH: '/usr/bin' })).toBe('sleep');
  expect(wordOf({ PATH: '.:/usr/bin' })).toBe('/usr/bin/sleep');
  expect(wordOf({ PATH: '/opt' })).toBe('/usr/bin/sleep');
  expect(wordOf({})).toBe('/usr/bin/sleep');
});

test('an exit is a failed exec only under the name of a tool, and with a code of the tools', () => {
  const plan = planOf({ identity, cwd: '/srv' });
  const of = (code: number, comm: string | undefined) => failureOfChain(plan, chainOf(plan, tools), code, comm)?.kind;
  expect(of(125, 'env')).toBe('directory');
  expect(of(125, 'chroot')).toBe('identity');
  expect(of(127, 'sleep')).toBeUndefined();
  expect(of(1, 'env')).toBeUndefined();
  expect(of(127, undefined)).toBeUndefined();
  const env = planOf({ identity, cwd: '/srv', file: '/usr/bin/env', argv: ['env', 'x'] });
  expect(failureOfChain(env, chainOf(env, tools), 127, 'env')).toBeUndefined();
});

test('126 and 127 are a failed exec where something keeps the program from running: it may end as such a tool itself', () => {
  const of = (file: string, code: number) => {
    const plan = planOf({ identity, file, argv: [file], env: { LANG: 'C' } });
    return failureOfChain(plan, chainOf(plan, tools), code, 'env')?.kind;
  };
  expect(of('/no/such/file', 127)).toBe('missing');
  expect(of('/etc/passwd', 126)).toBe('permission');
  expect(of('/bin/sh', 127)).toBeUndefined();
  expect(of('/bin/sh', 126)).toBeUndefined();
});
