import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Place, runCommand } from '../../support/tsvd.ts';
import { until } from '../../support/wait.ts';

// The time zone of log, status and `why` is the one of `date`, also where Node does not know it by a name.

const tsvctl = fileURLToPath(new URL('../../../dist/tsvctl', import.meta.url));
const RULES = ['CET-1CEST,M3.5.0,M10.5.0/3', '<+0330>-3:30', 'XYZ8', ':/usr/share/zoneinfo/Asia/Tokyo'];
const PROGRAM = '[program:zone]\ncommand=sh -c "date +%%H:%%M"\nstartsecs=0\nautorestart=false\n';

/** Minutes of the day between two times of day: `23:59` and `00:01` are 2 apart. */
function minutesBetween(one: string, other: string): number {
  const [a, b] = [one, other].map((text) => {
    const [hours = 0, minutes = 0] = text.split(':').map(Number);
    return hours * 60 + minutes;
  });
  const apart = Math.abs((a ?? 0) - (b ?? 0));
  return Math.min(apart, 1_440 - apart);
}

/** The time of day that the child, the log, the status and `why` have for the same run, as minutes away from `date`. */
async function distances(place: Place, date: string, env: NodeJS.ProcessEnv): Promise<number[]> {
  await place.status('zone', 'EXITED');
  const child = await until('the child to have said its time', () => place.read('zone.out').trim());
  const [, logged = ''] = /^\S+ (\d\d:\d\d):\d\d,\d{3} INFO spawned: 'zone'/m.exec(place.read('log')) ?? [];
  const { out: status } = await place.ctl('status');
  const [, hour, minute, half] = /(\d\d):(\d\d) ([AP]M)$/m.exec(status) ?? [];
  const shown = `${(Number(hour) % 12) + (half === 'PM' ? 12 : 0)}:${minute}`;
  const why = await runCommand(tsvctl, ['-s', `unix://${place.socket}`, 'why', 'zone'], { env });
  const [, told = ''] = /(\d\d:\d\d):\d\d {2}zone exited/.exec(why.out) ?? [];
  return [child, logged, shown, told].map((time) => minutesBetween(time, date));
}

const now = (env: NodeJS.ProcessEnv): string => execFileSync('date', ['+%H:%M'], { env }).toString().trim();

test.each(RULES)('TZ=%s', async (TZ) => {
  await using place = new Place();
  place.conf(`${PROGRAM}stdout_logfile=${place.path('zone.out')}\n`);
  const env = { ...process.env, TZ };
  const date = now(env);
  await place.start(undefined, { TZ });
  expect(Math.max(...(await distances(place, date, env)))).toBeLessThan(3);
});

/** A mount that only the daemon below it sees. Needs root. */
const canMount = spawnSync('unshare', ['-m', 'true']).status === 0;

describe.skipIf(!canMount)('a file mounted over /etc/localtime', () => {
  test('which is a link to another zone', async () => {
    await using place = new Place();
    place.conf(`${PROGRAM}stdout_logfile=${place.path('zone.out')}\n`);
    const mount = 'mount --bind /usr/share/zoneinfo/Asia/Kolkata /etc/localtime && exec "$0" "$@"';
    const script = place.path('in-zone');
    writeFileSync(script, `#!/bin/sh\nunset TZ\nexec unshare -m sh -c '${mount}' "$@"\n`, { mode: 0o755 });
    const date = now({ ...process.env, TZ: 'Asia/Kolkata' });
    await place.start(undefined, {}, script);
    const env = { ...process.env, TZ: 'Asia/Kolkata' };
    expect(Math.max(...(await distances(place, date, env)))).toBeLessThan(3);
  });
});
