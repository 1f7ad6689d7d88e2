import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Place, runCommand } from '../../support/tsvd.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** An installation in which koffi, and with it the system calls, cannot be loaded. */
function installWithoutKoffi(place: Place): string {
  const home = place.path('installation');
  mkdirSync(join(home, 'node_modules'), { recursive: true });
  cpSync(join(root, 'package.json'), join(home, 'package.json'));
  cpSync(join(root, 'dist'), join(home, 'dist'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (!/koffi/.test(name)) symlinkSync(join(root, 'node_modules', name), join(home, 'node_modules', name));
  }
  return join(home, 'dist/tsvd');
}

test('without the system calls tsvd runs programs, says what is off, and checks what it can', async () => {
  await using place = new Place();
  const tsvd = installWithoutKoffi(place);
  const file = place.conf('[program:web]\ncommand=sleep 1000\nstartsecs=0\n');
  const bad = place.write('bad.conf', '[supervisord]\n[program:web]\ncommand=/no/such/program\n');
  const check = await runCommand(tsvd, ['--check', '--host', '-c', bad], { cwd: dirname(bad) });
  expect(check).toMatchObject({ code: 2, out: expect.stringContaining('1 error') });
  expect(check.err).toContain("can't find command '/no/such/program'");
  const instead = place.write('instead.sh', `#!/bin/sh\nshift\nexec ${tsvd} "$@"\n`, 0o755);
  await place.start(['-n', '-c', file], {}, instead);
  await place.status('web', 'RUNNING');
  expect(place.read('log')).toMatch(/WARN system calls are not available \(.*koffi.*\): .*reduced-mode\.md/);
});
