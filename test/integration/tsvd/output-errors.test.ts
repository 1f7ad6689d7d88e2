import { spawnSync } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Place } from '../../support/tsvd.ts';

// Output that cannot be written is one line on stderr, never a stack trace.

const dist = fileURLToPath(new URL('../../../dist/', import.meta.url));

function toFullDisk(program: string, args: readonly string[]) {
  const full = openSync('/dev/full', 'w');
  try {
    const { status, stderr } = spawnSync(dist + program, args, { stdio: ['ignore', full, 'pipe'] });
    return { status, stderr: stderr.toString() };
  } finally {
    closeSync(full);
  }
}

test('every command to a full disk', async () => {
  await using place = new Place();
  const conf = place.conf('[program:p]\ncommand=cat\n');
  await place.start();
  for (const args of [['--help'], ['--version'], ['-c', conf, '--check'], ['-c', conf, '--check', '--json']]) {
    const { status, stderr } = toFullDisk('tsvd', args);
    expect(stderr.split('\n').at(-2), args.join(' ')).toMatch(/^tsvd: cannot write the output: .*ENOSPC/);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(status).toBe(1);
  }
  for (const command of [
    '--help',
    'help',
    'status',
    'status --json',
    'version',
    'avail',
    'maintail',
    'why p',
    'call',
    'completion bash',
    `convert ${conf}`,
    'systemd-unit',
  ]) {
    expect([command, toFullDisk('tsvctl', ['-c', conf, ...command.split(' ')])]).toEqual([
      command,
      { status: 1, stderr: expect.stringMatching(/^tsvctl: cannot write the output: .*ENOSPC.*\n$/) },
    ]);
  }
});

test('a reader that leaves is no error, and does not change a verdict', async () => {
  await using place = new Place();
  const good = place.conf('[program:p]\ncommand=cat\n');
  const bad = place.write('bad.conf', '[supervisord]\n[program:p]\ncommand=cat\nautostart=maybe\n');
  const gone = (command: string) =>
    spawnSync('bash', ['-o', 'pipefail', '-c', `{ sleep 0.3; ${command}; } | true`], { encoding: 'utf8' });
  expect(gone(`'${dist}tsvd' -c '${good}' --check`)).toMatchObject({
    status: 0,
    stderr: expect.not.stringContaining('cannot write'),
  });
  expect(gone(`'${dist}tsvd' -c '${bad}' --check`)).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^Error: .*\n(Hint: .*\n)*$/),
  });
  expect(gone(`'${dist}tsvctl' help`)).toMatchObject({ status: 0, stderr: '' });
});
