import { describe, expect, test } from 'vitest';
import { failure, fakeSession, fault, info } from './fake-session.ts';

const RUNNING = info('web', 20, 'RUNNING');
const FATAL = info('bad', 200, 'FATAL', { group: 'g' });

describe('status', () => {
  test('prints a line for each process, as wide as the longest name needs, and 3 when one is down', async () => {
    const long = info('x'.repeat(40), 20, 'RUNNING');
    const { session, did } = fakeSession({ answers: { getAllProcessInfo: [RUNNING, FATAL, long] } });
    await session.run('status');
    expect(did.output).toBe(
      `${'web'.padEnd(43)}RUNNING   about web\n${'g:bad'.padEnd(43)}FATAL     about bad\n` +
        `${'x'.repeat(40)}   RUNNING   about ${'x'.repeat(40)}\n`,
    );
    expect(session.exitStatus).toBe(3);
  });

  test('exits with 0 when all that was asked for is up, STARTING and BACKOFF included', async () => {
    const infos = [RUNNING, info('a', 10, 'STARTING'), info('b', 30, 'BACKOFF'), FATAL];
    const { session } = fakeSession({ answers: { getAllProcessInfo: infos } });
    await session.run('status web a b');
    expect(session.exitStatus).toBe(0);
  });

  test('exits with 4 for an unknown name, unless something shown is down', async () => {
    const { session } = fakeSession({ answers: { getAllProcessInfo: [RUNNING, FATAL] } });
    await session.run('status nope web');
    expect(session.exitStatus).toBe(4);
    await session.run('status nope g:*');
    expect(session.exitStatus).toBe(3);
  });

  test('colours the states where colours are wanted', async () => {
    const { session, did } = fakeSession({ hasColour: true, answers: { getAllProcessInfo: [RUNNING] } });
    await session.run('status');
    expect(did.output).toContain('\u001b[32mRUNNING   \u001b[0mabout web');
  });

  test('spares the width that a narrow terminal does not have; a pipe gets the same columns always', async () => {
    const answers = { getAllProcessInfo: [RUNNING] };
    const narrow = fakeSession({ isForPeople: true, columns: 40, answers });
    await narrow.session.run('status');
    expect(narrow.did.output).toBe('web   RUNNING   about web\n');
    const wide = fakeSession({ isForPeople: true, columns: 80, answers });
    await wide.session.run('status');
    expect(wide.did.output).toBe(`${'web'.padEnd(33)}RUNNING   about web\n`);
  });

  test('--json, before the command or after it, prints all that the daemon tells, and complaints go to stderr', async () => {
    const answers = { getAllProcessInfo: [RUNNING, FATAL] };
    const before = fakeSession({ answers, json: true });
    await before.session.run('status web nope');
    expect(JSON.parse(before.did.output)).toEqual([RUNNING]);
    expect(before.did.errors).toBe('nope: ERROR (no such process)\n');
    expect(before.session.exitStatus).toBe(4);

    const after = fakeSession({ answers });
    await after.session.run('status --json');
    await after.session.run('status web');
    expect(after.did.output).toBe(`${JSON.stringify([RUNNING, FATAL])}\n${'web'.padEnd(33)}RUNNING   about web\n`);
  });
});

describe('a daemon that does not answer', () => {
  test.each([
    ['status', 'refused', 4, 'unix:///s refused connection\n'],
    ['status', 'no-such-file', 4, 'unix:///s no such file\n'],
    ['start a', 'refused', 4, 'unix:///s refused connection\n'],
    ['start a', 'no-such-file', 7, 'unix:///s no such file\n'],
    ['restart a', 'no-such-file', 7, 'unix:///s no such file\n'],
    ['status', 'unauthorized', 1, 'Server requires authentication\n'],
    ['status', 'other', 1, 'error: something is wrong: other\n'],
  ] as const)('%s: %s gives exit code %i', async (command, kind, code, output) => {
    const { session, did } = fakeSession({ answers: { getVersion: failure({ kind }) } });
    await session.run(command);
    expect([session.exitStatus, did.output]).toEqual([code, output]);
  });

  test('people are told what to do next, scripts are not', async () => {
    const { session, did } = fakeSession({ isForPeople: true, answers: { getVersion: failure({ kind: 'refused' }) } });
    await session.run('status');
    expect(did.output).toBe('unix:///s refused connection\n');
    expect(did.errors).toMatch(/^Is the daemon running\? Start it \(tsvd/);
    const script = fakeSession({ answers: { getVersion: failure({ kind: 'refused' }) } });
    await script.session.run('status');
    expect(script.did.errors).toBe('');
  });

  test('a server of another kind, or of another version, is told apart', async () => {
    const other = fakeSession({ answers: { getVersion: fault(1, 'UNKNOWN_METHOD') } });
    await other.session.run('start a');
    expect([other.session.exitStatus, other.did.output]).toEqual([3, expect.stringContaining('rpcinterface')]);
    const newer = fakeSession({ answers: { getVersion: '4.0' } });
    await newer.session.run('start a');
    expect([newer.session.exitStatus, newer.did.output]).toEqual([5, expect.stringContaining('version 4.0')]);
  });

  test('an answer of the wrong shape is an error that names the method', async () => {
    const { session, did } = fakeSession({ answers: { getAllProcessInfo: ['x'] } });
    await session.run('status');
    expect(did.output).toMatch(/^error: the daemon's answer to getAllProcessInfo is not what it should be/);
  });
});
