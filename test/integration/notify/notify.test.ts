import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { expect, test } from 'vitest';
import { Place, runCommand } from '../../support/tsvd.ts';
import { until } from '../../support/wait.ts';

/** A receiver of webhooks on this machine. `answer`: a status, or nothing for one that hangs. */
async function receiver(answer: () => number | undefined = () => 200) {
  const bodies: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(JSON.parse(Buffer.concat(chunks).toString()));
      const status = answer();
      if (status !== undefined) response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/T0/SECRET`,
    bodies,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const newsOf = (bodies: readonly Record<string, unknown>[]) => bodies.flatMap(({ news }) => news as News[]);

interface News {
  readonly kind: string;
  readonly program?: string;
  readonly ends?: number;
}

test('a crash loop of 1,000 exits is one message with the right count, and the daemon is not disturbed', async () => {
  await using hook = await receiver();
  await using place = new Place();
  // Started again at once: 1,000 ends come about in seconds.
  place.write(
    'tsv.config.mjs',
    `import { writeFileSync } from 'node:fs';
let ends = 0;
const again = {
  name: 'again',
  apply: ({ hooks }) => hooks.exit.tap({ name: 'again', stage: -10 }, () =>
    (ends += 1) < 1000 ? { kind: 'restart', delayMs: 0 } : leave()),
};
const leave = () => {
  writeFileSync(${JSON.stringify(place.path('last'))}, 'yes');
  return { kind: 'leave' };
};
const { standardPlugins } = await import(${JSON.stringify(new URL('../../../dist/plugins/index.js', import.meta.url).href)});
export default {
  plugins: [...(await standardPlugins()), again],
  supervisord: { logfile: ${JSON.stringify(place.path('log'))}, pidfile: ${JSON.stringify(place.path('pid'))}, childlogdir: ${JSON.stringify(place.folder)} },
  unix_http_server: { file: ${JSON.stringify(place.socket)} },
  notify: { webhook: ${JSON.stringify(hook.url)}, events: ['flapping'], gathersecs: 300 },
  programs: {
    loop: { command: '/bin/false', startsecs: 0, stdout_logfile: 'NONE', stderr_logfile: 'NONE' },
    calm: { command: 'sleep 1000' },
  },
};`,
  );
  await place.start(['-n', '-c', place.path('tsv.config.mjs')]);
  await until('1,000 ends', () => place.read('last') !== '', 100_000);
  await place.status('loop', 'EXITED');
  const { out } = await place.ctl('status', 'calm');
  expect(out).toContain('RUNNING');
  // The end of the daemon does not wait for more.
  await place.ctl('shutdown');
  await until('the message', () => hook.bodies.length > 0);
  expect(hook.bodies).toHaveLength(1);
  expect(newsOf(hook.bodies)).toMatchObject([{ kind: 'flapping', program: 'loop', ends: 1000 }]);
}, 120_000);

test('a receiver that answers 500 gets the message when it is well again, and its address is in no log', async () => {
  let status = 500;
  await using hook = await receiver(() => status);
  await using place = new Place();
  place.conf(
    `[notify]\nwebhook=${hook.url}\nevents=fatal\ngathersecs=1\n[program:ghost]\ncommand=/no/such/program\nstartretries=0`,
  );
  await place.start();
  await until('the first try', () => hook.bodies.length > 0);
  status = 200;
  await until('the second try', () => hook.bodies.length > 1);
  expect(newsOf(hook.bodies.slice(1))).toMatchObject([{ kind: 'fatal', program: 'ghost' }]);
  await until('the log', () => place.read('log').includes('takes messages again'));
  expect(place.read('log')).toContain('cannot be reached, trying again: it answered 500');
  expect(place.read('log')).not.toContain('SECRET');
});

test('a receiver that hangs holds up neither the daemon nor its end', async () => {
  await using hook = await receiver(() => undefined);
  await using place = new Place();
  place.conf(`[notify]\nwebhook=${hook.url}\nevents=daemon_started\ngathersecs=1\n[program:web]\ncommand=sleep 1000`);
  const daemon = await place.start();
  await until('the try', () => hook.bodies.length > 0);
  await place.status('web', 'RUNNING');
  expect((await place.ctl('restart', 'web')).out).toContain('web: started');
  await place.ctl('shutdown');
  expect((await daemon.ended).code).toBe(0);
});

test('a command is run for each message, with the message as its stdin', async () => {
  await using place = new Place();
  place.write(
    'told.sh',
    `#!/bin/sh\necho "$TSV_NOTIFY_TEXT" > ${place.path('text')}\ncat > ${place.path('json')}.new\nmv ${place.path('json')}.new ${place.path('json')}\n`,
    0o755,
  );
  place.conf(
    `[notify]\ncommand=${place.path('told.sh')}\nevents=fatal\ngathersecs=1\n[program:ghost]\ncommand=/no/such/program\nstartretries=0`,
  );
  await place.start();
  await until('the message', () => place.read('json') !== '');
  expect(JSON.parse(place.read('json'))).toMatchObject({ news: [{ kind: 'fatal', program: 'ghost' }] });
  expect(place.read('text')).toContain("ghost is FATAL and is not started again: can't find command");
});

test('a mail reaches a real mail server, and its password is in no log', async () => {
  const mails: string[] = [];
  const server = new SMTPServer({
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      done(username === 'me' && password === 'SECRET' ? null : new Error('no'), { user: 'me' }),
    onData: (stream, _session, done) => {
      let mail = '';
      stream.on('data', (chunk: Buffer) => (mail += chunk.toString()));
      stream.on('end', () => {
        mails.push(mail);
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  await using place = new Place();
  place.conf(
    `[notify]\nmail_to=ops@example.org\nmail_from=tsvd@example.org\nsmtp=smtp://me:SECRET@127.0.0.1:${port}\nevents=fatal\ngathersecs=1\n[program:ghost]\ncommand=/no/such/program\nstartretries=0`,
  );
  await place.start();
  await until('the mail', () => mails.length > 0);
  expect(mails[0]).toMatch(/^From: tsvd@example\.org\r?\n/im);
  expect(mails[0]).toContain('ghost is FATAL');
  expect(place.read('log')).not.toContain('SECRET');
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

test('a mail goes through sendmail where no server is named', async () => {
  await using place = new Place();
  place.write(
    'sendmail',
    `#!/bin/sh\necho "$@" > ${place.path('words')}\ncat > ${place.path('mail')}.new\nmv ${place.path('mail')}.new ${place.path('mail')}\n`,
    0o755,
  );
  place.conf(
    `[notify]\nmail_to=ops@example.org\nsendmail=${place.path('sendmail')}\nevents=fatal\ngathersecs=1\n[program:ghost]\ncommand=/no/such/program\nstartretries=0`,
  );
  await place.start();
  await until('the mail', () => place.read('mail') !== '');
  expect(place.read('words')).toBe('-t -i\n');
  expect(place.read('mail')).toContain('To: ops@example.org\n');
});

test('a section that is wrong is refused with its place, and the secret in it is not shown', async () => {
  await using place = new Place();
  place.conf('[notify]\nwebhook=ftp://SECRET\nevents=fatal,flaping\ngathersecs=0');
  const { err, code } = await runCommand(new URL('../../../dist/tsvd', import.meta.url).pathname, [
    '--check',
    '-c',
    place.path('supervisord.conf'),
  ]);
  expect(code).toBe(2);
  expect(err).toContain('[notify] events = "fatal,flaping": flaping is none of them; allowed: fatal, flapping,');
  expect(err).toContain('[notify] webhook');
  expect(err).toContain('gathersecs = "0"');
  expect(err).not.toContain('SECRET');
});
