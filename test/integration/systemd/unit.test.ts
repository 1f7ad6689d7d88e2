import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Place, runCommand } from '../../support/tsvd.ts';
import { isMissing, runs } from '../../support/peers.ts';

const hasNoSystemd = isMissing(
  'systemd-analyze',
  runs('systemd-analyze', '--version'),
  'the units that are printed are not verified',
);

const tsvctl = new URL('../../../dist/tsvctl', import.meta.url).pathname;
const print = (place: Place, ...args: string[]) => runCommand(tsvctl, args, { cwd: place.folder });

describe('tsvctl systemd-unit', () => {
  test.skipIf(hasNoSystemd).each([[[]], [['--user']]])(
    'prints a unit that systemd has nothing to say about: %j',
    async (words) => {
      await using place = new Place();
      place.conf('[program:slow]\ncommand=sleep 1000\nstopwaitsecs=120\n');
      const { code, out, err } = await print(place, '-c', 'supervisord.conf', 'systemd-unit', ...words);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      const unit = place.write('tsvd.service', out);
      const mode = words.length === 0 ? [] : ['--user'];
      const verified = await runCommand('systemd-analyze', ['verify', '--man=no', ...mode, unit], {
        env: { ...process.env, XDG_RUNTIME_DIR: place.folder },
      });
      // It reports on units of the machine, too.
      expect(verified.err.split('\n').filter((line) => line.includes('tsvd'))).toEqual([]);
      expect(out).toContain('TimeoutStopSec=150s\n');
    },
  );

  test('prints a unit whose files exist', async () => {
    await using place = new Place();
    place.conf('');
    const { out } = await print(place, '-c', 'supervisord.conf', 'systemd-unit');
    const [, start = ''] = /^ExecStart=(\S+) -n -c /m.exec(out) ?? [];
    const [, node = ''] = /^Environment=TSV_NODE=(\S+)$/m.exec(out) ?? [];
    expect([start, node].map((file) => existsSync(file))).toEqual([true, true]);
    expect(out).toContain(` -c ${place.path('supervisord.conf')} update\n`);
  });

  test('the command of the unit runs without a PATH that leads to Node', async () => {
    await using place = new Place();
    const node = process.execPath;
    const tsvd = new URL('../../../dist/tsvd', import.meta.url).pathname;
    const { code, out } = await runCommand(tsvd, ['--version'], {
      cwd: place.folder,
      env: { PATH: '/usr/bin:/bin', TSV_NODE: node },
    });
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^\d+\.\d+/) });
  });

  test('a server whose password tsvctl does not know leaves the reload out', async () => {
    await using place = new Place();
    place.write('own.conf', '[supervisord]\n[unix_http_server]\nfile=%(here)s/s.sock\nusername=u\npassword=hunter2\n');
    const { out } = await print(place, '-c', 'own.conf', 'systemd-unit');
    expect(out).toContain('# No ExecReload');
    expect(out).not.toContain('hunter2');
  });

  test('a broken configuration gets no unit', async () => {
    await using place = new Place();
    place.write('broken.conf', '[supervisord]\nminfds=many\n');
    const { code, out, err } = await print(place, '-c', 'broken.conf', 'systemd-unit');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('minfds = "many": not a whole number');
  });

  test('refuses arguments that it does not know', async () => {
    await using place = new Place();
    const { code, err } = await print(place, 'systemd-unit', '--system');
    expect(code).toBe(2);
    expect(err).toContain('systemd-unit accepts --user, and not --system');
  });
});
