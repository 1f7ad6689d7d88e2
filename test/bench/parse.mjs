// Reading and checking a configuration: the time of `tsvd --check` for so many programs, above that for none. Ten times
// the programs have to take about ten times as long; a quadratic step would show as a hundred.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = (_, n) => `[program:p${n}]
command=/usr/bin/app --port %(process_num)d --name %(program_name)s
directory=/tmp
environment=NAME="%(program_name)s",PORT="80%(process_num)02d"
stdout_logfile=/tmp/%(program_name)s.log
autorestart=true
`;

/** Seconds. */
export function parseTime(tsvd, count) {
  const folder = mkdtempSync(join(tmpdir(), 'tsv-bench-'));
  try {
    const file = join(folder, 'supervisord.conf');
    writeFileSync(file, `[supervisord]\n${Array.from({ length: count }, program).join('')}`);
    const before = performance.now();
    // Through --json, nothing of this host is looked at but its users.
    execFileSync(tsvd, ['--check', '--json', '-c', file], { stdio: 'ignore' });
    return (performance.now() - before) / 1000;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
