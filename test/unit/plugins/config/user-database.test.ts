import { expect, test } from 'vitest';

import { userDatabaseOf } from '../../../../plugins/config/resolve/user-database.ts';

const files = {
  passwd:
    'root:x:0:0:root:/root:/bin/sh\nwww:x:33:33::/var/www:/bin/false\nwww:x:99:99::/:/bin/false\n+::::::\nbroken\n',
  group: 'root:x:0:\nadm:x:4:syslog,www\nwww:x:33:www\ndocker:x:990:other,www\n',
  nsswitch: 'passwd: files systemd\ngroup: files [SUCCESS=merge] systemd\n',
};

test('a user is known by name and by number, with the primary group and every group that lists the name', () => {
  const users = userDatabaseOf(files);
  expect(users.user('www')).toEqual({ name: 'www', uid: 33, gid: 33, groups: [33, 4, 990] });
  expect(users.user('33')).toEqual({ name: '33', uid: 33, gid: 33, groups: [33, 4, 990] });
  expect(users.user('root')?.groups).toEqual([0]);
});

test('a group is known by name and by number', () => {
  const users = userDatabaseOf(files);
  expect(users.group('adm')).toBe(4);
  expect(users.group('990')).toBe(990);
  expect(users.group('nope')).toBeUndefined();
});

test('nobody is asked about a machine whose files know everybody', async () => {
  const users = userDatabaseOf(files);
  users.user('www');
  expect(await users.askForMissing()).toBe(false);
});

test.each(['-s', '--help', 'a b', '', 'a\nb', '$(x)'])(
  '%j is nobody, and no command is asked about it',
  async (name) => {
    const users = userDatabaseOf(files);
    expect(users.user(name)).toBeUndefined();
    expect(await users.askForMissing()).toBe(false);
  },
);
