import type { ProcessStatus } from '../../../../../../plugins/control/web/client/api-schema.ts';

/** A process as `/api/v1` shows it, and as some test wants it. */
export function status(given: Partial<ProcessStatus> = {}): ProcessStatus {
  const name = given.name ?? 'web';
  const group = given.group ?? name;
  return {
    group,
    name,
    namespec: group === name ? name : `${group}:${name}`,
    state: 'RUNNING',
    reason: 'started with the daemon',
    health: 'sound',
    trouble: null,
    since: null,
    lastLine: null,
    pid: 100,
    startedAt: '2026-01-01T00:00:00.000Z',
    stoppedAt: null,
    uptimeSeconds: 10,
    restarts: 0,
    exit: null,
    logs: { stdout: null, stderr: null },
    autostart: true,
    priority: 999,
    kind: 'group',
    ...given,
  };
}
