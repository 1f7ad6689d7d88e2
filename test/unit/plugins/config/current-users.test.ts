import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stage } from '../../../../core/testing/index.ts';
import { lookUpUsersAtStart } from '../../../../plugins/config/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsv-users-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const user = { name: 'web', uid: 4_001, gid: 4_001, groups: [4_001] };

async function started(nsswitch = '') {
  const files = { passwd: join(folder, 'passwd'), group: join(folder, 'group'), nsswitch: join(folder, 'nsswitch') };
  writeFileSync(files.passwd, 'web:x:4001:4001::/:/bin/sh\n');
  writeFileSync(files.group, 'web:x:4001:\n');
  writeFileSync(files.nsswitch, nsswitch);
  const { supervisor, spawner, process } = await stage([{ name: 'p', user }]);
  lookUpUsersAtStart(supervisor, files);
  const again = async (): Promise<void> => {
    if (spawner.living.length > 0) spawner.last.exit();
    await process().start({ by: 'client' }).issued;
  };
  await again();
  return { supervisor, spawner, files, again };
}

test('a user who was added to a group has it from the next start on', async () => {
  const { spawner, files, again } = await started();
  expect(spawner.last.plan.identity).toEqual(user);
  writeFileSync(files.group, 'web:x:4001:\ndocker:x:990:web\n');
  await again();
  expect(spawner.last.plan.identity?.groups).toEqual([4_001, 990]);
});

test('the name stays as it was written, and the primary group is that of today', async () => {
  const { spawner, files, again } = await started();
  writeFileSync(files.passwd, 'renamed:x:4001:5000::/:/bin/sh\n');
  await again();
  expect(spawner.last.plan.identity).toEqual({ ...user, gid: 5_000, groups: [5_000] });
});

test('a user who is gone starts nothing, and the reason says so', async () => {
  const { supervisor, spawner, files, again } = await started();
  writeFileSync(files.passwd, 'root:x:0:0::/:/bin/sh\n');
  await again();
  expect(spawner.children).toHaveLength(1);
  expect(supervisor.find('p')?.view.spawnerr).toContain(`user web (uid 4001) is not in ${files.passwd} any more`);
});

test('files that are gone for a moment, or users of a directory service, keep what is known', async () => {
  const { spawner, files, again } = await started('passwd: files sss\n');
  writeFileSync(files.passwd, '');
  await again();
  expect(spawner.last.plan.identity).toEqual(user);
  rmSync(files.passwd);
  await again();
  expect(spawner.last.plan.identity).toEqual(user);
});
