import { mkdtempSync, rmSync } from 'node:fs';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Registry } from 'prom-client';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { listenerService } from '../../../../../plugins/programs/eventlistener/index.ts';
import { HttpPlugin } from '../../../../../plugins/control/http/index.ts';
import { LoggingPlugin, type Sink } from '../../../../../plugins/output/logging/index.ts';
import { COMPAT_FAMILIES } from '../../../../../plugins/insight/metrics/compat-families.ts';
import { Expositions } from '../../../../../plugins/insight/metrics/exposition.ts';
import { familiesOf } from '../../../../../plugins/insight/metrics/families.ts';
import { DurationHistogram } from '../../../../../plugins/insight/metrics/histogram.ts';
import type { Plugin, Supervisor } from '../../../../../core/index.ts';
import { MetricsPlugin, type PluginFamily } from '../../../../../plugins/insight/metrics/index.ts';
import { RpcPlugin } from '../../../../../plugins/control/rpc/index.ts';
import { takeScrape } from '../../../../../plugins/insight/metrics/scrape.ts';
import { Counters } from '../../../../../plugins/insight/metrics/counters.ts';
import { resourcesService } from '../../../../../plugins/insight/resources/index.ts';
import { stage } from '../../../../../core/testing/index.ts';

const OPEN = 'application/openmetrics-text; version=1.0.0';
const daemon = { version: '1.2.3', cpuSeconds: () => 4.5, memoryBytes: () => 1024 };

/** A stage with a tally, and a way to scrape it without a server. */
async function scraped(names: readonly string[] = ['web']) {
  const tally = new Counters();
  const on = await stage(
    names.map((name) => ({ name, startsecs: 0 })),
    [{ name: 'metrics', apply: (supervisor) => tally.listen(supervisor, 'metrics') }],
  );
  const expositions = await Expositions.load([...familiesOf(tally, daemon), ...COMPAT_FAMILIES], undefined);
  const scrape = async (accept = ''): Promise<string> =>
    (await expositions.print(await takeScrape(on.supervisor, () => 0.25), accept)).text;
  return { ...on, tally, scrape };
}

const CLIENT = { by: 'client' } as const;

test('starts, ends and states are counted by process, and never by pid', async () => {
  const { process, spawner, scrape, supervisor } = await scraped();
  const usage = { cpuSeconds: 7, memoryBytes: 8, processes: 2, openFiles: 9 };
  supervisor.provide(resourcesService, { usage: () => usage, usages: () => new Map([[1002, usage]]) });
  await process().start(CLIENT).done;
  spawner.last.exit({ kind: 'code', code: 0 }, { userSeconds: 1.5, systemSeconds: 0.5, peakMemoryBytes: 4096 });
  await process().start(CLIENT).done;
  spawner.last.exit({ kind: 'signal', signal: 'SIGSEGV' }, { userSeconds: 1, systemSeconds: 0, peakMemoryBytes: 8192 });
  await process().start({ by: 'plugin' }).done;
  const text = await scrape();
  for (const line of [
    'tsvisor_process_starts_total{group="web",process="web",by="client"} 2',
    'tsvisor_process_starts_total{group="web",process="web",by="plugin"} 1',
    'tsvisor_process_exits_total{group="web",process="web",reason="expected"} 1',
    'tsvisor_process_exits_total{group="web",process="web",reason="signal"} 1',
    'tsvisor_process_up{group="web",process="web"} 1',
    'tsvisor_process_state{group="web",process="web"} 20',
    'tsvisor_processes{state="RUNNING"} 1',
    'tsvisor_processes{state="FATAL"} 0',
    'tsvisor_process_cpu_seconds_total{group="web",process="web"} 7',
    'tsvisor_process_runs_cpu_seconds_total{group="web",process="web"} 3',
    'tsvisor_process_last_run_peak_memory_bytes{group="web",process="web"} 8192',
    'tsvisor_process_memory_bytes{group="web",process="web"} 8',
    'tsvisor_process_open_fds{group="web",process="web"} 9',
    'tsvisor_process_children{group="web",process="web"} 2',
    'tsvisor_info{version="1.2.3"} 1',
    'tsvisor_event_loop_utilization_ratio 0.25',
    'tsvisor_spawn_duration_seconds_count 3',
  ])
    expect(text.split('\n')).toContain(line);
  expect(text).not.toMatch(/\b100[12]\b/);
});

test('a start that failed, a stop, and a spawn without a child each have a reason of their own', async () => {
  const { supervisor, spawner, scrape, process } = await scraped(['a', 'b']);
  await process('a').start(CLIENT).done;
  const { issued, done } = process('a').stop(CLIENT);
  await issued;
  spawner.last.exit({ kind: 'signal', signal: 'SIGTERM' });
  await done;
  spawner.failure = 'too many open files';
  await process('b').start(CLIENT).done;
  const lines = (await scrape()).split('\n');
  expect(lines).toContain('tsvisor_process_exits_total{group="a",process="a",reason="stopped"} 1');
  expect(lines).toContain('tsvisor_process_spawn_failures_total{group="b",process="b"} 1');
  expect(lines).toContain('tsvisor_processes{state="FATAL"} 1');
  supervisor.removeGroup('a');
  expect(await scrape()).not.toContain('process="a"');
});

test('a process that is removed and comes back begins at nothing', async () => {
  const { supervisor, process, spawner, tally } = await scraped();
  await process().start(CLIENT).done;
  spawner.last.exit();
  supervisor.removeGroup('web');
  expect(tally.of({ group: 'web', name: 'web' }).starts.size).toBe(0);
});

test('the names of the collector of node_exporter tell what it told', async () => {
  const { process, spawner, scrape, clock } = await scraped(['up', 'down', 'new']);
  await process('up').start(CLIENT).done;
  await process('down').start(CLIENT).done;
  spawner.last.exit({ kind: 'signal', signal: 'SIGKILL' });
  const lines = (await scrape()).split('\n').filter((line) => line.startsWith('node_supervisord'));
  expect(lines).toEqual([
    'node_supervisord_up{group="down",name="down"} 0',
    'node_supervisord_up{group="new",name="new"} 0',
    'node_supervisord_up{group="up",name="up"} 1',
    'node_supervisord_state{group="down",name="down"} 100',
    'node_supervisord_state{group="new",name="new"} 0',
    'node_supervisord_state{group="up",name="up"} 20',
    'node_supervisord_exit_status{group="down",name="down"} -1',
    'node_supervisord_exit_status{group="new",name="new"} 0',
    'node_supervisord_exit_status{group="up",name="up"} 0',
    `node_supervisord_start_time_seconds{group="up",name="up"} ${clock.wall() / 1000}`,
  ]);
});

test('OpenMetrics is spoken with those who accept it, and both ways can be asked in turn', async () => {
  const { scrape } = await scraped();
  const plain = await scrape();
  const open = await scrape(OPEN);
  expect(plain).toContain('# TYPE tsvisor_cpu_seconds_total counter\ntsvisor_cpu_seconds_total 4.5\n');
  expect(open).toContain('# TYPE tsvisor_cpu_seconds counter\ntsvisor_cpu_seconds_total 4.5\n');
  expect(open.endsWith('# EOF\n')).toBe(true);
  expect(await scrape()).toContain('# TYPE tsvisor_cpu_seconds_total counter\ntsvisor_cpu_seconds_total 4.5\n');
});

test("a registry of the user's own keeps what is in it", async () => {
  const { Gauge } = await import('prom-client');
  const registry = new Registry();
  new Gauge({ name: 'mine', help: 'Mine.', registers: [registry] }).set(3);
  const { supervisor } = await stage();
  const expositions = await Expositions.load(familiesOf(new Counters(), daemon), registry);
  const { text, contentType } = await expositions.print(await takeScrape(supervisor, () => 0), OPEN);
  expect(text).toContain('mine 3\n');
  expect(text).toContain('tsvisor_process_up{group="web",process="web"} 0\n');
  expect(contentType).toBe(registry.contentType);
});

test('a histogram has each duration in its bucket and in all above', () => {
  const histogram = new DurationHistogram([0.1, 1]);
  for (const seconds of [0.05, 0.1, 0.5, 7]) histogram.observe(seconds);
  expect(
    histogram.samples({ method: 'm' }).map(({ suffix, labels, value }) => [suffix, labels?.['le'], value]),
  ).toEqual([
    ['_bucket', '0.1', 2],
    ['_bucket', '1', 3],
    ['_bucket', '+Inf', 4],
    ['_sum', undefined, 7.65],
    ['_count', undefined, 4],
  ]);
});

test('output is counted by stream, where it goes somewhere', async () => {
  const { supervisor, process } = await stage([{ name: 'web' }]);
  const tally = new Counters();
  expect(tally.countIn([], process().view, 'stdout')).toEqual([]);
  const file: Sink = { write: () => true };
  const sinks = tally.countIn([file], process().view, 'stderr');
  for (const sink of sinks) sink.write(Buffer.from('12345'), () => undefined);
  expect([...tally.of(process().view).outputBytes]).toEqual([['stderr', 5]]);
  expect(supervisor.state).toBe('running');
});

test('queues of listeners, calls, faults of plugins and lost output are told', async () => {
  const { supervisor, scrape, tally } = await scraped();
  supervisor.provide(listenerService, {
    listenerState: () => undefined,
    poolState: () => ({ buffered: 3, bufferSize: 10, dropped: 2 }),
  });
  tally.called({ method: 'supervisor.stopProcess', tookMs: 30, fault: 70 });
  tally.called({ method: undefined, tookMs: 1, fault: 1 });
  supervisor.events.emit('plugin:error', { plugin: 'broken', where: 'x', error: new Error('x'), count: 1 });
  supervisor.events.emit('log:dropped', { file: '/x', bytes: 12 });
  const lines = (await scrape()).split('\n');
  for (const line of [
    'tsvisor_listener_queue{group="web"} 3',
    'tsvisor_listener_queue_limit{group="web"} 10',
    'tsvisor_listener_dropped_total{group="web"} 2',
    'tsvisor_rpc_duration_seconds_bucket{method="supervisor.stopProcess",le="0.05"} 1',
    'tsvisor_rpc_duration_seconds_bucket{method="supervisor.stopProcess",le="0.025"} 0',
    'tsvisor_rpc_faults_total{method="unknown"} 1',
    'tsvisor_plugin_faults_total{plugin="broken"} 1',
    'tsvisor_log_dropped_bytes_total 12',
  ])
    expect(lines).toContain(line);
});

test('a name of a process that looks like markup of the exposition stays a label', async () => {
  const { scrape } = await scraped(['a"} 1\nfake 2']);
  expect(await scrape()).not.toMatch(/^fake 2/m);
});

/** Where the logs of the programs of a test are. */
function logFolder(): { supervisord: { childlogdir: string } } {
  const childlogdir = mkdtempSync(join(tmpdir(), 'tsv-metrics-'));
  onTestFinished(() => rmSync(childlogdir, { recursive: true }));
  return { supervisord: { childlogdir } };
}

test('without a scrape no timer waits', async () => {
  const { clock, supervisor } = await stage(
    [{ name: 'web', startsecs: 0 }],
    [new LoggingPlugin({ logfile: '/dev/null' }), new HttpPlugin(), new MetricsPlugin()],
    logFolder(),
  );
  expect(clock.pending).toBe(0);
  await supervisor.shutdown();
});

/** What `/metrics` answers, without a connection. */
async function scrapeOf(supervisor: Supervisor): Promise<string> {
  const request = Object.assign(new IncomingMessage(new Socket()), { method: 'GET' });
  const response = new ServerResponse(request);
  const body = new Promise<string>((resolve) => {
    response.end = (chunk: unknown) => {
      resolve(String(chunk));
      return response;
    };
  });
  const info = {
    method: 'GET',
    path: '/metrics',
    query: new URLSearchParams(),
    server: 'test',
    user: undefined,
  } as const;
  const route = HttpPlugin.getHooks(supervisor).routes.call({ ...info, role: 'admin' });
  await route?.handle({
    info: { ...info, role: 'admin' },
    request,
    response,
    closing: new AbortController().signal,
    readBody: () => Promise.reject(new Error('no body')),
    beginStream: () => undefined,
  });
  return body;
}

test('a plugin adds metrics without an instance of this one, and what it does wrong costs only its own', async () => {
  const warnings: string[] = [];
  const adds = (name: string, families: readonly PluginFamily[]): Plugin => ({
    name,
    apply: (supervisor) => {
      MetricsPlugin.getHooks(supervisor).families.tap(name, (so) => [...so, ...families]);
    },
  });
  const family = (name: string, samples: PluginFamily['samples'], type: PluginFamily['type'] = 'gauge') => ({
    name,
    help: 'Help.',
    type,
    samples,
  });
  // Applied before and after `metrics`: the order does not matter.
  const { supervisor } = await stage(
    [{ name: 'web', startsecs: 0 }],
    [
      {
        name: 'listens',
        apply: (heard) =>
          void heard.events.on('log:written', ({ level, text }) => void (level === 'WARN' && warnings.push(text))),
      },
      adds('early', [
        family('early_level', () => [{ labels: { a: 'x"y' }, value: 3 }]),
        family('tsvisor_info', () => []),
        family('no name', () => []),
        family('early_things', () => [], 'counter'),
      ]),
      new LoggingPlugin({ logfile: '/dev/null', logfile_maxbytes: 0 }),
      new HttpPlugin(),
      new RpcPlugin(),
      new MetricsPlugin(),
      adds('late', [
        family('late_bad', () => {
          throw new Error('oops');
        }),
        family('late_label', () => [{ labels: { 'a b': '' }, value: 1 }]),
        family('late_total', () => [{ value: 2 }], 'counter'),
      ]),
    ],
    logFolder(),
  );
  const text = await scrapeOf(supervisor);
  expect(text).toContain('early_level{a="x\\"y"} 3');
  expect(text).toContain('late_total 2');
  expect(text).toContain('tsvisor_info{version=');
  await scrapeOf(supervisor);
  expect(warnings).toEqual([
    'metric "tsvisor_info" is left out: there is one of that name already',
    'metric "no name" is left out: a name has letters, digits and underscores',
    'metric "early_things" is left out: the name of a counter ends in _total',
    'metric late_bad has no samples: Error: oops',
    'metric late_label has no samples: Error: "a b" is no name for a label',
  ]);
});
