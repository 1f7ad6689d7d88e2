// npm run kill-test -- --daemon tsvd|supervisord|pm2: kills the daemon again and again while its programs run, write and end,
// then compares what the programs have recorded about themselves with what the daemon made of it. docs/reliability.md says
// what is checked. Exit status: 0 nothing is wrong, 1 something is, 2 the test could not be done.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkOutput } from './output.mjs';
import { readOptions } from './options.mjs';
import { Pm2Daemon } from './pm2-daemon.mjs';
import { MARKER, childName, childrenByName, endAll, markedPids, until } from './processes.mjs';
import { choosePrograms, prepareFolder } from './programs.mjs';
import { Random } from './random.mjs';
import { lostRuns, readRuns } from './records.mjs';
import { hasFailed, tableOf } from './report.mjs';
import { AFTERWARDS, DURING } from './sabotage.mjs';
import { compareStatuses } from './statuses.mjs';
import { SupervisorDaemon } from './supervisor-daemon.mjs';
import { Trial } from './trial.mjs';

const DAEMONS = {
  tsvd: {
    create: (settings) => new SupervisorDaemon(settings),
    command: process.env.TSV_DAEMON ?? fileURLToPath(new URL('../../dist/tsvd', import.meta.url)),
    options: ['journal_maxbytes=0'],
  },
  supervisord: { create: (settings) => new SupervisorDaemon(settings), command: '/usr/bin/supervisord', options: [] },
  pm2: { create: (settings) => new Pm2Daemon(settings), command: 'pm2', options: [] },
};

const test = randomBytes(6).toString('hex');
process.once('exit', () => endAll(test));
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
]) {
  process.once(signal, () => process.exit(128 + number));
}

try {
  process.exitCode = await main(readOptions(DAEMONS));
} catch (error) {
  console.error(error);
  process.exitCode = 2;
}
// Something that the daemon has left open must not keep the harness: the handler of `exit` ends all processes.
process.exit();

async function main(options) {
  const random = new Random(options.seed);
  const owner = options.user === undefined ? undefined : ownerOf(options.user);
  const { folder, binary } = prepareFolder(owner);
  process.once('exit', (code) => {
    endAll(test);
    if (code !== 0 || options.keep) console.error(`kept: ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  });
  const programs = choosePrograms({ ...options, random, folder, test });
  // A home of its own: without root a daemon keeps its state there.
  const environment = { ...process.env, HOME: folder, XDG_RUNTIME_DIR: '', [MARKER]: test };
  const kind = DAEMONS[options.daemon];
  const daemon = kind.create({
    command: options.command ?? kind.command,
    folder,
    binary,
    programs,
    environment,
    asUser:
      owner === undefined
        ? []
        : ['setpriv', `--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--init-groups', '--inh-caps=-all', '--'],
    options: [...kind.options, ...options.option],
  });
  const trial = new Trial(daemon, { programs, binary, test, random, early: options.early });

  await trial.boot();
  const live = () => childrenByName(binary, test);
  const sabotage = (moments) =>
    options.sabotage
      .filter((what) => what in moments)
      .forEach((what) => console.error(`sabotage: ${moments[what]({ programs, binary, environment, folder, live })}`));
  sabotage(DURING);
  for (let kill = 1; kill <= options.kills; kill += 1) {
    await trial.killOnce();
    if (process.stderr.isTTY) process.stderr.write(`\r${kill} of ${options.kills} kills `);
  }
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  await trial.watch(options.seconds * 1000);
  const notRunning = await trial.waitUntilKnown();
  trial.look();

  const stopAt = process.hrtime.bigint();
  await daemon.stop();
  // Helpers of the daemon get a moment to end after it.
  await until(() => markedPids(test).length === 0, 2000, 100);
  const left = markedPids(test);
  sabotage(AFTERWARDS);

  const runs = readRuns(folder, programs);
  const result = {
    options,
    rounds: trial.rounds,
    runs: runs.size,
    lost: lostRuns(runs, stopAt, new Set(left)),
    doubled: doubledPrograms(runs, trial.doubled),
    notRunning,
    leftBehind: left.map((pid) => ({ pid, what: childName(pid, binary, test) ?? commandOf(pid) })),
    output: checkOutput(folder, programs, runs),
    statuses: compareStatuses(runs, daemon.reports()),
  };
  console.log(tableOf(result));
  if (options.json) console.log(JSON.stringify(result));
  writeFileSync(join(folder, 'result.json'), JSON.stringify(result));
  return hasFailed(result) ? 1 : 0;
}

/** From two sources: what the harness saw in /proc, and the lock that each child tries to take. */
function doubledPrograms(runs, seen) {
  const times = new Map(seen);
  for (const { name, isDouble } of runs.values()) if (isDouble) times.set(name, (times.get(name) ?? 0) + 1);
  return [...times].map(([name, count]) => ({ name, times: count }));
}

function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim();
  } catch {
    return 'gone meanwhile';
  }
}

function ownerOf(user) {
  const id = (flag) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
