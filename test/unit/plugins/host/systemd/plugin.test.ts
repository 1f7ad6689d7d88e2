import { describe, expect, test } from 'vitest';
import {
  groupConfig,
  processConfig,
  Supervisor,
  supervisorConfig,
  type ProcessConfig,
} from '../../../../../core/index.ts';
import { SystemdPlugin } from '../../../../../plugins/host/systemd/index.ts';
import { COMMAND, FakeClock, FakeSpawner, settle } from '../../../../../core/testing/index.ts';

const SECOND = 1_000;
const ENV = { NOTIFY_SOCKET: '/run/systemd/notify' };

/** A supervisor that systemd has started, and what systemd was told. */
function service(
  programs: readonly (Partial<ProcessConfig> & { name: string })[],
  env: Record<string, string> = ENV,
  nodaemon = true,
) {
  const clock = new FakeClock();
  const spawner = new FakeSpawner();
  const told: string[] = [];
  const config = supervisorConfig({
    groups: programs.map((program) => groupConfig({ processes: [processConfig({ command: COMMAND, ...program })] })),
    sections: { supervisord: { nodaemon } },
  });
  let failure: Error | undefined;
  const open = () => ({
    send(message: string): void {
      if (failure !== undefined) throw failure;
      told.push(message);
    },
  });
  const plugins = [new SystemdPlugin({ env, pid: 42, open })];
  const supervisor = new Supervisor({ config, plugins, clock, spawner, env: { PATH: '/usr/bin:/bin', ...env } });
  const lastEnv = (): Record<string, string> => ({ ...spawner.children.at(-1)?.plan.env });
  return { supervisor, clock, spawner, told, lastEnv, fail: (error?: Error) => void (failure = error) };
}

const end = (supervisor: Supervisor, ending: 'shutdown' | 'restart') =>
  supervisor.events.emit('daemon:ending', { ending, cause: { by: 'client' } });

describe('readiness', () => {
  test('the service is ready when every program has come up, and not before', async () => {
    const { supervisor, clock, told } = service([{ name: 'quick' }, { name: 'slow', startsecs: 5 }]);
    await supervisor.start();
    await settle();
    clock.advance(4.9 * SECOND);
    expect(told).toEqual([
      'STATUS=0 of 2 programs run',
      'STATUS=0 of 2 programs run, 2 STARTING',
      'STATUS=1 of 2 programs run, 1 STARTING',
    ]);
    clock.advance(SECOND);
    expect(told.at(-1)).toBe('READY=1\nSTATUS=2 of 2 programs run');
    expect(clock.pending).toBe(0);
  });

  test('a program that failed does not keep the others from being ready', async () => {
    const { supervisor, spawner, clock, told } = service([{ name: 'good' }, { name: 'bad' }]);
    await supervisor.start();
    await settle();
    spawner.living[1]?.exit();
    clock.advance(2 * SECOND);
    expect(told.at(-1)).toBe('READY=1\nSTATUS=1 of 2 programs run, 1 FATAL');
  });

  test('a program that is not started with the daemon is not waited for', async () => {
    const { supervisor, told } = service([{ name: 'later', autostart: false }]);
    await supervisor.start();
    expect(told).toEqual(['READY=1\nSTATUS=0 of 1 programs run']);
  });

  test('a start that does not come to an end is called over, and systemd is asked for time until then', async () => {
    const { supervisor, clock, told } = service([{ name: 'web' }]);
    supervisor.hooks.ready.tapPromise('never', () => new Promise(() => undefined));
    await supervisor.start();
    await settle();
    clock.advance(59 * SECOND);
    expect(told.filter((message) => message === 'EXTEND_TIMEOUT_USEC=30000000')).toHaveLength(5);
    expect(told.some((message) => message.startsWith('READY=1'))).toBe(false);
    clock.advance(SECOND);
    expect(told.at(-1)).toBe('READY=1\nSTATUS=0 of 1 programs run, 1 STARTING');
  });

  test('a program may take longer than that if its startsecs says so', async () => {
    const { supervisor, clock, told } = service([{ name: 'database', startsecs: 300 }]);
    await supervisor.start();
    await settle();
    clock.advance(299 * SECOND);
    expect(told.some((message) => message.startsWith('READY=1'))).toBe(false);
    clock.advance(2 * SECOND);
    expect(told.at(-1)).toBe('READY=1\nSTATUS=1 of 1 programs run');
  });

  test('a daemon in the background says which process it is', async () => {
    const { supervisor, told } = service([], ENV, false);
    await supervisor.start();
    expect(told).toEqual(['READY=1\nMAINPID=42\nSTATUS=0 of 0 programs run']);
  });
});

test('many changes at once are one message, and none comes when nothing changes', async () => {
  const { supervisor, spawner, clock, told } = service(
    Array.from({ length: 100 }, (_, index) => ({ name: `p${index}`, startsecs: 0 })),
  );
  await supervisor.start();
  await settle();
  clock.advance(SECOND);
  told.length = 0;
  for (const child of spawner.living.slice(0, 30)) child.exit();
  clock.advance(SECOND);
  expect(told).toEqual(['STATUS=70 of 100 programs run']);
  expect(clock.pending).toBe(0);
});

describe('the end', () => {
  test('a shutdown is told, with the names of those that take long and a request for time', async () => {
    const { supervisor, spawner, clock, told } = service([{ name: 'web', startsecs: 0, stopwaitsecs: 20 }]);
    await supervisor.start();
    await settle();
    told.length = 0;
    const over = supervisor.shutdown();
    await settle();
    expect(told).toEqual(['STOPPING=1', 'EXTEND_TIMEOUT_USEC=30000000\nSTATUS=stopping, waits for web']);
    clock.advance(3 * SECOND);
    expect(told).toHaveLength(3);
    spawner.living[0]?.exit();
    await over;
    expect(clock.pending).toBe(0);
  });

  test('what no signal ends gets no more time than the longest stop takes', async () => {
    const { supervisor, clock, told } = service([{ name: 'stuck', startsecs: 0, stopwaitsecs: 20 }]);
    await supervisor.start();
    await settle();
    void supervisor.shutdown();
    await settle();
    clock.advance(60 * SECOND);
    told.length = 0;
    clock.advance(3 * SECOND);
    expect(told).toEqual(['STATUS=stopping, waits for stuck']);
  });

  test('a restart in place is a reload: it is not said to stop', async () => {
    const { supervisor, told, clock } = service([]);
    await supervisor.start();
    clock.advance(7 * SECOND);
    end(supervisor, 'restart');
    await supervisor.shutdown();
    expect(told.slice(1)).toEqual(['RELOADING=1\nMONOTONIC_USEC=7000000']);
  });

  test('a shutdown that is asked for during a restart is told, too', async () => {
    const { supervisor, spawner, told } = service([{ name: 'web', startsecs: 0 }]);
    await supervisor.start();
    await settle();
    end(supervisor, 'restart');
    const over = supervisor.shutdown();
    await settle();
    end(supervisor, 'shutdown');
    expect(told.at(-1)).toBe('STOPPING=1');
    spawner.living[0]?.exit();
    await over;
  });
});

describe('the watchdog', () => {
  test('hears from the daemon twice in each period, and no more after the end', async () => {
    const { supervisor, clock, told } = service([], { ...ENV, WATCHDOG_USEC: '10000000', WATCHDOG_PID: '42' });
    await supervisor.start();
    clock.advance(20 * SECOND);
    expect(told.filter((message) => message === 'WATCHDOG=1')).toHaveLength(5);
    await supervisor.shutdown();
    told.length = 0;
    clock.advance(60 * SECOND);
    expect(told).toEqual([]);
  });

  test('of another process is none of ours', async () => {
    const { supervisor, clock, told } = service([], { ...ENV, WATCHDOG_USEC: '10000000', WATCHDOG_PID: '41' });
    await supervisor.start();
    expect(clock.pending).toBe(0);
    expect(told.join()).not.toContain('WATCHDOG');
  });

  test('is not taken at its word where that would keep a core busy', async () => {
    const { supervisor, clock, told } = service([], { ...ENV, WATCHDOG_USEC: '1' });
    await supervisor.start();
    clock.advance(SECOND);
    expect(told.filter((message) => message === 'WATCHDOG=1').length).toBeLessThan(20);
  });

  test.each(['', '0', '-1', 'soon', '1e400'])('a period of "%s" is none', async (period) => {
    const { supervisor, clock } = service([], { ...ENV, WATCHDOG_USEC: period });
    await supervisor.start();
    expect(clock.pending).toBe(0);
  });
});

describe('the programs', () => {
  test('do not see what is between systemd and the daemon', async () => {
    const env = { ...ENV, WATCHDOG_USEC: '1000000', WATCHDOG_PID: '42', LANG: 'C' };
    const { supervisor, lastEnv } = service([{ name: 'web' }], env);
    await supervisor.start();
    await settle();
    expect(Object.keys(lastEnv())).toContain('LANG');
    expect(Object.keys(lastEnv()).filter((name) => /NOTIFY|WATCHDOG/.test(name))).toEqual([]);
  });

  test('see it where their own environment says so', async () => {
    const { supervisor, lastEnv } = service([{ name: 'web', environment: { NOTIFY_SOCKET: '/mine' } }]);
    await supervisor.start();
    await settle();
    expect(lastEnv()['NOTIFY_SOCKET']).toBe('/mine');
  });
});

describe('a socket that takes no message', () => {
  const full = Object.assign(new Error('sendto: EAGAIN'), { code: 'EAGAIN' });

  test('for a moment gets it a moment later, in order', async () => {
    const { supervisor, clock, told, fail } = service([]);
    fail(full);
    await supervisor.start();
    clock.advance(SECOND);
    expect(told).toEqual([]);
    fail();
    clock.advance(SECOND);
    expect(told).toEqual(['READY=1\nSTATUS=0 of 0 programs run']);
    expect(clock.pending).toBe(0);
  });

  test('for good costs one line in the log, and the daemon goes on', async () => {
    const { supervisor, fail } = service([]);
    fail(new Error('sendto: ECONNREFUSED'));
    await supervisor.start();
    expect(supervisor.state).toBe('running');
    await supervisor.shutdown();
    expect(supervisor.state).toBe('stopped');
  });
});

test('without NOTIFY_SOCKET the plugin is not there', async () => {
  const { supervisor, clock, told, lastEnv } = service([{ name: 'web', startsecs: 0 }], { WATCHDOG_USEC: '1000' });
  await supervisor.start();
  await settle();
  expect({ told, timers: clock.pending }).toEqual({ told: [], timers: 0 });
  expect(lastEnv()['WATCHDOG_USEC']).toBe('1000');
});
