import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { later } from '../../support/later.ts';
import { until } from '../../support/wait.ts';
import { testFolder } from '../logging/support.ts';

const DIST = fileURLToPath(new URL('../../../dist/', import.meta.url));

function canUnshare(): boolean {
  try {
    execFileSync('unshare', ['--pid', '--fork', '--mount-proc', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** tsvd as process 1 of a PID namespace. */
function asProcessOne(folder: string, file: string) {
  const args = ['--pid', '--fork', '--mount-proc', '--kill-child', join(DIST, 'tsvd'), '-n', '-c', file];
  const outer = spawn('unshare', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = new Promise<number | null>((resolve) => outer.once('exit', resolve));
  let output = '';
  for (const stream of [outer.stdout, outer.stderr]) stream.on('data', (bytes) => (output += String(bytes)));
  later(async () => {
    outer.kill('SIGKILL');
    await exited;
  });
  /** The pid of tsvd, as it is seen from outside. */
  const pid = (): number => {
    const children = readFileSync(`/proc/${outer.pid}/task/${outer.pid}/children`, 'utf8').trim();
    return Number(children.split(' ')[0]);
  };
  return { exited, pid, output: () => output };
}

/** The states of the children of a process: `S`, `Z`, … */
function statesOfChildren(pid: number): string[] {
  const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  return pids.map((child) => {
    try {
      return readFileSync(`/proc/${child}/stat`, 'utf8').replace(/^.*\) /, '')[0] ?? '';
    } catch {
      return ''; // reaped meanwhile
    }
  });
}

test.skipIf(!canUnshare())(
  'as process 1, orphans are reaped, and children of node:child_process, also in a worker, keep their exit statuses',
  async () => {
    const folder = testFolder();
    writeFileSync(
      join(folder, 'orphans.sh'),
      'for i in $(seq 100); do (sleep 0.0$((i % 5)) &); done\nsetsid sleep 0.1 &\nexec sleep 1000\n',
    );
    writeFileSync(
      join(folder, 'work.mjs'),
      `import { exec, fork } from 'node:child_process';
import { isMainThread } from 'node:worker_threads';
const codes = [...Array(30).keys()];
const run = (code) => new Promise((resolve) => exec('sleep 0.0' + (code % 5) + '; exit ' + code, (error) => resolve(error?.code ?? 0)));
export const right = async () => (await Promise.all(codes.map(run))).every((code, at) => code === at);
if (!isMainThread) {
  const { parentPort } = await import('node:worker_threads');
  parentPort.postMessage(await right());
}
`,
    );
    writeFileSync(
      join(folder, 'tsv.config.mjs'),
      `import { Worker } from 'node:worker_threads';
import { standardPlugins } from '${DIST}plugins/index.js';
import { right } from './work.mjs';
const commands = {
  name: 'commands',
  apply({ hooks, events }) {
    events.on('supervisor:state', async ({ to }) => {
      if (to !== 'running') return;
      const worker = new Worker(new URL('./work.mjs', import.meta.url));
      const inWorker = new Promise((resolve) => worker.once('message', resolve));
      console.log('commands: ' + (await right()) + ', in a worker: ' + (await inWorker));
    });
  },
};
export default {
  supervisord: { logfile: '${folder}/log', pidfile: '${folder}/pid' },
  plugins: [...(await standardPlugins()), commands],
  programs: { orphans: { command: 'sh ${folder}/orphans.sh', numprocs: 3, process_name: '%(program_name)s_%(process_num)d' } },
};
`,
    );
    const { exited, pid, output } = asProcessOne(folder, join(folder, 'tsv.config.mjs'));
    await until(output, () => output().includes('commands: '));
    expect(output()).toContain('commands: true, in a worker: true');
    // One more holds the descriptors of the daemon.
    await until('four processes and no zombie', () => statesOfChildren(pid()).join('') === 'SSSS');
    process.kill(pid(), 'SIGTERM');
    expect(await exited).toBe(0);
  },
);

test.skipIf(!canUnshare())('as process 1, exit_when ends the daemon with the status of the program', async () => {
  const folder = testFolder();
  const file = join(folder, 'supervisord.conf');
  writeFileSync(
    file,
    `[supervisord]\nlogfile=${folder}/log\npidfile=${folder}/pid\nexit_when=job\n[program:other]\ncommand=sleep 1000\n` +
      `[program:job]\ncommand=sh -c "sleep 0.2; exit 42"\nstartsecs=0\nautorestart=false\n`,
  );
  const { exited, output } = asProcessOne(folder, file);
  expect([await exited, output()]).toEqual([
    42,
    expect.stringContaining('job has ended with status 42 (exit_when): the daemon ends'),
  ]);
});

test.skipIf(!canUnshare())(
  'a container that is started again begins anew, though its state folder is still there',
  async () => {
    const folder = testFolder();
    const file = join(folder, 'supervisord.conf');
    writeFileSync(
      file,
      `[supervisord]\nlogfile=${folder}/log\npidfile=${folder}/pid\n` +
        `[program:once]\ncommand=sh -c "echo once >> ${folder}/ran; exec sleep 1000"\nstartsecs=0\nautorestart=false\n`,
    );
    const ran = (): string => (existsSync(join(folder, 'ran')) ? readFileSync(join(folder, 'ran'), 'utf8') : '');
    for (let time = 1; time <= 2; time += 1) {
      const { exited, pid } = asProcessOne(folder, file);
      await until('the program', () => ran() === 'once\n'.repeat(time));
      process.kill(pid(), 'SIGKILL'); // and everything in its namespace
      await exited;
    }
    expect(readFileSync(join(folder, 'log'), 'utf8')).not.toContain('resumed');
  },
);
