import { request } from 'node:http';
import { expect, test } from 'vitest';
import { Place } from '../../support/tsvd.ts';
import { until } from '../../support/wait.ts';

// What becomes of a listener that breaks the protocol, and where one sees it: the whole daemon, and tsvctl.

const BANNER = 'sh -c "sleep 1; echo Hello; exec sleep 1000"';

/** Answers every event by childutils, and notes what it was told; python3 is Debian's, which has the library. */
const LISTENER = `
import sys
sys.path.insert(0, '/usr/lib/python3/dist-packages')
from supervisor import childutils
while True:
    headers, payload = childutils.listener.wait(sys.stdin, sys.stdout)
    pairs = childutils.get_headers(payload)
    sys.stderr.write('%s %s\\n' % (pairs['processname'], sorted(pairs)))
    sys.stderr.flush()
    childutils.listener.ok(sys.stdout)
`;

test('under a supervisord.conf it stays deaf, as in Supervisor, and status says so and why', async () => {
  await using place = new Place();
  place.conf(`
[eventlistener:talks]
command=${BANNER}
events=TICK_5
startsecs=0
`);
  await place.start();
  const line = await until('status to say it', async () => {
    const { out } = await place.ctl('status', 'talks');
    return out.includes('deaf') ? out : '';
  });
  expect(line).toMatch(/^talks +RUNNING +pid \d+, uptime \d:\d\d:\d\d, deaf: wrote "Hello\\n" instead of READY\n$/);
  const { listener } = await get(place, '/api/v1/processes/talks');
  expect(listener).toMatchObject({ state: 'UNKNOWN', why: 'wrote "Hello\\n" instead of READY', dropped: 0 });
});

test('with restart_deaf it is restarted, and given up like a program that does not start', async () => {
  await using place = new Place();
  place.conf(`
[eventlistener:talks]
command=sh -c "echo Hello; exec sleep 1000"
events=TICK_5
startsecs=30
startretries=1
restart_deaf=true
`);
  await place.start();
  await place.status('talks', 'FATAL');
  expect(place.read('log')).toMatch(/WARN talks: is restarted, because it wrote "Hello\\n" instead of READY/);
  expect(place.read('log')).toMatch(/WARN talks: gave up restarting it/);
});

test('in a configuration of our own a listener is told how a program ended, and restarted when it is deaf', async () => {
  await using place = new Place();
  place.write('listener.py', LISTENER);
  place.write(
    'tsv.config.json',
    JSON.stringify({
      unix_http_server: { file: place.socket },
      supervisord: { logfile: place.path('log'), pidfile: place.path('pid'), childlogdir: place.folder },
      programs: {
        ends: { command: 'sh -c "sleep 1; exit 7"', startsecs: 0, autorestart: false },
        dies: { command: 'sh -c "sleep 1; kill -SEGV $$"', startsecs: 0, autorestart: false },
      },
      eventlisteners: {
        told: {
          command: `/usr/bin/python3 ${place.path('listener.py')}`,
          events: ['PROCESS_STATE_EXITED'],
          stderr_logfile: place.path('told'),
          startsecs: 0,
        },
        talks: { command: BANNER, events: ['TICK_5'], startsecs: 0, startretries: 0 },
      },
    }),
  );
  await place.start(['-n', '-c', place.path('tsv.config.json')]);
  const told = await until('both ends to be told', () => {
    const text = place.read('told');
    return text.includes('ends ') && text.includes('dies ') ? text : '';
  });
  const standard = "'expected', 'from_state', 'groupname', 'pid', 'processname'";
  expect(told).toContain(`ends ['exitstatus', ${standard}]`);
  expect(told).toContain(`dies [${standard}, 'signal']`);
  await until('talks to be given up', () => place.read('log').includes('talks: gave up restarting it'));
});

function get(place: Place, path: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    request({ socketPath: place.socket, path }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve(JSON.parse(text) as Record<string, unknown>));
    })
      .on('error', reject)
      .end();
  });
}
