import { expect, test } from 'vitest';
import { systemdUnit, type Installation } from '../../../../../plugins/host/systemd/index.ts';

const INSTALLATION: Installation = {
  node: '/usr/bin/node',
  tsvd: '/usr/lib/node_modules/tsvisor/dist/tsvd',
  tsvctl: '/usr/lib/node_modules/tsvisor/dist/tsvctl',
  configuration: '/etc/supervisor/supervisord.conf',
  client: ['-c', '/etc/supervisor/supervisord.conf'],
  stopwaitsecs: 10,
  minfds: 1024,
  isForUser: false,
};

/** The settings of a unit, by name. */
const settings = (unit: string) =>
  new Map([...unit.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]));
const unitOf = (changes: Partial<Installation> = {}) => settings(systemdUnit({ ...INSTALLATION, ...changes }));

test('the unit runs tsvd in the foreground, and applies a changed configuration at a reload', () => {
  const unit = unitOf();
  expect(unit.get('Type')).toBe('notify');
  expect(unit.get('ExecStart')).toBe('/usr/lib/node_modules/tsvisor/dist/tsvd -n -c /etc/supervisor/supervisord.conf');
  expect(unit.get('ExecReload')).toBe(
    '/usr/lib/node_modules/tsvisor/dist/tsvctl -c /etc/supervisor/supervisord.conf update',
  );
  expect(unit.get('Environment')).toBe('TSV_NODE=/usr/bin/node');
  expect(unit.get('WorkingDirectory')).toBe('/etc/supervisor');
});

test('a stop may take as long as the program that takes longest', () => {
  expect(unitOf({ stopwaitsecs: 300 }).get('TimeoutStopSec')).toBe('330s');
});

test('limits follow minfds, and are never below what systemd gives', () => {
  expect(unitOf({ minfds: 100 }).get('LimitNOFILE')).toBe('1024:524288');
  expect(unitOf({ minfds: 1_000_000 }).get('LimitNOFILE')).toBe('1000000:1000000');
});

test('without a way for tsvctl there is no reload, and the unit says why', () => {
  const text = systemdUnit({ ...INSTALLATION, client: undefined });
  expect(settings(text).has('ExecReload')).toBe(false);
  expect(text).toContain('# No ExecReload: ');
});

test('a unit of a user belongs to the default target, and waits for no network', () => {
  const unit = unitOf({ isForUser: true });
  expect(unit.get('WantedBy')).toBe('default.target');
  expect(unit.has('After')).toBe(false);
});

test('what is special to systemd in a path is escaped', () => {
  const unit = unitOf({ configuration: '/srv/my app/100%/$HOME "x"/a.conf' });
  expect(unit.get('ExecStart')).toBe(
    String.raw`/usr/lib/node_modules/tsvisor/dist/tsvd -n -c "/srv/my app/100%%/$$HOME \"x\"/a.conf"`,
  );
  expect(unit.get('WorkingDirectory')).toBe('/srv/my app/100%%/$HOME "x"');
});

test('a path that would begin a line of its own is refused', () => {
  expect(() => unitOf({ configuration: '/srv/a\nExecStartPre=/bin/evil/x' })).toThrow('not possible in a unit file');
});
