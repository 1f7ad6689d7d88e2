import { defineOptions } from '../../core/index.ts';
import type { Plugin, Schema } from '../../core/index.ts';
import { programOptions as autorestartOptions } from '../../plugins/policy/autorestart/options.ts';
import { programOptions as loggingOptions } from '../../plugins/output/logging/options.ts';
import type { BuiltIn, Created } from '../../plugins/catalogue.ts';
import { defineConfig } from '../../plugins/define-config.ts';
import type {
  groupOptions,
  programOptions,
  supervisorctlOptions,
  supervisordOptions,
} from '../../plugins/config/index.ts';
import { boolean, stringList } from '../../plugins/config/option-types/index.ts';
import type { Config } from '../../plugins/config/index.ts';
import { standardPlugins } from '../../plugins/standard.ts';
import type { LONGER } from '../support/catalogue/index.ts';

/** What compiles in a `tsv.config.ts`, and what must not. Checked by `tsc`; nothing here runs. */

class Restarts implements Plugin {
  readonly name = 'autorestart';
  readonly sections = { program: autorestartOptions };
  apply(): void {}
}

class Logs implements Plugin {
  readonly name = 'logging';
  readonly sections = { program: loggingOptions };
  apply(): void {}
}

const notifyOptions = defineOptions({
  urls: { schema: stringList, default: [], required: true, change: 'live', description: 'Whom to tell.' },
});

class Notifies implements Plugin {
  readonly name = 'notify';
  readonly sections = {
    notify: notifyOptions,
    program: defineOptions({ quiet: { schema: boolean, default: false, change: 'live', description: 'Tell nobody.' } }),
  };
  apply(): void {}
}

class Silent implements Plugin {
  readonly name = 'silent';
  apply(): void {}
}

// Every option of every plugin that ships, natively and as text.
defineConfig({
  supervisord: {
    logfile: '/var/log/tsvd.log',
    loglevel: 'debug',
    nodaemon: true,
    environment: { LANG: 'C', PORT: 8080 },
    umask: 0o22,
  },
  unix_http_server: { file: '/run/tsvd.sock', chmod: '0770', chown: 'root:adm' },
  inet_http_server: [{ port: 9001 }, { port: '127.0.0.1:9002', username: 'a', password: 'b' }],
  programs: {
    web: {
      command: ['node', 'server.js'],
      autostart: true,
      autorestart: 'unexpected',
      exitcodes: [0, 2],
      stopsignal: 'SIGINT',
      stdout_logfile: 'AUTO',
      stdout_logfile_maxbytes: '50MB',
      priority: 10,
      user: 1000,
      environment: 'A="b"',
    },
    worker: {
      command: 'celery',
      numprocs: '%(ENV_WORKERS)s',
      autostart: 'yes',
      stopsignal: 'term',
      startsecs: '5',
      stderr_logfile_maxbytes: 0,
    },
  },
  groups: { site: { programs: ['web', 'worker'], priority: 1 } },
  eventlisteners: { mail: { command: 'mail', events: ['PROCESS_STATE', 'tick_60'], buffer_size: 100 } },
  fcgi_programs: { php: { command: 'php', socket: 'unix:///run/php.sock', socket_mode: '0700' } },
  rpcinterfaces: {
    supervisor: { 'supervisor.rpcinterface_factory': 'supervisor.rpcinterface:make_main_rpcinterface' },
  },
  'inet_http_server:public': { port: '*:9003' },
  include: 'conf.d/*.conf',
  $schema: './node_modules/tsvisor/dist/schema.json',
});

// @ts-expect-error neither true nor false
defineConfig({ programs: { web: { command: 'node', autostart: 'perhaps' } } });

// @ts-expect-error a number, or a text that is one
defineConfig({ programs: { web: { command: 'node', startsecs: 'soon' } } });

// @ts-expect-error no signal of that name
defineConfig({ programs: { web: { command: 'node', stopsignal: 'SIGFOO' } } });

// @ts-expect-error no policy of that name
defineConfig({ programs: { web: { command: 'node', autorestart: 'sometimes' } } });

// @ts-expect-error no unit of that name
defineConfig({ programs: { web: { command: 'node', stdout_logfile_maxbytes: '50 megabytes' } } });

// @ts-expect-error a misspelled option
defineConfig({ programs: { web: { command: 'node', autostrat: true } } });

// @ts-expect-error a program without a command
defineConfig({ programs: { web: { autostart: true } } });

// @ts-expect-error a group without programs
defineConfig({ groups: { site: { priority: 1 } } });

// @ts-expect-error a misspelled section
defineConfig({ program: {} });

// @ts-expect-error a named server without a port
defineConfig({ 'inet_http_server:public': { username: 'a' } });

// @ts-expect-error no level of that name
defineConfig({ supervisord: { loglevel: 'shout' } });

// @ts-expect-error a socket without a path
defineConfig({ unix_http_server: { chmod: '0700' } });

// @ts-expect-error a listener without events
defineConfig({ eventlisteners: { mail: { command: 'mail' } } });

// Only the options of the listed plugins.
defineConfig({
  plugins: [new Restarts(), new Notifies(), new Silent()],
  programs: { web: { command: 'node', autorestart: true, quiet: true } },
  notify: { urls: ['https://example.org'] },
});

// All that ship, and one more: the options of both.
defineConfig({
  plugins: [...(await standardPlugins()), new Silent()],
  programs: { web: { command: 'node', autorestart: true, stdout_logfile: 'AUTO' } },
  eventlisteners: { mail: { command: 'mail', events: ['TICK_5'], autorestart: true } },
  unix_http_server: { file: '/run/tsvd.sock' },
});

const allAndMore = [...(await standardPlugins()), new Silent()] as const;
// @ts-expect-error an option that none of them has
defineConfig({ plugins: allAndMore, programs: { web: { command: 'x', quiet: true } } });

// @ts-expect-error logging is not enabled
defineConfig({ plugins: [new Restarts()], programs: { web: { command: 'node', stdout_logfile: 'AUTO' } } });

// @ts-expect-error http is not enabled
defineConfig({ plugins: [new Logs()], unix_http_server: { file: '/run/tsvd.sock' } });

// @ts-expect-error no plugin at all
defineConfig({ plugins: [], programs: { web: { command: 'node', autorestart: true } } });

// @ts-expect-error eventlistener is not enabled
defineConfig({ plugins: [new Logs()], eventlisteners: {} });

// @ts-expect-error a wrong type in a section that a plugin brings
defineConfig({ plugins: [new Notifies()], notify: { urls: 5 } });

// @ts-expect-error an option that a plugin requires
defineConfig({ plugins: [new Notifies()], notify: {} });

// The kinds of sections, each with one of its options given wrongly.

// @ts-expect-error a mask is octal text or a number
defineConfig({ supervisord: { umask: 'rw-r--r--' } });

// @ts-expect-error variables are texts or numbers
defineConfig({ programs: { web: { command: 'node', environment: { A: true } } } });

// @ts-expect-error exit codes are numbers
defineConfig({ programs: { web: { command: 'node', exitcodes: [true] } } });

// @ts-expect-error names of programs
defineConfig({ groups: { site: { programs: [1] } } });

// @ts-expect-error no event of that name
defineConfig({ eventlisteners: { mail: { command: 'mail', events: ['PROCESS_STAT'] } } });

// @ts-expect-error a socket is unix:// or tcp://
defineConfig({ fcgi_programs: { php: { command: 'php', socket: '/run/php.sock' } } });

// @ts-expect-error an option of an inet server
defineConfig({ unix_http_server: { file: '/run/tsvd.sock', port: 9001 } });

// @ts-expect-error an option that the client does not have
defineConfig({ supervisorctl: { timeout: 5 } });

// @ts-expect-error options of an interface are texts
defineConfig({ rpcinterfaces: { supervisor: { retries: 3 } } });

// @ts-expect-error a misspelled option of a plugin of one's own
defineConfig({ plugins: [new Notifies()], notify: { urls: [], url: 'https://example.org' } });

// A plugin that is added to the catalogue has its options known where no plugins are listed.
type Longer = Config<readonly Created<(typeof LONGER)[number]>[]>;
void ({ greeter: { mood: 'sad' }, programs: { web: { command: 'x', autorestart: true } } } satisfies Longer);
// @ts-expect-error no mood of that name
void ({ greeter: { mood: 'odd' } } satisfies Longer);
// @ts-expect-error no plugin of the catalogue has it
defineConfig({ greeter: { mood: 'sad' } });

/** Options that accept anything at all: there must be none, in no table. */
type Loose<Table> = Table extends unknown
  ? {
      [Name in keyof Table]: Table[Name] extends { readonly schema: Schema<infer Input> } ? Unknown<Input, Name> : Name;
    }[keyof Table]
  : never;
type Unknown<Input, Name> = unknown extends Input ? Name : never;
type SectionsIn<One> = One extends { readonly sections: infer Sections } ? Sections : never;
type TablesIn<Sections> = Sections extends unknown ? Sections[keyof Sections] : never;
type CoreTable = typeof programOptions | typeof groupOptions | typeof supervisordOptions | typeof supervisorctlOptions;
const isPrecise: [Loose<CoreTable | TablesIn<SectionsIn<BuiltIn>>>] extends [never] ? true : false = true;
void isPrecise;

// The check itself finds what is loose.
const loose = defineOptions({ any: { schema: anything(), default: 1, change: 'live', description: 'Anything.' } });
const found: Loose<typeof loose> = 'any';
void found;

declare function anything(): Schema;
