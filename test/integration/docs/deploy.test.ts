import { mkdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Place, runCommand } from '../../support/tsvd.ts';
import { isMissing, runs } from '../../support/peers.ts';
import { until } from '../../support/wait.ts';

/** What docs/deploy says is run here, with the paths of a test in the place of a machine's. */

const page = (name: string): string =>
  readFileSync(new URL(`../../../docs/deploy/${name}.md`, import.meta.url), 'utf8');
const snippet = (name: string, language: string): string =>
  new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'm').exec(page(name))?.[1] ?? '';

const hasNoLogrotate = isMissing(
  'logrotate',
  runs('logrotate', '--version'),
  'the snippet of docs/deploy/logrotate.md is not run',
);

test('the configuration of a container has no errors', async () => {
  await using place = new Place();
  place.write('supervisord.conf', snippet('containers', 'ini'));
  const { code, out, err } = await place.run('--check', '-c', 'supervisord.conf');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('2 processes in 2 groups');
});

test('the commands of the Dockerfile start it, check its health, and end it', async () => {
  await using place = new Place();
  const dockerfile = snippet('containers', 'Dockerfile');
  const [, start = ''] = /^CMD (\[.*\])$/m.exec(dockerfile) ?? [];
  const [, health = ''] = /^ {2}CMD (\[.*\])$/m.exec(dockerfile) ?? [];
  place.write('web.js', 'console.log("web says hello"); setInterval(() => {}, 1000);\n');
  place.write('worker.js', 'console.error("worker says hello"); setInterval(() => {}, 1000);\n');
  place.write(
    'supervisord.conf',
    snippet('containers', 'ini')
      .replaceAll('/srv/app', place.folder)
      .replaceAll('/run/supervisor.sock', place.socket)
      .replaceAll('/run/supervisord.pid', place.path('pid'))
      .replaceAll(/^user=.*$/gm, ''),
  );
  const inPlace = (words: string): string[] =>
    (JSON.parse(words) as string[]).slice(1).map((word) => word.replace('/etc/', `${place.folder}/`));
  const daemon = await place.start(inPlace(start));
  await until('both to run', () => /web says hello/.test(daemon.out()) && /worker says hello/.test(daemon.err()));
  const healthy = () => place.ctl(...inPlace(health).slice(2));
  await until('health', async () => (await healthy()).code === 0);
  await place.ctl('stop', 'web');
  expect((await healthy()).code).toBe(3);
  daemon.child.kill('SIGTERM');
  expect((await daemon.ended).code).toBe(0);
});

test.skipIf(hasNoLogrotate || process.getuid?.() !== 0)(
  'logrotate takes the log away, and tsvd goes on in a new one',
  async () => {
    await using place = new Place();
    mkdirSync(place.path('logs'));
    const here = (text: string): string =>
      text.replaceAll('/var/log/tsvd', place.path('logs')).replaceAll('/run/supervisord.pid', place.path('pid'));
    const program = 'sh -c "while :; do echo line; sleep 0.05; done"';
    place.write(
      'supervisord.conf',
      `${here(snippet('logrotate', 'ini')).replace('command=sleep 1000', `command=${program}\nstopasgroup=true`)}
[unix_http_server]
file=${place.socket}
`,
    );
    await place.start();
    await until('a line', () => place.read('logs/web.log').includes('line'));
    const rules = place.write('rotate', here(snippet('logrotate', 'logrotate')));
    const debug = await runCommand('logrotate', ['-d', '-s', place.path('state'), rules]);
    expect({ code: debug.code, errors: debug.err.match(/^error:.*$/gm) }).toEqual({ code: 0, errors: null });
    const { code, err } = await runCommand('logrotate', ['-f', '-s', place.path('state'), rules]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(place.read('logs/web.log.1')).toContain('line');
    await until('the next line in the new log', () => place.read('logs/web.log').includes('line'));
  },
);
