import { dirname, isAbsolute } from 'node:path';

import type { ProcessConfig, SupervisorConfig } from '../../../core/index.ts';
import { serversOf } from '../../control/http/index.ts';
import type { Section } from '../index.ts';
import { background, deafWrapper, isRelativePath, shellSyntax } from './commands.ts';
import { listed } from './listed.ts';
import { isDevice, logsOf } from './logs.ts';

/**
 * Good practice, as Supervisor's users teach it to each other: what works, and will hurt one day. Every hint is a pure function of the
 * configuration and of what the machine answers about its files; it says what is odd, and what to write instead.
 */

/** What hints may ask of the machine. */
export interface Machine {
  readonly uid: number;
  /** Mode and owner of a file or folder; `undefined` where there is none to be seen. */
  look(path: string): { readonly mode: number; readonly uid: number } | undefined;
}

/** One program. */
export interface HintedProgram {
  readonly section: Section;
  /** The first of its processes: they differ in names and numbers. */
  readonly first: ProcessConfig;
  /** The words of the command; empty where it has none. */
  readonly words: readonly string[];
  /** Who else writes to a log file, in words; as many as can be told. */
  readonly sharers: (path: string) => readonly string[];
}

/** The configuration as a whole. */
export interface HintedConfig {
  readonly config: SupervisorConfig;
  readonly sections: readonly Section[];
}

export interface Hinted {
  readonly option?: string;
  /** Whose option it is, where that is not the program at hand. */
  readonly section?: Section | undefined;
  readonly message: string;
  readonly instead: string;
}

type Hints<Subject> = Readonly<Record<string, (subject: Subject, machine: Machine) => readonly Hinted[]>>;

export const PROGRAM_HINTS: Hints<HintedProgram> = {
  'shell-syntax': ({ words }) => {
    const word = shellSyntax(words);
    if (word === undefined) return [];
    const message = `no shell reads the command: ${JSON.stringify(word)} is passed on as it is`;
    return [{ option: 'command', message, instead: `sh -c "exec …", or %(ENV_NAME)s for a variable` }];
  },

  background: ({ words }) => {
    const found = background(words);
    if (found === undefined) return [];
    const message = `${found.what} puts the program into the background, where it cannot be watched or stopped`;
    return [{ option: 'command', message, instead: found.instead }];
  },

  'deaf-wrapper': ({ words, first }) => {
    const wrapper = first.stopasgroup || first.killasgroup ? undefined : deafWrapper(words);
    if (wrapper === undefined) return [];
    const message = `a stop reaches ${wrapper} alone, and what it has started may live on`;
    const exec = wrapper.endsWith('-c') ? ', or exec in front of the last command' : '';
    return [{ option: 'command', message, instead: `stopasgroup=true${exec}` }];
  },

  'relative-command': ({ words: [command = ''], first: { directory } }) => {
    // It is looked for in `directory`. Of a variable, which no shell reads, another hint tells.
    if (!isRelativePath(command) || command.includes('$') || isAbsolute(directory ?? '')) return [];
    const message = `${JSON.stringify(command)} is looked for from wherever the daemon was started`;
    return [{ option: 'command', message, instead: `an absolute path, or %(here)s/${command.replace(/^\.\//, '')}` }];
  },

  'relative-directory': ({ first: { directory } }) =>
    directory === undefined || /^[/~]/.test(directory) ? [] : [relative('directory', directory)],

  'relative-log': ({ first }) =>
    logsOf(first).flatMap(({ stream, path }) => (/^[/~]/.test(path) ? [] : [relative(`${stream}_logfile`, path)])),

  'unbounded-log': ({ first }) =>
    logsOf(first).flatMap(({ stream, path, maxbytes }) => {
      if (maxbytes !== 0 || isDevice(path)) return [];
      const message = `${path} grows until the disk is full, unless something else rotates it`;
      return [{ option: `${stream}_logfile_maxbytes`, message, instead: `${stream}_logfile_maxbytes=50MB` }];
    }),

  'log-without-backups': ({ first }) =>
    logsOf(first).flatMap(({ stream, path, maxbytes, backups }) => {
      if (maxbytes === 0 || backups !== 0 || isDevice(path)) return [];
      const message = 'without backups the log is emptied whenever it is full, the last lines included';
      return [{ option: `${stream}_logfile_backups`, message, instead: `${stream}_logfile_backups=1 or more` }];
    }),

  'rotated-device': ({ first }) =>
    logsOf(first).flatMap(({ stream, path, maxbytes }) => {
      // Of /dev/null nothing is ever rotated.
      if (maxbytes === 0 || !isDevice(path) || path === '/dev/null') return [];
      const message = `${path} is no file that could be rotated; Supervisor refuses this`;
      return [{ option: `${stream}_logfile`, message, instead: `${stream}_logfile_maxbytes=0 beside it` }];
    }),

  'shared-log': ({ first, sharers }) =>
    logsOf(first).flatMap(({ stream, path, maxbytes }) => {
      const others = isDevice(path) || maxbytes === 0 ? [] : sharers(path);
      if (others.length === 0) return [];
      const message = `written by ${listed(others)} as well: lines mix, and under Supervisor a rotation by one loses what the others write`;
      return [{ option: `${stream}_logfile`, message, instead: 'a file for each: %(program_name)s, %(process_num)s' }];
    }),

  'open-log-folder': ({ first }, machine) =>
    logsOf(first).flatMap(({ stream, path }) => {
      const folder = path.slice(0, path.lastIndexOf('/')) || '/';
      const { mode = 0 } = isDevice(path) ? {} : (machine.look(folder) ?? {});
      // The sticky bit keeps others from replacing what is not theirs.
      if ((mode & 0o1002) !== 0o002) return [];
      const message = `everybody may write into ${folder}, and put a link in the place of the log`;
      return [{ option: `${stream}_logfile`, message, instead: `chmod 755 ${folder}` }];
    }),

  'endless-restart': ({ first: { startsecs, options } }) => {
    if (startsecs !== 0 || options['autorestart'] !== true) return [];
    const message = 'with startsecs=0 every start is a success: a program that ends at once is started again for ever';
    return [{ option: 'autorestart', message, instead: 'startsecs=1, or autorestart=unexpected' }];
  },

  'stop-by-kill': ({ first: { stopsignal } }) => {
    if (stopsignal !== 'SIGKILL') return [];
    const message = 'the program has no chance to finish what it is at, and what it has started lives on';
    return [{ option: 'stopsignal', message, instead: 'stopsignal=TERM; after stopwaitsecs it is killed anyway' }];
  },
};

export const CONFIG_HINTS: Hints<HintedConfig> = {
  'programs-as-root': ({ config, sections }, { uid }) => {
    if (uid !== 0 || config.sections['supervisord']?.['user'] !== undefined) return [];
    const processes = config.groups.flatMap((group) => group.processes);
    const roots = processes.filter(({ user }) => user === undefined);
    const programs = [...new Set(roots.map(({ program }) => program))];
    // Where nobody has a user that is meant, as in a container, and the daemon says so at its start.
    if (programs.length === 0 || roots.length === processes.length) return [];
    const verb = programs.length === 1 ? 'runs' : 'run';
    const section = sections.find(({ title }) => title === 'supervisord');
    return [
      {
        section,
        message: `${listed(programs)} ${verb} as root, others do not`,
        instead: 'user=NAME in each program, or here',
      },
    ];
  },

  'relative-daemon-file': ({ sections }) =>
    sections
      .filter(({ title }) => title === 'supervisord')
      .flatMap((section) =>
        ['logfile', 'pidfile', 'childlogdir'].flatMap((option) => {
          const path = section.options.get(option)?.value;
          const isFile =
            typeof path === 'string' && path !== '' && !/^(?:[/~%]|syslog$|auto$|none$)/i.test(path.trim());
          return isFile ? [{ ...relative(option, path), section }] : [];
        }),
      ),

  'missing-socket-folder': ({ config, sections }, machine) =>
    config.groups.flatMap(({ kind, name, options: { socket } }) => {
      if (kind !== 'fcgi' || !isUnixSocket(socket)) return [];
      const folder = dirname(socket.path);
      if (machine.look(folder) !== undefined) return [];
      const message = `there is no ${folder}, and without it no process of ${name} starts`;
      const section = sections.find((one) => one.kind === 'fcgi-program' && one.name?.trim() === name);
      return [{ section, option: 'socket', message, instead: `mkdir ${folder}` }];
    }),

  'open-socket': ({ config, sections }) =>
    serversOf(config.sections).flatMap((server) => {
      if (server.type !== 'unix' || (server.chmod & 0o002) === 0 || isGuarded(server)) return [];
      const message = 'every user of this machine may start programs and stop them';
      return [
        { ...at(sections, server.section), option: 'chmod', message, instead: 'chmod=0770 and chown=USER:GROUP' },
      ];
    }),

  'open-port': ({ config, sections }) =>
    serversOf(config.sections).flatMap((server) => {
      if (server.type !== 'inet' || !['', '0.0.0.0', '::', '*'].includes(server.host)) return [];
      const how = isGuarded(server) ? 'with a password that travels in clear text' : 'without a password';
      const message = `listens on all addresses, ${how}`;
      return [
        {
          ...at(sections, server.section),
          option: 'port',
          message,
          instead: `127.0.0.1:${server.port}, and a proxy with TLS`,
        },
      ];
    }),

  'readable-password': ({ sections }, machine) => {
    const told = new Set<string>();
    return sections.flatMap((section) => {
      const { at: place } = section.options.get('password') ?? {};
      if (place === undefined || told.has(place.file)) return [];
      told.add(place.file);
      const { mode = 0 } = machine.look(place.file) ?? {};
      if ((mode & 0o004) === 0) return [];
      const message = 'every user of this machine can read the password in this file';
      return [{ section, option: 'password', message, instead: `chmod 640 ${place.file}` }];
    });
  },
};

function isUnixSocket(socket: unknown): socket is { readonly path: string } {
  return typeof socket === 'object' && socket !== null && 'path' in socket && typeof socket.path === 'string';
}

function isGuarded({ password }: { readonly password: string | undefined }): boolean {
  return password !== undefined && password !== '';
}

function at(sections: readonly Section[], title: string): { readonly section: Section | undefined } {
  return { section: sections.find((section) => section.title === title) };
}

function relative(option: string, path: string): Hinted {
  const message = `${JSON.stringify(path)} is relative to wherever the daemon was started`;
  return { option, message, instead: `an absolute path, or %(here)s/${path.replace(/^\.\//, '')}` };
}
