import { describe, expect, test } from 'vitest';

import { errorsOf, resolveNative, resolveText } from './resolving.ts';

/**
 * Broken inputs, and what is said about each: the whole text after the file's name. Every message says what is wrong, and where it can be
 * told what would be right.
 */

const S = '[supervisord]\n';
const P = `${S}[program:zap]\ncommand=/bin/true\n`;

const BOOLEANS = 'allowed: true, yes, on, 1, false, no, off, 0';

const BROKEN: readonly (readonly [what: string, text: string, ...errors: string[]])[] = [
  // The file as a whole.
  ['an empty file', '', 'there is no supervisord section; add a line [supervisord]'],
  ['no [supervisord]', '[program:a]\ncommand=x\n', 'there is no supervisord section; add a line [supervisord]'],
  ['an option before any section', 'a=1\n[supervisord]\n', '1: "a=1" is an option before the first [section]'],
  [
    'a line that is no option',
    `${S}not a key value line\n`,
    '2: "not a key value line" is neither a [section] nor an option = value',
  ],
  [
    'a template that was not filled in',
    `${S}{% if x %}\n`,
    '2: "{% if x %}" is neither a [section] nor an option = value',
  ],
  ['an option without a name', `${S}= x\n`, '2: "= x" is an option without a name'],
  [
    'several lines at once',
    `${S}one\ntwo\n`,
    '2: "one" is neither a [section] nor an option = value',
    '3: "two" is neither a [section] nor an option = value',
  ],

  // Programs.
  [
    'a program without a command',
    `${S}[program:zap]\nautostart=true\n`,
    '2: [program:zap] command: missing: The program and its arguments, split into words like in a shell, without substitution.',
  ],
  [
    'a NUL byte in a command',
    `${S}[program:zap]\ncommand=a\0b\n`,
    String.raw`3: [program:zap] command = "a\u0000b": contains a NUL byte; allowed: a text that is not empty, or an array of words`,
  ],
  [
    'a name with a colon',
    `${S}[program:a:b]\ncommand=x\n`,
    '2: [program:a:b] "a:b" is not a name: it contains ":"; blanks, colons and slashes are not possible',
  ],
  [
    'a name with a blank',
    `${S}[program:a b]\ncommand=x\n`,
    '2: [program:a b] "a b" is not a name: it contains " "; blanks, colons and slashes are not possible',
  ],
  [
    'several processes of one name',
    `${P}numprocs=2\n`,
    '2: [program:zap] process_name: has to contain %(process_num), because numprocs is 2; allowed: for example %(program_name)s_%(process_num)02d',
  ],
  [
    'a process name with a slash',
    `${P}process_name=a/b\n`,
    '4: [program:zap] process_name: "a/b" is not a name: it contains "/"; blanks, colons and slashes are not possible',
  ],
  [
    'numprocs that is no number',
    `${P}numprocs=many\n`,
    '4: [program:zap] numprocs = "many": not a whole number; allowed: a whole number of at least 0',
  ],
  [
    'more processes than there can be',
    `${P}numprocs=1000000000\nprocess_name=%(process_num)s\n`,
    '4: [program:zap] numprocs: 1000000000 processes are too many; allowed: at most 100000',
  ],
  ['a broken boolean', `${P}autostart=perhaps\n`, `4: [program:zap] autostart = "perhaps": not a boolean; ${BOOLEANS}`],
  [
    'a boolean with a typo',
    `${P}autostart=ture\n`,
    `4: [program:zap] autostart = "ture": not a boolean; ${BOOLEANS}; did you mean true?`,
  ],
  [
    'a broken restart policy',
    `${P}autorestart=unexpectd\n`,
    '4: [program:zap] autorestart = "unexpectd": not a restart policy; allowed: unexpected, true, yes, on, 1, false, no, off, 0; did you mean unexpected?',
  ],
  [
    'an exit code above 255',
    `${P}exitcodes=0,300\n`,
    '4: [program:zap] exitcodes = "0,300": not a list of exit codes; allowed: whole numbers from 0 to 255, separated by commas',
  ],
  [
    'an unknown signal',
    `${P}stopsignal=FOO\n`,
    '4: [program:zap] stopsignal = "FOO": not a signal; allowed: TERM, HUP, INT, QUIT, KILL, USR1, USR2, …',
  ],
  [
    'a signal with a typo',
    `${P}stopsignal=TREM\n`,
    '4: [program:zap] stopsignal = "TREM": not a signal; allowed: TERM, HUP, INT, QUIT, KILL, USR1, USR2, …; did you mean TERM?',
  ],
  [
    'a signal number that is none',
    `${P}stopsignal=99\n`,
    '4: [program:zap] stopsignal = "99": not a signal; allowed: TERM, HUP, INT, QUIT, KILL, USR1, USR2, …',
  ],
  [
    'stopasgroup without killasgroup',
    `${P}stopasgroup=true\nkillasgroup=false\n`,
    '5: [program:zap] killasgroup: cannot be false while stopasgroup is true',
  ],
  [
    'a umask that is not octal',
    `${P}umask=999\n`,
    '4: [program:zap] umask = "999": not an octal mode; allowed: octal digits such as 022 or 0700, at most 7777',
  ],
  [
    'seconds that are a word',
    `${P}startsecs=soon\n`,
    '4: [program:zap] startsecs = "soon": not a whole number; allowed: a whole number of at least 0',
  ],
  [
    'seconds with a fraction',
    `${P}stopwaitsecs=1.5\n`,
    '4: [program:zap] stopwaitsecs = "1.5": not a whole number; allowed: a whole number of at least 0',
  ],
  [
    'retries that are a word',
    `${P}startretries=x\n`,
    '4: [program:zap] startretries = "x": not a whole number; allowed: a whole number of at least 0',
  ],
  [
    'a priority that is a word',
    `${P}priority=high\n`,
    '4: [program:zap] priority = "high": not a whole number; allowed: a whole number',
  ],
  [
    'a size of an unknown unit',
    `${P}stdout_logfile_maxbytes=5TB\n`,
    '4: [program:zap] stdout_logfile_maxbytes = "5TB": not a size; allowed: a whole number of bytes, or one followed by KB, MB or GB',
  ],
  [
    'a size without a number',
    `${P}stderr_logfile_maxbytes=MB\n`,
    '4: [program:zap] stderr_logfile_maxbytes = "MB": not a size; allowed: a whole number of bytes, or one followed by KB, MB or GB',
  ],
  [
    'variables without a value',
    `${P}environment=A\n`,
    '4: [program:zap] environment: not a list of variables: variable 1, A, has no value; write A="…"; allowed: KEY="value",KEY2="value", or a record of texts',
  ],
  [
    'a quote that is not closed',
    `${P}environment=A="b\n`,
    String.raw`4: [program:zap] environment: not a list of variables: the quote in the value of A (variable 1) is never closed; in a supervisord.conf, " #" and " ;" begin a comment, within quotes too; allowed: KEY="value",KEY2="value", or a record of texts`,
  ],
  ['an empty user', `${P}user=\n`, '4: [program:zap] user = "": not a user; allowed: the name or number of a user'],
  [
    'two faults in one program',
    `${P}autostart=x\nstartsecs=y\n`,
    `4: [program:zap] autostart = "x": not a boolean; ${BOOLEANS}`,
    '5: [program:zap] startsecs = "y": not a whole number; allowed: a whole number of at least 0',
  ],

  // Expansions.
  [
    'a percent sign alone',
    `${P}directory=/tmp/100%\n`,
    '4: [program:zap] directory = "/tmp/100%": the text ends within an expansion; a percent sign itself is written %%',
  ],
  [
    'a percent sign before a letter',
    `${P}user=%USER%\n`,
    '4: [program:zap] user = "%USER%": "%U" is no expansion; a percent sign itself is written %%',
  ],
  [
    'an expansion that does not end',
    `${P}directory=%(here\n`,
    '4: [program:zap] directory = "%(here": a ")" is missing after "%("; a percent sign itself is written %%',
  ],
  [
    'a misspelled name',
    `${P}directory=%(program_nme)s\n`,
    '4: [program:zap] directory = "%(program_nme)s": %(program_nme)s cannot be expanded; allowed: group_name, here, host_node_name, numprocs, process_num, program_name, ENV_ and a variable of the environment; did you mean program_name?',
  ],
  [
    'a variable that is not set',
    `${P}directory=%(ENV_PRT)s\n`,
    '4: [program:zap] directory = "%(ENV_PRT)s": %(ENV_PRT)s cannot be expanded; allowed: group_name, here, host_node_name, numprocs, process_num, program_name, ENV_ and a variable of the environment; did you mean ENV_PORT?',
  ],
  [
    'a number format for a text',
    `${P}directory=%(program_name)d\n`,
    '4: [program:zap] directory = "%(program_name)d": "d" cannot format program_name; write %(program_name)s',
  ],
  [
    'the number of a process where there is none yet',
    `${P}numprocs=%(process_num)s\n`,
    '4: [program:zap] numprocs = "%(process_num)s": %(process_num)s cannot be expanded; allowed: group_name, here, host_node_name, program_name, ENV_ and a variable of the environment',
  ],

  // Groups.
  [
    'a group of unknown programs',
    `${S}[program:web]\ncommand=x\n[group:g]\nprograms=wbe\n`,
    '5: [group:g] programs: there is no program named "wbe"; did you mean web?',
  ],
  [
    'a group without programs',
    `${S}[group:g]\npriority=1\n`,
    '2: [group:g] programs: missing: Names of the programs in the group.',
  ],
  [
    'a group name with a slash',
    `${P}[group:g/h]\nprograms=zap\n`,
    '4: [group:g/h] "g/h" is not a name: it contains "/"; blanks, colons and slashes are not possible',
  ],
  [
    'a group member that is two things',
    `${P}[fcgi-program:zap]\ncommand=x\nsocket=tcp://a:1\n[group:g]\nprograms=zap\n`,
    '8: [group:g] programs: zap is ambiguous: there is a program and a fcgi-program of that name',
  ],

  // Listeners and FastCGI.
  [
    'a listener without events',
    `${S}[eventlistener:l]\ncommand=x\n`,
    '2: [eventlistener:l] events: missing: Event types to send to the listener.',
  ],
  [
    'an unknown event',
    `${S}[eventlistener:l]\ncommand=x\nevents=TICK_6\n`,
    expect.stringMatching(
      /^4: \[eventlistener:l] events = "TICK_6": unknown event type TICK_6; allowed: EVENT, .*; did you mean TICK_5\?$/,
    ),
  ],
  [
    'a listener whose stderr goes to stdout',
    `${S}[eventlistener:l]\ncommand=x\nevents=EVENT\nredirect_stderr=true\n`,
    '5: [eventlistener:l] redirect_stderr: not possible for an event listener: its stdout carries the listener protocol',
  ],
  [
    'a listener without a buffer',
    `${S}[eventlistener:l]\ncommand=x\nevents=EVENT\nbuffer_size=0\n`,
    '5: [eventlistener:l] buffer_size = "0": not a whole number of at least 1; allowed: a whole number of at least 1',
  ],
  [
    'a fcgi-program without a socket',
    `${S}[fcgi-program:f]\ncommand=x\n`,
    '2: [fcgi-program:f] socket: missing: The socket that the processes share.',
  ],
  [
    'a socket of an unknown kind',
    `${S}[fcgi-program:f]\ncommand=x\nsocket=http://a:1\n`,
    '4: [fcgi-program:f] socket = "http://a:1": not a socket; allowed: unix:///absolute/path or tcp://host:port',
  ],
  [
    'a relative socket',
    `${S}[fcgi-program:f]\ncommand=x\nsocket=unix://a.sock\n`,
    '4: [fcgi-program:f] socket = "unix://a.sock": the path of a unix socket has to be absolute; allowed: unix:///absolute/path or tcp://host:port',
  ],
  [
    'a mode for a tcp socket',
    `${S}[fcgi-program:f]\ncommand=x\nsocket=tcp://a:1\nsocket_mode=0700\n`,
    '5: [fcgi-program:f] socket_mode: only a unix socket has an owner and a mode; this one is tcp',
  ],
  [
    'a backlog out of range',
    `${S}[fcgi-program:f]\ncommand=x\nsocket=tcp://a:1\nsocket_backlog=70000\n`,
    '5: [fcgi-program:f] socket_backlog = "70000": not a whole number from 1 to 65535; allowed: a whole number from 1 to 65535',
  ],

  // Servers.
  [
    'a unix server without a file',
    `${S}[unix_http_server]\nchmod=0700\n`,
    '2: [unix_http_server] file: missing: Path of the socket.',
  ],
  [
    'an inet server without a port',
    `${S}[inet_http_server]\n`,
    '2: [inet_http_server] port: missing: Where to listen: port, :port, *:port or host:port.',
  ],
  [
    'a port with a full-width colon',
    `${S}[inet_http_server]\nport=127.0.0.1：9001\n`,
    '3: [inet_http_server] port = "127.0.0.1：9001": not an address; allowed: port, :port, *:port or host:port, with a port from 1 to 65535',
  ],
  [
    'a port out of range',
    `${S}[inet_http_server]\nport=:70000\n`,
    '3: [inet_http_server] port = ":70000": port 70000 is out of range; allowed: port, :port, *:port or host:port, with a port from 1 to 65535',
  ],
  [
    'a user name without a password',
    `${S}[unix_http_server]\nfile=/s\nusername=x\n`,
    '4: [unix_http_server] username: incomplete authentication: password is missing; give both username and password, or neither',
  ],
  [
    'a password without a user name',
    `${S}[unix_http_server]\nfile=/s\npassword=hunter2\n`,
    '4: [unix_http_server] password: incomplete authentication: username is missing; give both username and password, or neither',
  ],
  [
    'a hash of the wrong length',
    `${S}[unix_http_server]\nfile=/s\nusername=u\npassword={SHA}cafe\n`,
    '5: [unix_http_server] password: {SHA} is followed by the 40 hexadecimal digits of the SHA-1 of the password: printf %s PASSWORD | sha1sum',
  ],
  [
    'a secret that cannot be expanded',
    `${S}[unix_http_server]\nfile=/s\nusername=u\npassword=hunter2%\n`,
    '5: [unix_http_server] password: the text ends within an expansion; a percent sign itself is written %%',
    '4: [unix_http_server] username: incomplete authentication: password is missing; give both username and password, or neither',
  ],
  [
    'half of the account that may only look',
    `${S}[unix_http_server]\nfile=/s\nusername=u\npassword=p\nviewer_username=v\n`,
    '6: [unix_http_server] viewer_username: incomplete authentication: viewer_password is missing; give both viewer_username and viewer_password, or neither',
  ],
  [
    'an account that may only look where everybody may do everything',
    `${S}[unix_http_server]\nfile=/s\nviewer_username=v\nviewer_password=p\n`,
    '4: [unix_http_server] viewer_username: of no use without username and password: everybody could do everything; give those, too',
  ],
  [
    'two accounts with one name',
    `${S}[inet_http_server]\nport=1\nusername=u\npassword=p\nviewer_username=u\nviewer_password=q\n`,
    '6: [inet_http_server] viewer_username: the same as username; choose another name',
  ],
  [
    'an empty password of the account that may only look',
    `${S}[inet_http_server]\nport=1\nusername=u\npassword=p\nviewer_username=v\nviewer_password=\n`,
    '7: [inet_http_server] viewer_password: empty; allowed: a text that is not empty',
    '6: [inet_http_server] viewer_username: incomplete authentication: viewer_password is missing; give both viewer_username and viewer_password, or neither',
  ],

  // The daemon, and the rest.
  [
    'an unknown level',
    `${S}loglevel=shout\n`,
    '2: [supervisord] loglevel = "shout": not a logging level; allowed: critical, error, warn, info, debug, trace, blather',
  ],
  [
    'descriptors that are a word',
    `${S}minfds=many\n`,
    '2: [supervisord] minfds = "many": not a whole number; allowed: a whole number',
  ],
  [
    'a umask out of range',
    `${S}umask=99\n`,
    '2: [supervisord] umask = "99": not an octal mode; allowed: octal digits such as 022 or 0700, at most 7777',
  ],
  [
    'an rpcinterface without a factory',
    `${S}[rpcinterface:x]\n`,
    '2: [rpcinterface:x] supervisor.rpcinterface_factory: missing; it names what serves the methods; allowed: supervisor.rpcinterface:make_main_rpcinterface',
  ],
  [
    'an rpcinterface that names nothing',
    `${S}[rpcinterface:x]\nsupervisor.rpcinterface_factory=a b\n`,
    '3: [rpcinterface:x] supervisor.rpcinterface_factory: "a b" is not of the form module:function',
  ],
];

describe('in a supervisord.conf', () => {
  test.each(BROKEN)('%s', (_, text, ...errors) => {
    const places = errors.map((error) =>
      typeof error !== 'string' ? error : /^\d+: /.test(error) ? `/etc/s.conf:${error}` : `/etc/s.conf: ${error}`,
    );
    const said = errorsOf(resolveText(text)).map((error, index) =>
      typeof errors[index] === 'string' ? error : error.replace('/etc/s.conf:', ''),
    );
    expect(said).toEqual(places);
  });
});

const zap = (options: object) => ({ programs: { zap: { command: 'x', ...options } } });

const BROKEN_NATIVE: readonly (readonly [what: string, exported: unknown, ...errors: string[]])[] = [
  ['an unknown option', zap({ autostrat: true }), 'programs.zap.autostrat: unknown option; did you mean autostart?'],
  ['an unknown section', { program: { a: { command: 'x' } } }, 'program: write programs: { NAME: { … } }'],
  ['an unknown key', { supervisor: {} }, 'supervisor: unknown section; did you mean supervisord?'],
  [
    'a missing command',
    { programs: { zap: {} } },
    'programs.zap.command: missing: The program and its arguments, split into words like in a shell, without substitution.',
  ],
  ['a wrong type', zap({ autostart: 5 }), `programs.zap.autostart = 5: not a boolean; ${BOOLEANS}`],
  [
    'a negative number',
    zap({ startsecs: -1 }),
    'programs.zap.startsecs = -1: below 0; allowed: a whole number of at least 0',
  ],
  [
    'a wrong item',
    zap({ exitcodes: [0, 'x'] }),
    'programs.zap.exitcodes = [0,"x"]: not a list of exit codes; allowed: whole numbers from 0 to 255, separated by commas',
  ],
  [
    'a name of a variable with an equals sign',
    zap({ environment: { 'A=B': 'c' } }),
    'programs.zap.environment: "A=B" is not a name for a variable; allowed: KEY="value",KEY2="value", or a record of texts',
  ],
  [
    'programs as an array',
    { programs: [{ command: 'x' }] },
    'programs: has to be a record by name, and is [{"command":"x"}]',
  ],
  [
    'a program that is a text',
    { programs: { zap: 'node' } },
    'programs.zap: has to be a record of options, and is "node"',
  ],
  [
    'an unknown member',
    { groups: { g: { programs: ['nope'] } } },
    'groups.g.programs: there is no program named "nope"',
  ],
  [
    'two groups of one name',
    { ...zap({}), groups: { zap: { programs: [] } } },
    'programs.zap: there is already a group named zap, made by [group:zap]; this one would not run',
  ],
  [
    'a secret of a wrong type',
    { inet_http_server: { port: 1, username: 'u', password: 5 } },
    expect.stringMatching(/^inet_http_server.password: not a text/),
    expect.stringContaining('incomplete'),
  ],
];

describe('in a native configuration', () => {
  test.each(BROKEN_NATIVE)('%s', (_, exported, ...errors) => {
    expect(errorsOf(resolveNative(exported)).map((error) => error.replace('/etc/tsv.config.ts: ', ''))).toEqual(errors);
  });
});

describe('an option of a plugin that is not enabled', () => {
  const plugins = [{ name: 'mine' }];

  test.each([
    [
      zap({ autorestart: true }),
      'programs.zap.autorestart: belongs to plugin autorestart, which is not enabled; add it to plugins',
    ],
    [
      zap({ stdout_logfile: 'x' }),
      'programs.zap.stdout_logfile: belongs to plugin logging, which is not enabled; add it to plugins',
    ],
    [
      { unix_http_server: { file: '/s' } },
      'unix_http_server: belongs to plugin http, which is not enabled; add it to plugins',
    ],
    [
      { eventlisteners: { l: { command: 'x', events: 'TICK' } } },
      'eventlisteners.l: belongs to plugin eventlistener, which is not enabled; add it to plugins',
    ],
  ])('%j', (exported, error) => {
    expect(errorsOf(resolveNative(exported, plugins))).toEqual([`/etc/tsv.config.ts: ${error}`]);
  });
});
