// What `import { Supervisor } from 'tsvisor/core'` and a supervised program add to an empty Node process.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const REPORT =
  `setTimeout(() => { gc(); gc(); console.log(Number(/Rss:\\s+(\\d+)/.exec((await import('node:fs')).readFileSync('/proc/self/smaps_rollup', 'utf8'))[1]) / 1024); process.exit(); }, 300);`.replace(
    '() =>',
    'async () =>',
  );

const SUPERVISE = (
  core,
  programs,
) => `import { Supervisor, supervisorConfig, groupConfig, processConfig } from '${core}';
const supervisor = new Supervisor({ config: supervisorConfig({ groups: Array.from({ length: ${programs} }, (_, n) => groupConfig({ processes: [processConfig({ name: 'p' + n, command: 'sleep 1000' })] })) }) });
await supervisor.start();
process.on('exit', () => supervisor.processes.forEach((p) => p.signal('SIGKILL')));
`;

/** Median difference in MiB of resident memory over seven pairs. `programs`: how many it supervises. */
export async function coreOnly(programs) {
  const core = new URL('../../dist/core/index.js', import.meta.url).href;
  const folder = mkdtempSync(join(tmpdir(), 'tsv-core-'));
  const differences = [];
  try {
    writeFileSync(join(folder, 'empty.mjs'), REPORT);
    writeFileSync(join(folder, 'core.mjs'), SUPERVISE(core, programs) + REPORT);
    for (let pair = 0; pair < 7; pair += 1) {
      const empty = await memoryOf(join(folder, 'empty.mjs'));
      differences.push((await memoryOf(join(folder, 'core.mjs'))) - empty);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return differences.sort((a, b) => a - b)[3];
}

function memoryOf(script) {
  return new Promise((resolve) => {
    const node = spawn(process.execPath, ['--expose-gc', '--no-warnings', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    node.stdout.on('data', (chunk) => (text += chunk));
    node.once('close', () => resolve(Number(text)));
  });
}
