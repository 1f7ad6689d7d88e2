import { expect, test } from 'vitest';
import { groupConfig, processConfig } from '../../../../../core/index.ts';
import { settingsOf } from '../../../../../plugins/control/api/process-settings.ts';
import { tablesOf } from '../../../../../plugins/config/index.ts';
import { standardPlugins } from '../../../../../plugins/standard.ts';

const options = tablesOf(await standardPlugins()).optionsOf('program') ?? new Map();

function settings(given: object) {
  const process = processConfig({ name: 'web', command: 'node web.js', ...given });
  return settingsOf({ process, group: groupConfig({ processes: [process] }), options });
}

test('sizes are in KB and MB, what is not the default comes first, and nothing comes twice', () => {
  const all = settings({
    stopwaitsecs: 30,
    options: { stdout_logfile: { kind: 'file', path: '/var/log/web.log' }, stdout_logfile_maxbytes: 20 * 2 ** 20 },
  });
  const given = all.filter(({ isDefault }) => !isDefault);
  expect(all.slice(0, given.length)).toEqual(given);
  expect(Object.fromEntries(given.map(({ option, value, default: usual }) => [option, [value, usual]]))).toEqual({
    command: ['node web.js', null],
    stopwaitsecs: ['30', '10'],
    stdout_logfile: ['/var/log/web.log', 'AUTO'],
    stdout_logfile_maxbytes: ['20MB', '50MB'],
  });
  expect(all.find(({ option }) => option === 'stderr_logfile_maxbytes')).toMatchObject({
    value: '50MB',
    isDefault: true,
  });
  expect(new Set(all.map(({ option }) => option)).size).toBe(all.length);
});

test('of what is secret only the names are told, and an address loses its password', () => {
  const text = JSON.stringify(
    settings({ environment: { DB_PASSWORD: 'hunter2' }, serverurl: 'http://me:hunter2@host:9001' }),
  );
  expect(text).not.toContain('hunter2');
  expect(text).toContain('DB_PASSWORD=********');
  expect(text).toContain('http://me:********@host:9001');
});
