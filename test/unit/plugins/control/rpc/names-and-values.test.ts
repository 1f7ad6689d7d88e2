import { expect, test } from 'vitest';
import { groupConfig, processConfig } from '../../../../../core/index.ts';
import { configInfo } from '../../../../../plugins/control/rpc/config-info.ts';
import { parseTail } from '../../../../../plugins/control/rpc/log-tail.ts';
import { bounded, LONGEST_READ } from '../../../../../plugins/control/rpc/log-access.ts';
import { lookUp, lookUpProcess } from '../../../../../plugins/control/rpc/control-faults.ts';
import { numberOfSignal } from '../../../../../core/index.ts';
import { signalOf } from '../../../../../plugins/control/operations.ts';
import { stage } from '../../../../../core/testing/index.ts';

test.each([
  ['HUP', 'SIGHUP'],
  ['sighup', 'SIGHUP'],
  [' usr2 ', 'SIGUSR2'],
  ['1', 'SIGHUP'],
  ['15', 'SIGTERM'],
  ['0', undefined],
  ['-1', undefined],
  ['999', undefined],
  ['NOSUCH', undefined],
  ['', undefined],
  ['SIG', undefined],
  ['toString', undefined],
])('the signal %j is %s', (given, expected) => {
  expect(signalOf(given)).toBe(expected);
});

test('a signal has a number on the wire', () => {
  expect(numberOfSignal('SIGTERM')).toBe(15);
});

test('a name stands for a process, group:* and group: for a group, and anything else is BAD_NAME as given', async () => {
  const { supervisor } = await stage([{ name: 'a' }]);
  expect(lookUp(supervisor, 'a').kind).toBe('process');
  expect(lookUp(supervisor, 'a:a').kind).toBe('process');
  expect(lookUp(supervisor, 'a:*').kind).toBe('group');
  expect(lookUp(supervisor, 'a:').kind).toBe('group');
  for (const bad of ['b', 'a:b', 'b:a', 'b:*', '', ':', '*', 'a:a:a']) {
    expect(() => lookUp(supervisor, bad)).toThrow(`BAD_NAME: ${bad}`);
  }
  expect(() => lookUpProcess(supervisor, 'a:*')).toThrow('BAD_NAME: a:*');
});

test.each([
  ['/logtail/p', { name: 'p', channel: 'stdout' }],
  ['/logtail/g:p/stderr', { name: 'g:p', channel: 'stderr' }],
  ['/logtail/g:p/stdout', { name: 'g:p', channel: 'stdout' }],
  ['/logtail', undefined],
  ['/logtail/', undefined],
  ['/logtail/p/', undefined],
  ['/logtail/p/stdfoo', undefined],
  ['/logtail/p/stdout/x', undefined],
  ['/logtailp', undefined],
])('%s asks for %j', (path, expected) => {
  expect(parseTail(path)).toEqual(expected);
});

test('no read asks the file for more than one answer may hold', () => {
  expect(bounded(0, 0)).toEqual([0, LONGEST_READ + 1]);
  expect(bounded(5, 10)).toEqual([5, 10]);
  expect(bounded(5, 2 ** 40)).toEqual([5, LONGEST_READ + 1]);
  expect(bounded(-(2 ** 40), 0)).toEqual([-(LONGEST_READ + 1), 0]);
  expect(bounded(-4, 2)).toEqual([-4, 2]);
  expect(bounded(0, -1)).toEqual([0, -1]);
});

test('a configuration is told with the keys and the words of Supervisor 4.2.5', () => {
  const config = processConfig({ name: 'p', command: 'cat' });
  const group = groupConfig({ processes: [config] });
  expect(configInfo({ config, group, isInUse: false, logs: undefined })).toEqual({
    autostart: true,
    autorestart: 'auto',
    command: 'cat',
    directory: 'none',
    exitcodes: [0],
    group: 'p',
    group_prio: 999,
    inuse: false,
    killasgroup: false,
    name: 'p',
    process_prio: 999,
    redirect_stderr: false,
    serverurl: 'none',
    startretries: 3,
    startsecs: 1,
    stderr_capture_maxbytes: 0,
    stderr_events_enabled: false,
    stderr_logfile: 'auto',
    stderr_logfile_backups: 10,
    stderr_logfile_maxbytes: 52_428_800,
    stderr_syslog: false,
    stdout_capture_maxbytes: 0,
    stdout_events_enabled: false,
    stdout_logfile: 'auto',
    stdout_logfile_backups: 10,
    stdout_logfile_maxbytes: 52_428_800,
    stdout_syslog: false,
    stopasgroup: false,
    stopsignal: 15,
    stopwaitsecs: 10,
    uid: 'none',
  });
});

test('a log is told by its path: as configured, or as AUTO has named it', () => {
  const config = processConfig({
    name: 'p',
    command: 'cat',
    options: { stderr_logfile: { kind: 'none' }, redirect_stderr: true },
    user: { name: 'nobody', uid: 65534, gid: 65534, groups: [65534] },
  });
  const group = groupConfig({ processes: [config] });
  const logs = { stdout: '/tmp/p-stdout---x.log', stderr: '' };
  expect(configInfo({ config, group, isInUse: true, logs })).toMatchObject({
    inuse: true,
    redirect_stderr: true,
    stdout_logfile: '/tmp/p-stdout---x.log',
    stderr_logfile: 'none',
    uid: 65534,
  });
});
