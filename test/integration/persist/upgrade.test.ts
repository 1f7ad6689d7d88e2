import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RpcClient } from '../../../plugins/control/client/index.ts';
import { freePort } from '../../support/free-port.ts';
import { pidOf, Place } from '../../support/tsvd.ts';
import { until } from '../../support/wait.ts';

const descriptorsOf = (pid: number | undefined): number => readdirSync(`/proc/${pid}/fd`).length;

test('an upgrade stops no program, refuses no client, loses no line and no exit status', async () => {
  await using place = new Place();
  const port = await freePort();
  const lines = place.write(
    'lines',
    '#!/bin/sh\ni=0\nwhile :; do i=$((i+1)); echo $i; echo $i >&2; sleep 0.005; done\n',
    0o755,
  );
  place.conf(`[inet_http_server]
port=127.0.0.1:${port}
[program:lines]
command=${lines}
startsecs=0
stdout_logfile=${place.path('out')}
stderr_logfile=${place.path('err')}
[program:echo]
command=/bin/cat
startsecs=0
stdout_logfile=${place.path('echo')}
[program:ends]
command=/bin/sh -c "sleep 0.3; exit 42"
startsecs=0
autorestart=true
`);
  const daemon = await place.start();
  const pids = await Promise.all(['lines', 'echo'].map(async (name) => pidOf(await place.status(name, 'RUNNING'))));
  const addresses = [`unix://${place.socket}`, `http://127.0.0.1:${port}`];
  const over = new AbortController();
  const asking = Array.from({ length: 8 }, async (_, number) => {
    let count = 0;
    while (!over.signal.aborted) {
      const client = new RpcClient({ serverurl: addresses[number % 2] ?? '' });
      expect(await client.call('supervisor.getPID')).toBe(daemon.child.pid);
      count += 1;
    }
    return count;
  });
  await place.ctl('upgrade');
  const open = descriptorsOf(daemon.child.pid);
  for (let time = 0; time < 4; time += 1) {
    const before = place.read('log').split('upgraded: ').length;
    const { out, code } = await place.ctl('upgrade');
    expect({ out, code }).toEqual({ out: `Upgraded supervisord (pid ${daemon.child.pid})\n`, code: 0 });
    await until('the next version', () => place.read('log').split('upgraded: ').length > before);
  }
  over.abort();
  for (const count of await Promise.all(asking)) expect(count).toBeGreaterThan(10);
  expect(descriptorsOf(daemon.child.pid)).toBeLessThan(open + 20);
  for (const [index, name] of ['lines', 'echo'].entries())
    expect(pidOf(await place.status(name, 'RUNNING'))).toBe(pids[index]);
  await place.ctl('stop', 'lines');
  for (const stream of ['out', 'err']) {
    const written = place.read(stream).trimEnd().split('\n');
    expect(written).toEqual(written.map((_, index) => String(index + 1)));
  }
  const ends = [...place.read('log').matchAll(/exited: ends \((.*?);/g)].map(([, how]) => how);
  expect(ends.length).toBeGreaterThan(1);
  expect(new Set(ends)).toEqual(new Set(['exit status 42']));
  const client = new RpcClient({ serverurl: addresses[0] ?? '' });
  await client.call('supervisor.sendProcessStdin', 'echo', 'hello\n');
  await until('the echo', () => place.read('echo') === 'hello\n');
  // Nothing is left for programs of what one version tells the next one.
  await place.ctl('restart', 'echo');
  const pid = pidOf(await place.status('echo', 'RUNNING'));
  const variables = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
  expect(variables.filter((variable) => /^TSVD_|^TSV_(?!CHILD)/.test(variable))).toEqual([]);
}, 60_000);

test('a version that cannot go on is refused, with its words, and nothing changes', async () => {
  await using place = new Place();
  place.conf('[program:p]\ncommand=/bin/sleep 1000\nstartsecs=0\n');
  await place.start();
  const pid = pidOf(await place.status('p', 'RUNNING'));
  place.conf('[program:p]\ncommand=/bin/sleep 1000\nnumprocs=x\n');
  const { out, code } = await place.ctl('upgrade');
  expect(out).toMatch(/^error: .*the new version \(.*tsvd\) cannot go on: .*numprocs/);
  expect(code).not.toBe(0);
  expect(pidOf(await place.status('p', 'RUNNING'))).toBe(pid);
  expect(place.read('log')).not.toContain('upgraded');
});

test('a daemon in the background upgrades, started by a relative path, from another folder', async () => {
  await using place = new Place();
  place.conf('[program:p]\ncommand=/bin/sleep 1000\nstartsecs=0\n', `directory=/`);
  const { code, err } = await place.run('-c', 'supervisord.conf');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  try {
    const pid = pidOf(await place.status('p', 'RUNNING'));
    const daemon = Number((await place.ctl('pid')).out);
    expect((await place.ctl('upgrade')).out).toBe(`Upgraded supervisord (pid ${daemon})\n`);
    await until('the next version', () => place.read('log').includes('upgraded: 1 programs go on'));
    expect(pidOf(await place.status('p', 'RUNNING'))).toBe(pid);
  } finally {
    await place.ctl('shutdown');
    await until('the end', () => place.read('pid') === '');
  }
});

test('what was under way is carried on, and a stop by hand stays', async () => {
  await using place = new Place();
  const slow = place.write('slow', '#!/bin/sh\ntrap "sleep 1.5; exit 0" TERM\nwhile :; do sleep 0.05; done\n', 0o755);
  place.conf(`[program:stopped]
command=/bin/sleep 1000
startsecs=0
[program:stopping]
command=${slow}
startsecs=0
`);
  await place.start();
  await place.status('stopping', 'RUNNING');
  await place.ctl('stop', 'stopped');
  await place.ctl('signal', 'TERM', 'stopping');
  await place.ctl('upgrade');
  expect((await place.ctl('status', 'stopped')).out).toContain('STOPPED');
  await until('the end by the signal', () => place.read('log').includes('exited: stopping (exit status 0; expected)'));
});
