import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'tsvisor';

const here = import.meta.dirname;
const run = join(here, 'run');
mkdirSync(run, { recursive: true });

/** Each program's output in a file of its own, rotated at 1 MB, three old ones kept. */
const logged = (name: string) =>
  ({
    redirect_stderr: true,
    stdout_logfile: join(run, `${name}.log`),
    stdout_logfile_maxbytes: '1MB',
    stdout_logfile_backups: 3,
  }) as const;

export default defineConfig({
  supervisord: { nodaemon: true, logfile: join(run, 'tsvd.log'), pidfile: join(run, 'tsvd.pid') },
  unix_http_server: { file: join(run, 'tsvd.sock') },
  // The page: http://127.0.0.1:9001. Everybody on this machine may use it; give it a username and password elsewhere.
  inet_http_server: { port: '127.0.0.1:9001' },
  programs: {
    // A web server: curl http://127.0.0.1:8080
    web: { command: `node ${join(here, 'web.mjs')}`, environment: { PORT: '8080' }, ...logged('web') },
    // A worker that crashes now and then, and comes back.
    worker: { command: `node ${join(here, 'worker.mjs')}`, autorestart: 'unexpected', ...logged('worker') },
    // A program that cannot start: FATAL after three retries, with the reason in its status.
    broken: { command: '/no/such/program --at-all', startretries: 3, ...logged('broken') },
  },
});
