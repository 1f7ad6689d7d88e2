import { expect, test } from 'vitest';
import { groupConfig, processConfig, supervisorConfig, type Supervisor } from '../../../core/index.ts';
import { daemonService } from '../../../plugins/host/daemon/index.ts';
import { apiDaemon } from './support.ts';

/** What the file says by now, as `tsvd` would read it. */
function rereading(supervisor: Supervisor): void {
  const next = supervisorConfig({
    ...supervisor.config,
    groups: [
      groupConfig({
        processes: [processConfig({ name: 'kept', command: 'sleep 1000', autostart: false, startsecs: 0 })],
      }),
      groupConfig({
        processes: [processConfig({ name: 'changed', command: 'sleep 2000', autostart: false, startsecs: 0 })],
      }),
    ],
  });
  supervisor.provide(daemonService, {
    reread: () => supervisor.reread(next),
    plan: async () => ({ plan: await supervisor.plan(next), file: undefined }),
    update: (groups, cause) => supervisor.update(next, { cause, ...(groups !== undefined && { groups }) }),
    upgrade: () => Promise.resolve(),
    end: () => Promise.resolve(),
  });
}

test('the plan tells what an update would do, and the update does just that', async () => {
  const { supervisor, get, post } = await apiDaemon(
    [{ programs: [{ name: 'kept' }] }, { programs: [{ name: 'changed' }] }],
    { prepare: (it) => rereading(it) },
  );
  await post('/processes/*/start');
  const pids = () => ['kept', 'changed'].map((name) => supervisor.find(name)?.view.pid);
  const before = pids();

  const { status, json: plan } = await get('/plan');
  expect(status).toBe(200);
  expect(plan).toMatchObject({
    unchanged: 1,
    entries: [{ kind: 'restart', name: 'changed', changes: [{ option: 'command', to: 'sleep 2000' }] }],
  });
  expect(pids()).toEqual(before);

  const nobody = await post('/update', { groups: ['nope'] });
  expect([nobody.status, nobody.json.error.code]).toEqual([404, 'BAD_NAME']);
  const { json: done } = await post('/update');
  expect(done).toMatchObject({ entries: [{ kind: 'restart', name: 'changed', ok: true }] });
  expect(pids()[0]).toBe(before[0]);
  expect(pids()[1]).not.toBe(before[1]);
  expect((await get('/plan')).json.entries).toEqual([]);
});

test('a configuration that is refused: all problems in the message, and each by itself', async () => {
  const { get, post } = await apiDaemon([], {
    prepare: (it) => {
      const refuse = () => Promise.reject(new Error('f:1: one\nf:2: two'));
      it.provide(daemonService, { reread: refuse, plan: refuse, update: refuse, end: refuse, upgrade: refuse });
    },
  });
  const error = {
    code: 'CANT_REREAD',
    message: 'the configuration is refused:\nf:1: one\nf:2: two',
    problems: ['f:1: one', 'f:2: two'],
  };
  expect(await get('/plan')).toMatchObject({ status: 422, json: { error } });
  expect(await post('/update')).toMatchObject({ status: 422, json: { error } });
});

test('an account that may only look is not told a plan: reading a configuration may run code', async () => {
  const { get } = await apiDaemon([], {
    server: { username: 'ann', password: 'acts', viewer: { username: 'eve', password: 'looks' } },
    prepare: (it) => rereading(it),
  });
  const authorization = `Basic ${Buffer.from('eve:looks').toString('base64')}`;
  expect((await get('/plan', { Authorization: authorization })).status).toBe(403);
});

test('where there is no configuration file, there is no plan', async () => {
  const { get } = await apiDaemon();
  const { status, json } = await get('/plan');
  expect([status, json.error.code]).toEqual([422, 'CANT_REREAD']);
});
