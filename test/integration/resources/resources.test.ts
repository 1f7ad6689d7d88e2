import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Supervisor } from '../../../core/index.ts';
import { CpuRate, ResourcesPlugin, resourcesService } from '../../../plugins/insight/resources/index.ts';
import { until } from '../../support/wait.ts';

const isLinux = process.platform === 'linux';

test.runIf(isLinux)('the work of a wrapper is done in its child, and counts', async () => {
  const resources = new Supervisor({ plugins: [new ResourcesPlugin()] }).use(resourcesService);
  const script = 'const held = Buffer.alloc(100 * 2 ** 20, 1); for (;;) held[0] += 1;';
  const wrapper = spawn('/bin/sh', ['-c', '"$0" -e "$1"; exit 0', process.execPath, script], {
    detached: true,
    stdio: 'ignore',
  });
  const pid = wrapper.pid ?? 0;
  try {
    const rate = new CpuRate();
    const busy = await until('a busy child of a shell', () => {
      const found = resources?.usage(pid);
      const cpu = found && rate.next({ pid, cpuSeconds: found.cpuSeconds, atMs: performance.now() });
      return found !== undefined && found.memoryBytes > 100 * 2 ** 20 && cpu !== undefined && cpu > 0
        ? found
        : undefined;
    });
    expect(busy?.processes).toBe(2);
    expect(busy?.openFiles).toBeGreaterThan(6);
    // The shell itself is small and idle.
    expect(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]?.length).toBeLessThan(5);
  } finally {
    process.kill(-pid, 'SIGKILL');
  }
});

test.runIf(isLinux)('what a process says about itself is what we say about it', () => {
  const pid = process.pid;
  const resources = new Supervisor({ plugins: [new ResourcesPlugin()] }).use(resourcesService);
  const mine = resources?.usages([pid])?.get(pid);
  expect(mine?.memoryBytes).toBeGreaterThan(process.memoryUsage.rss() / 2);
  expect(mine?.cpuSeconds).toBeGreaterThan(0);
});
