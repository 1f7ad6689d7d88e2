import { RpcError } from '../../../../plugins/control/client/index.ts';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LOCAL_COMMANDS } from '../../../../bin/ctl/local-commands.ts';
import { OPTIONS } from '../../../../bin/ctl/command-line.ts';
import { COMMAND_LIST, COMMANDS } from '../../../../bin/ctl/commands.ts';
import { failure, fakeSession, fault, info } from './fake-session.ts';

const result = (name: string, status = 80, description = 'OK') => ({ group: name, name, status, description });

describe('start, stop, restart and signal', () => {
  test('a failure is not forgotten when a later name succeeds', async () => {
    const answers = { startProcess: (name: unknown) => (name === 'a' ? fault(50) : true) };
    const { session, did } = fakeSession({ answers });
    await session.run('start a b');
    expect(did.output).toBe('a: ERROR (spawn error)\nb: started\n');
    expect(session.exitStatus).toBe(7);
  });

  test('restart is one call to a daemon that knows it, and prints what a stop and a start print', async () => {
    const unknown = (name: string) => ({ group: 'nope', name, status: 10, description: 'BAD_NAME: nope' });
    const stopped = [result('a'), result('b', 70, 'NOT_RUNNING: b'), unknown('x'), unknown('*')];
    const started = [result('a'), result('b', 50, 'SPAWN_ERROR: b'), unknown('x'), unknown('*')];
    const { session, did } = fakeSession({ answers: { 'tsv.restartProcesses': { stopped, started } } });
    await session.run('restart a b nope:x nope:*');
    expect(did.calls).toEqual(['getVersion', 'tsv.restartProcesses a,b,nope:x,nope:*']);
    expect(did.output).toBe(
      `a: stopped\nb: ERROR (not running)\nnope:x: ERROR (no such process)\nnope: ERROR (no such group)\n` +
        `a: started\nb: ERROR (spawn error)\nnope:x: ERROR (no such process)\nnope: ERROR (no such group)\n`,
    );
    expect(session.exitStatus).toBe(2);
    await session.run('restart a all');
    expect(did.calls.at(-1)).toBe('tsv.restartProcesses *');
  });

  test('restart with a real supervisord stops all that is named before it starts any', async () => {
    const { session, did } = fakeSession({ answers: { stopProcess: true, startProcess: true } });
    await session.run('restart a b');
    const calls = did.calls.filter((call) => !/^(?:getVersion|tsv\.)/.test(call));
    expect(calls).toEqual(['stopProcess a', 'stopProcess b', 'startProcess a', 'startProcess b']);
    expect(did.output).toBe('a: stopped\nb: stopped\na: started\nb: started\n');
  });

  test('"all" among the names means every process', async () => {
    const { session, did } = fakeSession({ answers: { startAllProcesses: [result('a', 60), result('b')] } });
    await session.run('start x all');
    expect([did.output, session.exitStatus]).toEqual(['a: ERROR (already started)\nb: started\n', 0]);
  });

  test('a stop that failed shows what the daemon says of it', async () => {
    const { session, did } = fakeSession({ answers: { stopProcessGroup: [result('a', 30, 'FAILED: why')] } });
    await session.run('stop a:*');
    expect([did.output, session.exitStatus]).toEqual(['FAILED: why\n', 1]);
  });

  test('a fault that has no words of its own is an error', async () => {
    const { session, did } = fakeSession({ answers: { startProcess: fault(6, 'SHUTDOWN_STATE') } });
    await session.run('start a');
    expect([did.output, session.exitStatus]).toEqual(['error: Unknown result code 6 for a\n', 1]);
  });
});

describe('update of a daemon that knows groups only', () => {
  test('removes, replaces and adds, in this order', async () => {
    const done = { stopProcessGroup: [], removeProcessGroup: true, addProcessGroup: true };
    const { session, did } = fakeSession({ answers: { ...done, reloadConfig: [[['new'], ['mod'], ['gone']]] } });
    await session.run('update');
    expect(did.calls).toEqual([
      'tsv.update ',
      'reloadConfig',
      'stopProcessGroup gone',
      'removeProcessGroup gone',
      'stopProcessGroup mod',
      'removeProcessGroup mod',
      'addProcessGroup mod',
      'addProcessGroup new',
    ]);
  });

  test('a group that cannot be stopped is not removed', async () => {
    const answers = { reloadConfig: [[[], [], ['gone']]], stopProcessGroup: [result('gone', 30)] };
    const { session, did } = fakeSession({ answers });
    await session.run('update');
    expect(did.output).toBe('gone: stopped\ngone: has problems; not removing\n');
    expect(session.exitStatus).toBe(1);
  });

  test.each([
    ['update', ['tsv.update ', 'reloadConfig']],
    ['reread', ['reloadConfig']],
    ['reload', ['restart']],
  ])('%s: a configuration that is refused shows one problem a line, and nothing is touched', async (command, calls) => {
    const refused = fault(92, "CANT_REREAD: f:1: it's wrong\nf:2: this, too");
    const { session, did } = fakeSession({ answers: { reloadConfig: refused, restart: refused } });
    await session.run(command);
    expect(did.output).toBe("ERROR: CANT_REREAD: f:1: it's wrong\nERROR: CANT_REREAD: f:2: this, too\n");
    expect([session.exitStatus, did.calls]).toEqual([1, calls]);
  });

  test('--dry-run is refused: to ask for the changes would make the daemon take note of them', async () => {
    const { session, did } = fakeSession();
    await session.run('update --dry-run');
    expect(did.output).toContain('ERROR: this daemon cannot tell what an update would do');
    expect([did.calls, session.exitStatus]).toEqual([['tsv.planUpdate'], 1]);
  });
});

describe('update of tsvd', () => {
  const change = (option: string, values: { from?: string; to?: string }, more = {}) => ({
    option,
    ...values,
    change: 'restart',
    isSecret: false,
    ...more,
  });
  const entries = [
    { kind: 'remove', group: 'gone', name: 'gone', changes: [] },
    {
      kind: 'restart',
      group: 'g',
      name: 'a',
      changes: [
        change('command', { from: 'sleep 1', to: 'sleep 2' }),
        change('environment.TOKEN', { from: '********', to: '********' }, { isSecret: true }),
        change('environment.NEW', { to: '********' }, { isSecret: true }),
        change('umask', { to: '0022' }),
      ],
    },
    { kind: 'start', group: 'g', name: 'b', changes: [change('startsecs', { from: '1', to: '5' })] },
    { kind: 'live', group: 'w', name: 'w', changes: [change('stopsignal', { from: 'TERM', to: 'QUIT' })] },
    { kind: 'add', group: 'new', name: 'new', changes: [] },
    { kind: 'group', group: 'w', changes: [change('priority', { from: '1', to: '2' })] },
    { kind: 'daemon', changes: [change('logfile', { from: '/a', to: '/b' }, { section: 'supervisord' })] },
  ];
  const plan = { added: ['new'], changed: ['g', 'w'], removed: ['gone'], unchanged: 3, entries };
  const done = { ...plan, entries: entries.map((entry) => ({ ...entry, ok: entry.kind !== 'daemon' })) };
  const nothing = { added: [], changed: [], removed: [], unchanged: 3, entries: [] };

  test('--dry-run says what would happen to whom, option by option, and does nothing', async () => {
    const { session, did } = fakeSession({ answers: { 'tsv.planUpdate': plan } });
    await session.run('update --dry-run');
    expect(did.output).toBe(`gone: to be stopped and removed
g:a: to be restarted
    command: sleep 1 → sleep 2
    environment.TOKEN: changed (its value is not shown)
    environment.NEW: added (its value is not shown)
    umask: (not set) → 0022
g:b: changes at its next start
    startsecs: 1 → 5
w: changes at once, without a restart
    stopsignal: TERM → QUIT
new: to be added
w (group): changes at once, without a restart
    priority: 1 → 2
daemon: not changed by an update; takes a restart of the daemon (tsvctl reload)
    [supervisord] logfile: /a → /b
3 processes stay as they are
`);
    expect([did.calls, session.exitStatus]).toEqual([['tsv.planUpdate'], 0]);
  });

  test('--dry-run says plainly that there is nothing to do', async () => {
    const { session, did } = fakeSession({ answers: { 'tsv.planUpdate': nothing } });
    await session.run('update --dry-run');
    expect(did.output).toBe('No changes\n');
  });

  test('--dry-run --json is the plan', async () => {
    const { session, did } = fakeSession({ answers: { 'tsv.planUpdate': plan } });
    await session.run('update --dry-run --json');
    expect(JSON.parse(did.output)).toEqual(plan);
  });

  test('--dry-run with groups shows theirs, and names the unknown ones', async () => {
    const answers = { 'tsv.planUpdate': plan, getAllProcessInfo: [info('w', 20, 'RUNNING')] };
    const { session, did } = fakeSession({ answers });
    await session.run('update --dry-run w zip');
    expect(did.output).toContain('ERROR: no such group: zip\nw: changes at once');
    expect(did.output).not.toContain('gone');
    expect(session.exitStatus).toBe(1);
  });

  test("is told in supervisorctl's words, by group", async () => {
    const { session, did } = fakeSession({ answers: { 'tsv.update': done } });
    await session.run('update');
    expect(did.output).toBe(
      'gone: stopped\ngone: removed process group\ng: stopped\ng: updated process group\n' +
        'w: updated process group\nnew: added process group\n',
    );
    expect([did.errors, session.exitStatus]).toEqual(['', 0]);
  });

  test('tells people of every process, and what only a restart of the daemon puts into effect', async () => {
    const { session, did } = fakeSession({ answers: { 'tsv.update': done }, isForPeople: true });
    await session.run('update');
    expect(did.output).toContain('g: updated process group\n  g:a: restarted\n    command: sleep 1 → sleep 2\n');
    expect(did.errors).toBe(
      'daemon: not changed by an update; takes a restart of the daemon (tsvctl reload)\n    [supervisord] logfile: /a → /b\n',
    );
  });

  test('what could not be stopped is an error that says why; the rest is told as done', async () => {
    const failed = { kind: 'restart', group: 'g', name: 'a', changes: [], ok: false, reason: 'still there' };
    const answers = { 'tsv.update': { ...nothing, changed: ['g'], entries: [failed] } };
    const { session, did } = fakeSession({ answers });
    await session.run('update');
    expect(did.output).toBe('ERROR: g:a is left as it was: still there\n');
    expect(session.exitStatus).toBe(1);
  });

  test('of named groups applies what is known, and reports the others', async () => {
    const answers = { 'tsv.planUpdate': plan, 'tsv.update': nothing, getAllProcessInfo: [info('w', 20, 'RUNNING')] };
    const { session, did } = fakeSession({ answers });
    await session.run('update w zip new');
    expect(did.output).toBe('ERROR: no such group: zip\n');
    expect(did.calls.at(-1)).toBe('tsv.update w,new');
  });

  test('with an option that it does not have is a mistake, and does nothing', async () => {
    const { session, did } = fakeSession();
    await session.run('update --dry');
    expect(did.calls).toEqual([]);
    expect(session.exitStatus).toBe(1);
  });
});

describe('fg', () => {
  const process = info('cat', 20, 'RUNNING');
  const streams = { '/logtail/cat/stdout': 'out\n', '/logtail/cat/stderr': '' };

  test('sends what is typed, until the input ends', async () => {
    const answers = { getProcessInfo: process, sendProcessStdin: true };
    const { session, did } = fakeSession({ answers, streams, typed: ['héllo', ''] });
    await session.run('fg cat');
    expect(did.calls.filter((call) => call.startsWith('send'))).toEqual([
      'sendProcessStdin cat héllo\n',
      'sendProcessStdin cat \n',
    ]);
    expect(did.output).toBe('==> Press Ctrl-C to exit <==\nout\nExiting foreground\n');
  });

  test('notices that the process is gone', async () => {
    const answers = { getProcessInfo: process, sendProcessStdin: fault(70) };
    const { session, did } = fakeSession({ answers, streams, typed: ['x', 'y'] });
    await session.run('fg cat');
    expect(did.output).toContain('Process got killed\nExiting foreground\n');
    expect(did.calls.filter((call) => call.startsWith('send'))).toHaveLength(1);
  });

  test('Ctrl-C leaves the program running and ends fg', async () => {
    const { session, did, interrupt } = fakeSession({ answers: { getProcessInfo: process }, streams, typed: ['x'] });
    interrupt.abort();
    await session.run('fg cat');
    expect(did.output).toContain('Exiting foreground\n');
    expect(did.calls).not.toContain('sendProcessStdin cat x\n');
  });
});

describe('a shell', () => {
  test('asks before it ends the daemon', async () => {
    const { session, did } = fakeSession({ isInteractive: true, typed: ['n', 'Yes'], answers: { shutdown: true } });
    await session.run('shutdown');
    expect(did.calls).toEqual([]);
    await session.run('shutdown');
    expect(did.calls).toEqual(['shutdown']);
    expect(did.output).toMatch(/down y\/N\? .*Shut down\n$/);
  });

  test('asks for a name and a password when the server wants them, and repeats the command', async () => {
    let tries = 0;
    const getVersion = () => (tries++ === 0 ? failure({ kind: 'unauthorized' }) : '3.0');
    const answers = { getVersion, getSupervisorVersion: '4.2.5' };
    const { session, did } = fakeSession({ isInteractive: true, typed: ['me', 'secret'], answers });
    await session.run('version');
    expect(did.output).toBe('Server requires authentication\nUsername:Password:\n4.2.5\n');
    expect(did.opened.at(-1)).toMatchObject({ username: 'me', password: 'secret' });
  });

  test('open changes the daemon, and what it shows does not count', async () => {
    const { session, did } = fakeSession({ answers: { getAllProcessInfo: [info('a', 0, 'STOPPED')] } });
    await session.run('open http://other:9001');
    expect(did.opened.at(-1)?.serverurl).toBe('http://other:9001');
    expect(session.exitStatus).toBe(0);
  });
});

describe('--json', () => {
  test.each([
    ['pid', { getPID: 7 }, { pid: 7 }],
    ['pid a', { getProcessInfo: info('a', 20, 'RUNNING') }, [{ name: 'a', pid: 7 }]],
    ['version', { getSupervisorVersion: '4.2.5' }, { version: '4.2.5' }],
    ['reread', { reloadConfig: [[['a'], [], ['b']]] }, { added: ['a'], changed: [], removed: ['b'] }],
  ] as const)('%s', async (command, answers, document) => {
    const { session, did } = fakeSession({ answers, json: true });
    await session.run(command);
    expect(JSON.parse(did.output)).toEqual(document);
  });

  test('a command without a JSON form prints what it always prints', async () => {
    const { session, did } = fakeSession({ answers: { startProcess: true }, json: true });
    await session.run('start a');
    expect(did.output).toBe('a: started\n');
  });
});

describe('a name that nothing is called by', () => {
  const api = info('api', 20, 'RUNNING', { group: 'shop' });
  const answers = {
    getAllProcessInfo: [api, info('worker', 20, 'RUNNING', { group: 'shop' }), info('web', 20, 'RUNNING')],
    getProcessInfo: fault(10, 'BAD_NAME'),
    startProcess: fault(10, 'BAD_NAME'),
    stopProcessGroup: fault(10, 'BAD_NAME'),
    readProcessStdoutLog: fault(10, 'BAD_NAME'),
    'tsv.getJournal': fault(10, 'BAD_NAME'),
    reloadConfig: [[[], [], []]],
  };

  test.each([
    ['status api', 'shop:api'],
    ['status weeb', 'web'],
    ['status shpo:*', 'shop:*'],
    ['status shop:wrker', 'shop:worker'],
    ['start shop', 'shop:*'],
    ['start api', 'shop:api'],
    ['stop shpo:*', 'shop:*'],
    ['logs wbe', 'web'],
    ['pid api', 'shop:api'],
    ['tail api', 'shop:api'],
    ['fg api', 'shop:api'],
    ['why api', 'shop:api'],
    ['why shpo:*', 'shop:*'],
    ['update shpo', 'shop'],
  ])('%s: people are told of %s', async (command, meant) => {
    const { session, did } = fakeSession({ isForPeople: true, columns: 80, answers });
    await session.run(command);
    expect(did.errors).toMatch(new RegExp(`^Did you mean ${quoteRegExp(meant)}\\?`, 'm'));
    const script = fakeSession({ answers });
    await script.session.run(command);
    expect(script.did.errors).toBe('');
    expect(script.did.output).toBe(did.output);
  });

  test('of several that it could be, each is named; of nothing like it, none', async () => {
    const twice = [api, { ...api, group: 'test' }];
    const one = fakeSession({ isForPeople: true, answers: { getAllProcessInfo: twice } });
    await one.session.run('status api');
    expect(one.did.errors).toContain('Did you mean one of shop:api, test:api?');
    const none = fakeSession({ isForPeople: true, answers: { getAllProcessInfo: twice } });
    await none.session.run('status completely');
    expect(none.did.errors).toBe('');
  });
});

test('why of a group asks for each of its processes; of an unknown one, says so', async () => {
  const infos = [info('a', 20, 'RUNNING', { group: 'g' }), info('b', 20, 'RUNNING', { group: 'g' })];
  const { session, did } = fakeSession({ answers: { getAllProcessInfo: infos, 'tsv.getJournal': [] } });
  await session.run('why g:* nope:*');
  expect(did.output).toMatch(/nope: ERROR \(no such group\)\n[^]*g:a is RUNNING[^]*g:b is RUNNING/);
  expect(did.calls.filter((call) => call.startsWith('tsv.getJournal'))).toEqual([
    'tsv.getJournal g:a 11',
    'tsv.getJournal g:b 11',
  ]);
  expect(session.exitStatus).toBe(1);
});

describe('a program that does not run', () => {
  const record = {
    kind: 'notStarted',
    at: '2024-01-01T00:00:00.000Z',
    group: 'web',
    name: 'web',
    run: 1,
    reason: 'no such file',
    by: { by: 'client' },
    tries: 1,
    decision: { kind: 'leave' },
  };
  const answers = {
    startProcess: fault(50, 'SPAWN_ERROR: web'),
    getAllProcessInfo: [info('web', 200, 'FATAL')],
    'tsv.getJournal': [record],
  };

  test.each(['start web', 'status'])('people are told where the reason is: %s', async (line) => {
    const { session, did } = fakeSession({ isForPeople: true, answers: { ...answers, getVersion: '3.0' } });
    await session.run(line);
    expect(did.errors).toBe('The reason: tsvctl why web\n');
    const script = fakeSession({ answers: { ...answers, getVersion: '3.0' } });
    await script.session.run(line);
    expect(script.did.errors).toBe('');
  });

  test('a real supervisord has no journal, and nobody is sent there', async () => {
    const { 'tsv.getJournal': _, ...others } = answers;
    const { session, did } = fakeSession({ isForPeople: true, answers: others });
    await session.run('start web');
    expect(did.errors).toBe('');
  });
});

describe('a daemon that refuses', () => {
  test('no password and a wrong one are told apart, by people', async () => {
    const answers = { getVersion: failure({ kind: 'unauthorized' }) };
    const none = fakeSession({ isForPeople: true, answers });
    await none.session.run('status');
    expect(none.did).toMatchObject({
      output: 'Server requires authentication\n',
      errors: expect.stringMatching(/^Give -u NAME and -p PASSWORD/),
    });
    const wrong = fakeSession({ isForPeople: true, answers });
    wrong.session.access = { serverurl: 'unix:///s', username: 'me', password: 'hush' };
    await wrong.session.run('status');
    expect(wrong.did).toMatchObject({
      output: 'Server requires authentication\n',
      errors: 'The daemon does not accept the password that was given for user me, or knows no such user.\n',
    });
  });

  test('a host that it does not know: its words, and the option', async () => {
    const said = '"app:9001" is no name of this server';
    const error = new RpcError(
      { kind: 'status', status: 403, reason: 'Forbidden', said: `${said}; add it to the option hosts` },
      `http://app:9001 answers 403 Forbidden: ${said}; add it to the option hosts`,
    );
    const { session, did } = fakeSession({ isForPeople: true, answers: { getVersion: error } });
    await session.run('status');
    expect(did.output).toContain(said);
    expect(did.errors).toContain('the option "hosts"');
  });
});

describe('the commands that need no daemon', () => {
  test('help knows them, its list has them, and the shell says where they are', async () => {
    for (const { name, usage } of LOCAL_COMMANDS.values()) {
      const { session, did } = fakeSession({ isForPeople: true });
      await session.run(`help ${name}`);
      for (const [form] of usage) expect(did.output).toContain(form);
      await session.run('help');
      expect(did.output).toMatch(new RegExp(`\\b${name}\\b`));
      await session.run(`${name} x`);
      expect(did.errors).toContain(`call it as: tsvctl ${name} x`);
    }
  });
});

describe('the table of commands', () => {
  test('every name is that of one command, and help knows it', async () => {
    expect(COMMANDS.size).toBe(COMMAND_LIST.flatMap(({ name, aliases = [] }) => [name, ...aliases]).length);
    for (const { name, usage } of COMMAND_LIST) {
      const { session, did } = fakeSession();
      await session.run(`help ${name}`);
      for (const [form, meaning] of usage)
        expect(did.output).toMatch(new RegExp(`${quoteRegExp(form)} +${quoteRegExp(meaning)}`));
    }
  });

  test('a command prints JSON exactly where its help has a form with --json', () => {
    const told = COMMAND_LIST.filter(({ usage }) => usage.some(([form]) => form.includes('--json')));
    expect(told).toEqual(COMMAND_LIST.filter(({ hasJson }) => hasJson));
  });

  test('the user page describes every form of every command and every option', () => {
    const page = readFileSync(new URL('../../../../docs/tsvctl.md', import.meta.url), 'utf8').replaceAll('\\|', '|');
    const forPeople = COMMAND_LIST.filter(({ isHidden }) => isHidden !== true);
    for (const { usage } of forPeople) for (const [form] of usage) expect(page).toContain(`\`${form}\``);
    for (const { long } of Object.values(OPTIONS)) expect(page).toContain(`--${long[0]}`);
    const [, documents] = page.split('\n## JSON\n');
    for (const { name } of COMMAND_LIST.filter(({ hasJson }) => hasJson))
      expect(documents).toMatch(new RegExp(`^\\|.*\`${name}\`.*\\|`, 'm'));
  });
});

function quoteRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
