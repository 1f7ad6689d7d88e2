import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Pty } from '../../support/pty.ts';
import { Place } from '../../support/tsvd.ts';
import { until } from '../../support/wait.ts';

// What a program printed reaches the reader byte for byte; XML alone could not carry it.

const tsvctl = fileURLToPath(new URL('../../../dist/tsvctl', import.meta.url));
const OUTPUT = Buffer.from('\u001b[32mgreen\u001b[0m \u0000\u0007\u0080 \xff\xfe\n', 'latin1');

test('tail: the bytes for a pipe, the colours for a terminal', async () => {
  await using place = new Place();
  const octal = [...OUTPUT].map((byte) => `\\0${byte.toString(8)}`).join('');
  place.write('print.sh', `#!/bin/sh\nprintf '%b' '${octal}'\nexec sleep 1000\n`, 0o755);
  place.conf(`[program:p]\ncommand=${place.path('print.sh')}\nstartsecs=0\nstdout_logfile=${place.path('out')}\n`);
  await place.start();
  await until('the output', () => place.read('out').includes('\n'));
  const piped = spawnSync(tsvctl, ['-s', `unix://${place.socket}`, 'tail', 'p']);
  expect(piped.stdout).toEqual(Buffer.concat([OUTPUT, Buffer.from('\n')]));
  for (const command of ['tail', 'logs']) {
    await using person = new Pty([tsvctl, '-s', `unix://${place.socket}`, command, 'p']);
    await person.ended;
    expect(person.output).toContain('\u001b[32mgreen\u001b[0m \\u0000\\u0007\ufffd \ufffd\ufffd\r\n');
  }
});
