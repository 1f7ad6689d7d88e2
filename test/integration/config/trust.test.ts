import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { secondUsers } from '../../support/second-user.ts';
import { Place, runCommand } from '../../support/tsvd.ts';
import { until } from '../../support/wait.ts';

const users = secondUsers();
const tsvd = new URL('../../../dist/tsvd', import.meta.url).pathname;
const tsvctl = new URL('../../../dist/tsvctl', import.meta.url).pathname;

/** A native configuration, with a line of code before it. It leaves a trace when it runs. */
const config = (code: string) => `${code}\nexport default { programs: { web: { command: 'sleep 1' } } };\n`;
const trace = (place: Place) =>
  `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(place.path('ran'))}, '');\n`;
const CONF = '[supervisord]\n[program:web]\ncommand=sleep 1\n';

interface Attack {
  /** What the error names, as a part of its text. */
  readonly says: string;
  /** Prepares the folder; the path of the configuration. The other user owns what he is given. */
  prepare(place: Place, user: { readonly uid: number; readonly gid: number }): string;
}

function given(path: string, { uid, gid }: { readonly uid: number; readonly gid: number }): string {
  chownSync(path, uid, gid);
  return path;
}

function withMode(path: string, mode: number): string {
  chmodSync(path, mode);
  return path;
}

const ATTACKS: Readonly<Record<string, Attack>> = {
  'a supervisord.conf of another user': {
    says: 'belongs to user',
    prepare: (place, user) => given(place.write('s.conf', CONF), user),
  },
  'a supervisord.conf that everybody can write': {
    says: 'can be written by everybody',
    prepare: (place) => withMode(place.write('s.conf', CONF), 0o646),
  },
  'a supervisord.conf in the folder of another user': {
    says: 'is reached through',
    prepare: (place, user) => {
      const file = place.write('theirs/s.conf', CONF);
      given(dirname(file), user);
      return file;
    },
  },
  'a supervisord.conf below a folder of another user': {
    says: 'is reached through',
    prepare: (place, user) => {
      const file = place.write('theirs/ours/s.conf', CONF);
      given(place.path('theirs'), user);
      return file;
    },
  },
  'a file that [include] names, of another user': {
    says: 'belongs to user',
    prepare: (place, user) => {
      given(place.write('conf.d/x.conf', '[program:x]\ncommand=sleep 1\n'), user);
      return place.write('s.conf', `${CONF}[include]\nfiles=conf.d/*.conf\n`);
    },
  },
  'a file that a native include names, of another user': {
    says: 'belongs to user',
    prepare: (place, user) => {
      given(place.write('conf.d/x.conf', '[program:x]\ncommand=sleep 1\n'), user);
      return place.write('tsv.config.json', '{"include":"conf.d/*.conf"}');
    },
  },
  'a native file that a native include names, that everybody can write': {
    says: 'can be written by everybody',
    prepare: (place) => {
      withMode(place.write('conf.d/x.mjs', trace(place) + config('')), 0o646);
      return place.write('tsv.config.json', '{"include":"conf.d/*.mjs"}');
    },
  },
  'a link that another user made, to a file of root': {
    says: 'is reached through',
    prepare: (place, user) => {
      place.write('ours.conf', CONF);
      mkdirSync(place.path('tmp'));
      chmodSync(place.path('tmp'), 0o1777);
      const made = spawnSync('ln', ['-s', place.path('ours.conf'), place.path('tmp/s.conf')], user);
      expect(made.status).toBe(0);
      return place.path('tmp/s.conf');
    },
  },
  'a link of root in the folder of another user': {
    says: 'is reached through',
    prepare: (place, user) => {
      mkdirSync(place.path('theirs'));
      symlinkSync(place.write('ours.conf', CONF), place.path('theirs/s.conf'));
      given(place.path('theirs'), user);
      return place.path('theirs/s.conf');
    },
  },
  'a link of root to a file in a folder that everybody can write': {
    says: 'is reached through',
    prepare: (place) => {
      const target = place.write('open/s.conf', CONF);
      withMode(dirname(target), 0o777);
      symlinkSync('open/s.conf', place.path('s.conf'));
      return place.path('s.conf');
    },
  },
  'a configuration of code that a group can write': {
    says: 'can be written by group',
    prepare: (place, { gid }) => {
      const file = place.write('tsv.config.ts', trace(place) + config(''));
      chownSync(file, 0, gid);
      return withMode(file, 0o664);
    },
  },
  'a configuration of code in a folder that a group can write': {
    says: 'can be written by group',
    prepare: (place, { gid }) => {
      const file = place.write('team/tsv.config.mjs', trace(place) + config(''));
      chownSync(dirname(file), 0, gid);
      withMode(dirname(file), 0o775);
      return file;
    },
  },
  'a configuration with a package.json of another user': {
    says: 'is read together with',
    prepare: (place, user) => {
      given(place.write('package.json', '{"type":"commonjs"}'), user);
      return place.write('tsv.config.mjs', trace(place) + config(''));
    },
  },
  'a configuration with a tsconfig.json that everybody can write': {
    says: 'is read together with',
    prepare: (place) => {
      withMode(place.write('tsconfig.json', '{}'), 0o666);
      return place.write('tsv.config.ts', trace(place) + config(''));
    },
  },
  ...Object.fromEntries(
    ['tsv.config.ts', 'tsv.config.mjs'].flatMap((name): [string, Attack][] => [
      [
        `${name} with a static import`,
        {
          says: 'lib.mjs belongs to user',
          prepare: (place, user) => {
            given(place.write('lib.mjs', trace(place) + 'export const a = 1;'), user);
            return place.write(name, config(`import { a } from './lib.mjs'; globalThis.a = a;`));
          },
        },
      ],
      [
        `${name} with a computed import`,
        {
          says: 'lib.mjs belongs to user',
          prepare: (place, user) => {
            given(place.write('lib.mjs', trace(place)), user);
            return place.write(name, config(`await import(['.', 'lib.mjs'].join('/'));`));
          },
        },
      ],
      [
        `${name} with a computed require`,
        {
          says: 'lib.cjs belongs to user',
          prepare: (place, user) => {
            const lib = `require('node:fs').writeFileSync(${JSON.stringify(place.path('ran'))}, '')`;
            given(place.write('lib.cjs', lib), user);
            return place.write(
              name,
              config(
                `import { createRequire } from 'node:module'; createRequire(import.meta.url)(['.', 'lib.cjs'].join('/'));`,
              ),
            );
          },
        },
      ],
      [
        `${name} with a package`,
        {
          says: 'inner.js belongs to user',
          prepare: (place, user) => {
            place.write('node_modules/tsv-p/package.json', '{"name":"tsv-p","type":"module","main":"index.js"}');
            place.write('node_modules/tsv-p/index.js', `import './inner.js';`);
            given(place.write('node_modules/tsv-p/inner.js', trace(place)), user);
            return place.write(name, config(`import 'tsv-p';`));
          },
        },
      ],
      [
        `${name} with a CommonJS package`,
        {
          says: 'inner.js belongs to user',
          prepare: (place, user) => {
            place.write('node_modules/tsv-p/package.json', '{"name":"tsv-p","main":"index.js"}');
            place.write('node_modules/tsv-p/index.js', `require('./inner.js');`);
            const inner = `require('node:fs').writeFileSync(${JSON.stringify(place.path('ran'))}, '')`;
            given(place.write('node_modules/tsv-p/inner.js', inner), user);
            return place.write(name, config(`import 'tsv-p';`));
          },
        },
      ],
      [
        `${name} with a package whose package.json everybody can write`,
        {
          says: 'is read together with',
          prepare: (place) => {
            const manifest = '{"name":"tsv-p","type":"module","main":"index.js"}';
            withMode(place.write('node_modules/tsv-p/package.json', manifest), 0o666);
            place.write('node_modules/tsv-p/index.js', trace(place));
            return place.write(name, config(`import 'tsv-p';`));
          },
        },
      ],
    ]),
  ),
};

describe.skipIf(users === undefined)('root does not run', () => {
  test.each(Object.entries(ATTACKS))('%s', async (_name, { says, prepare }) => {
    await using place = new Place();
    const [user] = users ?? [];
    const file = prepare(place, { uid: user?.uid ?? 0, gid: user?.gid ?? 0 });
    const { code, err } = await runCommand(tsvd, ['--check', '-c', file], { cwd: place.folder });
    expect(err).toContain(says);
    expect([code, existsSync(place.path('ran'))]).toEqual([2, false]);
  });

  test('a file that is not named as code, such as the log of a program, through a link of somebody else', async () => {
    await using place = new Place();
    const log = place.write('app.log', `require('node:fs').writeFileSync(${JSON.stringify(place.path('ran'))}, '')`);
    mkdirSync(place.path('theirs'));
    symlinkSync(log, place.path('theirs', 'x.js'));
    given(place.path('theirs'), { uid: users?.[0].uid ?? 0, gid: users?.[0].gid ?? 0 });
    const file = place.write(
      'tsv.config.mjs',
      config(
        `import { createRequire } from 'node:module'; createRequire(import.meta.url)(['./theirs', 'x.js'].join('/'));`,
      ),
    );
    const { code, err } = await runCommand(tsvd, ['--check', '-c', file], { cwd: place.folder });
    expect(err).toContain('app.log is not named as code');
    expect([code, existsSync(place.path('ran'))]).toEqual([2, false]);
  });

  test('what a plugin loads after the start', async () => {
    await using place = new Place();
    const [user] = users ?? [];
    const late = place.write('late.mjs', trace(place));
    place.write(
      'node_modules/tsv-late/index.js',
      `export const late = { name: 'late', apply: (supervisor) => {
         supervisor.events.on('supervisor:state', ({ to }) => {
           if (to === 'running') import(process.env.LATE).catch((error) => console.error('LATE', error.code));
         });
       } };`,
    );
    place.write('node_modules/tsv-late/package.json', '{"name":"tsv-late","type":"module","main":"index.js"}');
    given(late, { uid: user?.uid ?? 0, gid: user?.gid ?? 0 });
    const file = place.write(
      'tsv.config.ts',
      `import { standardPlugins } from 'tsvisor'; import { late } from 'tsv-late';
       export default { plugins: [...(await standardPlugins()), late], unix_http_server: { file: '${place.socket}' },
         supervisord: { logfile: '${place.path('log')}', pidfile: '${place.path('pid')}' } };`,
    );
    const daemon = await place.start(['-n', '-c', file], { LATE: late });
    await until('the refusal', () => daemon.err().includes('LATE TSV_CONFIG_UNTRUSTED'));
    expect(existsSync(place.path('ran'))).toBe(false);
  });
});

describe.skipIf(users === undefined)('root runs', () => {
  test('a supervisord.conf that a group can write, with a CRIT line', async () => {
    await using place = new Place();
    chownSync(place.conf(''), 0, users?.[0].gid ?? 0);
    chmodSync(place.path('supervisord.conf'), 0o664);
    await place.start();
    expect(place.read('log')).toMatch(
      / CRIT can be written by group \d+: everybody in that group can run commands as root/,
    );
  });

  test.each([0o1777, 0o755])('a file of its own in a folder of mode %o', async (mode) => {
    await using place = new Place();
    const file = place.write('in/tsv.config.mjs', config(''));
    chmodSync(dirname(file), mode);
    expect((await runCommand(tsvd, ['--check', '-c', file])).code).toBe(0);
  });

  test('what comes through a pipe of its own, whoever made it', async () => {
    const child = spawnSync('sh', ['-c', `printf '%s' "$CONF" | ${tsvd} --check -c /dev/stdin`], {
      env: { ...process.env, CONF },
    });
    expect([child.status, child.stderr.toString()]).toEqual([0, expect.not.stringContaining('Error')]);
  });
});

describe.skipIf(users === undefined)('another user', () => {
  const asUser = (place: Place, program: string, ...args: string[]) => {
    const { uid = 0, gid = 0 } = users?.[0] ?? {};
    const env = { PATH: process.env['PATH'], HOME: place.path('home') };
    const { status, stderr } = spawnSync(program, args, { cwd: place.path('p'), uid, gid, env });
    return [status, stderr.toString()] as const;
  };

  test('runs what somebody else wrote when it is named, and not when it is found', async () => {
    await using place = new Place();
    given(
      place.write('p/tsv.config.json', '{"unix_http_server":{"file":"/tmp/theirs.sock"}}'),
      users?.[1] ?? { uid: 0, gid: 0 },
    );
    chmodSync(place.path('p'), 0o755);
    expect(asUser(place, tsvd, '--check')).toEqual([2, expect.stringContaining('runs only when it is named')]);
    expect(asUser(place, tsvd, '--check', '-c', 'tsv.config.json')).toEqual([0, expect.not.stringContaining('Error')]);
    // The client passes over it, and names another address.
    const { stdout } = spawnSync(tsvctl, ['pid'], { cwd: place.path('p'), ...users?.[0] });
    expect(stdout.toString()).toMatch(/^(?!.*theirs).*(?:no such file|refused connection)/);
  });
});
