import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Place, runCommand } from '../support/tsvd.ts';
import { freePort } from '../support/free-port.ts';
import { isMissing, runs } from '../support/peers.ts';
import { until } from '../support/wait.ts';

// Software that others have published for Supervisor, as Debian and npm deliver it, unmodified, at a running tsvd.

const isAbsent = (what: string, isThere: boolean): boolean => isMissing(what, isThere, 'it is not tried');

const PROGRAMS = `
[program:web]
command=sleep 1000
startsecs=0
[program:talks]
command=sh -c "echo one; echo two; exec sleep 1000"
startsecs=0
[program:ended]
command=sh -c "exit 3"
startsecs=0
autorestart=false
[program:echo]
command=cat
startsecs=0
[program:one]
command=sleep 1000
startsecs=0
[program:two]
command=sleep 1000
startsecs=0
autostart=false
[group:pair]
programs=one,two
`;

async function daemon(place: Place, more = ''): Promise<number> {
  const port = await freePort();
  place.conf(`
[inet_http_server]
port=127.0.0.1:${port}
username=me
password=secret
${PROGRAMS}
${more}`);
  await place.start();
  await place.status('ended', 'EXITED');
  return port;
}

describe.skipIf(isAbsent('prometheus-node-exporter', runs('prometheus-node-exporter', '--version')))(
  "Debian's prometheus-node-exporter",
  () => {
    test('shows every process by its collector for supervisord', async () => {
      await using place = new Place();
      await daemon(place);
      const port = await freePort();
      const exporter = spawn(
        'prometheus-node-exporter',
        [
          '--collector.disable-defaults',
          '--collector.supervisord',
          `--collector.supervisord.url=unix://${place.socket}`,
          `--web.listen-address=127.0.0.1:${port}`,
        ],
        { stdio: 'ignore' },
      );
      try {
        const page = await until('the exporter to answer', () =>
          fetch(`http://127.0.0.1:${port}/metrics`).then(
            (response) => response.text(),
            () => '',
          ),
        );
        expect(page).toContain('node_scrape_collector_success{collector="supervisord"} 1');
        const lines = page.split('\n').filter((line) => line.startsWith('node_supervisord_'));
        expect(lines).toEqual(
          expect.arrayContaining([
            'node_supervisord_up{group="web",name="web"} 1',
            'node_supervisord_state{group="web",name="web"} 20',
            'node_supervisord_up{group="ended",name="ended"} 0',
            'node_supervisord_exit_status{group="ended",name="ended"} 3',
            'node_supervisord_state{group="pair",name="two"} 0',
            expect.stringMatching(/^node_supervisord_start_time_seconds\{group="web",name="web"\} [\d.e+]+$/),
          ]),
        );
      } finally {
        exporter.kill();
        await once(exporter, 'close');
      }
    });
  },
);

const PYTHON = '/usr/bin/python3';

describe.skipIf(isAbsent("Debian's package supervisor", runs(PYTHON, '-c', 'import supervisor.xmlrpc')))(
  "Debian's package supervisor",
  () => {
    test('supervisor.xmlrpc and xmlrpc.client of Python talk over both sockets alike', async () => {
      await using place = new Place();
      const port = await daemon(place);
      place.write(
        'client.py',
        `
import sys, xmlrpc.client
from supervisor.xmlrpc import SupervisorTransport
unix = xmlrpc.client.ServerProxy('http://127.0.0.1', SupervisorTransport('', '', 'unix://' + sys.argv[1]))
tcp = xmlrpc.client.ServerProxy('http://me:secret@127.0.0.1:%s/RPC2' % sys.argv[2])
assert unix.system.listMethods() == tcp.system.listMethods()
for rpc in unix, tcp:
    assert rpc.supervisor.getState() == {'statecode': 1, 'statename': 'RUNNING'}
    assert rpc.supervisor.stopProcess('pair:one') is True
    assert rpc.supervisor.getProcessInfo('pair:one')['statename'] == 'STOPPED'
    results = rpc.supervisor.startProcessGroup('pair')
    assert [(r['name'], r['status']) for r in results] == [('one', 80), ('two', 80)], results
    assert rpc.supervisor.stopProcess('pair:two', False) is True
    assert rpc.supervisor.readProcessStdoutLog('talks', -4, 0) == 'two\\n'
    calls = [{'methodName': 'supervisor.getPID'}, {'methodName': 'supervisor.getProcessInfo', 'params': ['nope']}]
    # Supervisor answers bare values, which xmlrpc.client.MultiCall cannot take.
    assert rpc.system.multicall(calls) == [
        rpc.supervisor.getPID(), {'faultCode': 10, 'faultString': 'BAD_NAME: nope'}]
try:
    xmlrpc.client.ServerProxy('http://me:wrong@127.0.0.1:%s/RPC2' % sys.argv[2]).supervisor.getPID()
    assert False
except xmlrpc.client.ProtocolError as error:
    assert error.errcode == 401
print('fine')
`,
      );
      const { out, err } = await runCommand(PYTHON, [place.path('client.py'), place.socket, String(port)]);
      expect([out, err]).toEqual(['fine\n', '']);
    });

    test('childutils finds the daemon by the environment of a listener, and acts from within an event', async () => {
      await using place = new Place();
      place.write(
        'restarter.py',
        `
import os, sys
from supervisor import childutils
rpc = childutils.getRPCInterface(os.environ)
while True:
    headers, payload = childutils.listener.wait(sys.stdin, sys.stdout)
    pairs = childutils.get_headers(payload)
    if pairs['processname'] == 'ended' and rpc.supervisor.getProcessInfo('pair:two')['state'] == 0:
        rpc.supervisor.startProcess('pair:two')
    childutils.listener.ok(sys.stdout)
`,
      );
      await daemon(
        place,
        `[eventlistener:restarter]\ncommand=${PYTHON} ${place.path('restarter.py')}\nevents=PROCESS_STATE_EXITED\n`,
      );
      await place.status('pair:two', 'RUNNING');
      expect((await place.ctl('status', 'restarter')).out).toContain('RUNNING');
    });

    test('pidproxy passes on the stop signal', async () => {
      await using place = new Place();
      place.write(
        'server',
        '#!/bin/sh\necho $$ > server.pid\ntrap "echo bye > bye; exit 0" TERM\nwhile :; do sleep 0.1; done\n',
        0o755,
      );
      await daemon(
        place,
        `[program:proxied]\ncommand=pidproxy ${place.path('server.pid')} ${place.path('server')}\ndirectory=${place.folder}\n`,
      );
      await until('the server to run', () => place.read('server.pid'));
      await place.status('proxied', 'RUNNING');
      expect((await place.ctl('stop', 'proxied')).out).toBe('proxied: stopped\n');
      await until('the server to have heard', () => place.read('bye'));
    });

    test('the file of echo_supervisord_conf is accepted as it is', async () => {
      await using place = new Place();
      const { out } = await runCommand('echo_supervisord_conf', []);
      place.write('supervisord.conf', out.replaceAll('/tmp/', `${place.folder}/`));
      const { code, err } = await place.run('--check', '-c', place.path('supervisord.conf'));
      expect(code).toBe(0);
      // Hints are about what will hurt one day; nothing is wrong.
      expect(err.split('\n').filter((line) => line !== '' && !line.startsWith('Hint: '))).toEqual([]);
    });
  },
);

const NPM = ['supervisord@0.1.0', 'node-supervisord@1.0.6-rc.2', 'supervisord-eventlistener@0.1.0'];

/** Installed here and now: what the tests alone need does not belong among our dependencies. */
const npm = mkdtempSync(join(tmpdir(), 'tsv-npm-'));
const isOnline = runs(
  'npm',
  'install',
  '--silent',
  '--no-audit',
  '--no-fund',
  '--ignore-scripts',
  '--prefix',
  npm,
  ...NPM,
);

describe.skipIf(isAbsent(`npm with ${NPM.join(', ')}`, isOnline))('clients from npm', () => {
  let place: Place;
  let port = 0;

  beforeAll(async () => {
    place = new Place();
    place.write(
      'listener.cjs',
      `
const listener = require(${JSON.stringify(join(npm, 'node_modules/supervisord-eventlistener'))});
listener.on('PROCESS_STATE_STOPPED', (headers, payload) => console.error(headers.pool, payload.processname, payload.from_state));
listener.listen(process.stdin, process.stdout);
`,
    );
    port = await daemon(
      place,
      `[eventlistener:noter]\ncommand=${process.execPath} ${place.path('listener.cjs')}\nevents=PROCESS_STATE\nstderr_logfile=${place.path('noted')}\n`,
    );
    await place.status('noter', 'RUNNING');
  });

  afterAll(async () => {
    await place[Symbol.asyncDispose]();
    rmSync(npm, { recursive: true, force: true });
  });

  const run = (script: string) => runCommand(process.execPath, ['--no-deprecation', '-e', script], { cwd: npm });

  test('supervisord reads, stops and starts', async () => {
    const { out, err } = await run(`
      const client = require('supervisord').connect('http://me:secret@127.0.0.1:${port}');
      const call = (name, ...args) => new Promise((resolve, reject) =>
        client[name](...args, (error, value) => error ? reject(error) : resolve(value)));
      (async () => {
        const infos = await call('getAllProcessInfo');
        console.log(infos.map(({ name, statename }) => name + ' ' + statename).join(', '));
        console.log(await call('stopProcess', 'web'), await call('startProcess', 'web'));
        console.log(await call('getProcessInfo', 'nope').catch((error) => error.faultString));
      })();
    `);
    expect(err).toBe('');
    expect(out).toBe(
      'echo RUNNING, ended EXITED, noter RUNNING, one RUNNING, two STOPPED, talks RUNNING, web RUNNING\ntrue true\nBAD_NAME: nope\n',
    );
  });

  test('node-supervisord makes its calls', async () => {
    const { out, err } = await run(`
      const { SupervisordClient } = require('node-supervisord');
      const client = new SupervisordClient('http://127.0.0.1:${port}', { username: 'me', password: 'secret' });
      (async () => {
        console.log((await client.getState()).statename, await client.getAPIVersion());
        console.log((await client.getProcessInfo('web')).statename);
        console.log(await client.stopProcess('pair:one'), (await client.startProcessGroup('pair')).length);
      })();
    `);
    expect(err).toBe('');
    expect(out).toBe('RUNNING 3.0\nRUNNING\ntrue 2\n');
  });

  test('supervisord-eventlistener is told what happens', async () => {
    await place.ctl('stop', 'echo');
    await until('the stop to be told', () => place.read('noted').includes('noter echo STOPPING'));
    const { out } = await place.ctl('status', 'noter');
    expect(out).not.toContain('deaf');
  });
});
