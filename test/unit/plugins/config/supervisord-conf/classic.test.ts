import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import type { Resolved } from '../../../../../plugins/config/index.ts';
import { readSupervisordConf } from '../../../../../plugins/config/read-supervisord-conf.ts';
import { errorsOf, processesOf, resolveDocument, resolveText, warningsOf } from '../resolving.ts';

/** A configuration as people write them, with most of what the format has, and what comes of it. */

const folder = join(import.meta.dirname, 'fixtures/classic');

async function classic(): Promise<Resolved> {
  const document = await readSupervisordConf(join(folder, 'supervisord.conf'), { env: {}, hostName: 'host' });
  return resolveDocument(document);
}

describe('the classic configuration', () => {
  test('has no errors, and warnings about what Supervisor ignores', async () => {
    const resolved = await classic();
    expect(errorsOf(resolved)).toEqual([]);
    expect(warningsOf(resolved)).toEqual([
      `${folder}/conf.d/other.conf:5: [program:other] restart: unknown option, ignored`,
      `${folder}/conf.d/other.conf:4: [program:other] stderr_logfile: ignored, because redirect_stderr is set`,
    ]);
    expect(resolved.included).toEqual([`${folder}/conf.d/other.conf`, `${folder}/conf.d/php.conf`]);
  });

  test('has its groups by priority and name, and the members of a group in the order of programs=', async () => {
    const { config } = await classic();
    expect(
      config.groups.map(({ name, kind, priority, processes }) => [
        name,
        kind,
        priority,
        processes.map((process) => process.name),
      ]),
    ).toEqual([
      ['mail', 'eventlistener', -1, ['mail']],
      ['site', 'group', 5, ['mi_app-09', 'mi_app-10', 'other']],
      ['php', 'fcgi', 999, ['php']],
    ]);
  });

  test('has everything expanded, for each process', async () => {
    const [first] = processesOf(await classic()).filter(({ name }) => name === 'mi_app-10');
    expect(first).toMatchObject({
      program: 'mi_app',
      // The program's own environment comes before the daemon's.
      command: '/usr/bin/python3 app.py\n--stage test\n--port 8010',
      directory: '/srv',
      environment: { STAGE: 'test', PATH_X: '/a,b' },
      stopsignal: 'SIGINT',
      stopasgroup: true,
      killasgroup: true,
      user: { name: 'www' },
      options: {
        autorestart: true,
        exitcodes: [0],
        stdout_logfile: { kind: 'none' },
        stderr_logfile: { kind: 'file', path: '/var/log/mi_app_10.err' },
        stderr_logfile_maxbytes: 50 * 1024 * 1024,
      },
    });
  });

  test('takes %(here)s from the file that an option stands in', async () => {
    const resolved = await classic();
    expect(processesOf(resolved).find(({ name }) => name === 'other')?.command).toBe(`${folder}/conf.d/run`);
    expect(resolved.config.sections['supervisord']).toMatchObject({
      childlogdir: folder,
      loglevel: 'warn',
      logfile_maxbytes: 10 * 1024 * 1024,
    });
  });

  test('has its servers, TCP first, and the address for children from the unix socket', async () => {
    const { config } = await classic();
    expect(config.serverurl).toBe('unix:///run/supervisor.sock');
    expect(config.sections['http']).toEqual({
      servers: [
        {
          type: 'inet',
          format: 'supervisord.conf',
          section: 'inet_http_server',
          host: '',
          port: 9001,
          username: 'admin',
          password: 'pa:ss%word',
        },
        expect.objectContaining({
          type: 'unix',
          file: '/run/supervisor.sock',
          chmod: 0o770,
          chown: expect.objectContaining({ user: 'www', group: 'adm' }),
        }),
      ],
    });
  });

  test('has options of groups with their plugins', async () => {
    const { config } = await classic();
    const options = Object.fromEntries(config.groups.map((group) => [group.name, group.options]));
    expect(options['mail']).toEqual({
      events: ['PROCESS_STATE', 'TICK_60'],
      buffer_size: 10,
      result_handler: 'supervisor.dispatchers:default_handler',
    });
    expect(options['php']).toMatchObject({
      socket: { kind: 'unix', path: '/run/php.sock' },
      socket_mode: 0o700,
      socket_owner: { user: 'www' },
    });
  });

  test('is frozen, all the way down', async () => {
    const { config } = await classic();
    expect(Object.isFrozen(config.groups[1]?.processes[0]?.environment)).toBe(true);
    expect(Object.isFrozen(config.sections['http'])).toBe(true);
  });
});

test('numprocs=0 makes a group without processes, whatever their names would be made of', () => {
  const text =
    '[supervisord]\n[program:a]\ncommand=x %(process_num)d of %(numprocs)d\nprocess_name=a_%(process_num)d\nnumprocs=0\n';
  const resolved = resolveText(text);
  expect(errorsOf(resolved)).toEqual([]);
  expect(resolved.config.groups).toMatchObject([{ name: 'a', processes: [] }]);
});
