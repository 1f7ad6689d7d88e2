import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Place, runCommand } from '../../support/tsvd.ts';
import { freePort } from '../../support/free-port.ts';
import { isMissing, runs } from '../../support/peers.ts';
import { until } from '../../support/wait.ts';

const examples = fileURLToPath(new URL('../../../docs/plugins/examples/', import.meta.url));

const hasNoPrometheus = isMissing(
  'prometheus with promtool',
  runs('prometheus', '--version') && runs('promtool', '--version'),
  'the exposition is not checked by them',
);

/** A daemon with a program that runs, one that fails and a listener, on a port, with an account that may only look. */
async function placeOn(port: number, place: Place): Promise<void> {
  place.conf(`[inet_http_server]
port=127.0.0.1:${port}
username=admin
password=secret
viewer_username=watcher
viewer_password=look
[metrics]
compat_names=true
[program:web]
command=/bin/sh -c 'echo hello; exec sleep 1000'
startsecs=0
[program:bad]
command=/bin/false
startretries=0
[eventlistener:ears]
command=/bin/sh -c 'printf "READY\\n"; exec sleep 1000'
events=TICK_3600
startsecs=0
`);
  await place.start();
  await place.status('bad', 'FATAL');
}

function scrape(port: number, options: { user?: string; method?: string; accept?: string } = {}): Promise<Response> {
  const { user = 'watcher:look', method = 'GET', accept = 'text/plain' } = options;
  return fetch(`http://127.0.0.1:${port}/metrics`, {
    method,
    headers: { Accept: accept, Authorization: `Basic ${Buffer.from(user).toString('base64')}` },
  });
}

/** Names of metrics as a rule or a panel writes them. */
function namesIn(text: string): string[] {
  return [...new Set(text.match(/\b(?:tsvisor|node_supervisord)_[a-z_]+/g))];
}

describe('/metrics', { timeout: 60_000 }, () => {
  test('is read by an account that may only look, and by nobody without a password', async () => {
    await using place = new Place();
    const port = await freePort();
    await placeOn(port, place);
    const answer = await scrape(port);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    const text = await answer.text();
    expect(text).toContain('tsvisor_process_up{group="web",process="web"} 1\n');
    expect(text).toContain('tsvisor_process_output_bytes_total{group="web",process="web",stream="stdout"} 6\n');
    expect(text).toContain('tsvisor_listener_queue{group="ears"} 0\n');
    expect(text).toContain('tsvisor_rpc_duration_seconds_count{method="supervisor.getAllProcessInfo"}');
    expect(text).toContain('node_supervisord_state{group="bad",name="bad"} 200\n');
    expect((await scrape(port, { user: 'watcher:wrong' })).status).toBe(401);
    expect((await scrape(port, { method: 'POST', user: 'admin:secret' })).status).toBe(405);
    const head = await scrape(port, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test('uses only names that the dashboard and the alerts know, and these only names that there are', async () => {
    await using place = new Place();
    const port = await freePort();
    await placeOn(port, place);
    const text = await (await scrape(port)).text();
    const told = new Set(
      [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) =>
        type === 'histogram' ? [name, `${name}_bucket`] : [name],
      ),
    );
    for (const file of ['alerts.yml', 'grafana-dashboard.json']) {
      const used = namesIn(readFileSync(`${examples}${file}`, 'utf8'));
      expect(used.length).toBeGreaterThan(3);
      expect(used.filter((name) => !told.has(name))).toEqual([]);
    }
    const page = readFileSync(fileURLToPath(new URL('../../../docs/plugins/metrics.md', import.meta.url)), 'utf8');
    expect([...told].filter((name) => !name.endsWith('_bucket') && !page.includes(`\`${name}\``))).toEqual([]);
    // Descriptors of a process that is gone, events that nobody dropped: all the others were told.
    expect(namesIn(page).filter((name) => !told.has(name))).toEqual([]);
  });

  test.skipIf(hasNoPrometheus)('is what promtool calls well-formed, and so are the rules', async () => {
    await using place = new Place();
    const port = await freePort();
    await placeOn(port, place);
    const file = place.write('scrape.txt', await (await scrape(port)).text());
    const checked = await runCommand('/bin/sh', ['-c', 'promtool check metrics < "$0"', file]);
    expect([checked.code, checked.err + checked.out]).toEqual([0, '']);
    const rules = await runCommand('promtool', ['check', 'rules', `${examples}alerts.yml`]);
    expect([rules.code, rules.out]).toEqual([0, expect.stringContaining('7 rules found')]);
  });

  test.skipIf(hasNoPrometheus)('is scraped by a real Prometheus, which answers queries about it', async () => {
    await using place = new Place();
    const port = await freePort();
    await placeOn(port, place);
    const own = await freePort();
    mkdirSync(place.path('data'));
    const config = place.write(
      'prometheus.yml',
      `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: ['${examples}alerts.yml']
scrape_configs:
  - job_name: tsvisor
    basic_auth: { username: watcher, password: look }
    static_configs: [{ targets: ['127.0.0.1:${port}'] }]
`,
    );
    const prometheus = spawn(
      'prometheus',
      [`--config.file=${config}`, `--storage.tsdb.path=${place.path('data')}`, `--web.listen-address=127.0.0.1:${own}`],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const ended = new Promise<void>((resolve) => prometheus.once('exit', () => resolve()));
    try {
      const ask = async (query: string): Promise<{ value?: [number, string] }[]> => {
        const answer = await fetch(`http://127.0.0.1:${own}/api/v1/query?query=${encodeURIComponent(query)}`).catch(
          () => undefined,
        );
        const body =
          answer?.ok === true
            ? ((await answer.json()) as { data: { result: { value?: [number, string] }[] } })
            : undefined;
        return body?.data.result ?? [];
      };
      const valueOf = async (query: string): Promise<string> => (await ask(query))[0]?.value?.[1] ?? '';
      expect(await until('the target to be up', async () => (await valueOf('up{job="tsvisor"}')) === '1')).toBe(true);
      expect(await until('a series', () => valueOf('tsvisor_process_state{process="web"}'))).toBe('20');
      expect(await valueOf('tsvisor_process_exits_total{process="bad",reason="start_failed"}')).toBe('1');
      expect(await valueOf('node_supervisord_up{name="web"}')).toBe('1');
      expect(
        await until('a quantile', () => valueOf('histogram_quantile(0.5, tsvisor_spawn_duration_seconds_bucket)')),
      ).toMatch(/^[\d.e-]+$/);
      // It speaks OpenMetrics by preference, and the alert on what is FATAL has seen it.
      expect(await until('the alert', () => valueOf('ALERTS{alertname="ProgramFatal",process="bad"}'))).toBe('1');
    } finally {
      prometheus.kill('SIGTERM');
      await ended;
    }
  });
});
