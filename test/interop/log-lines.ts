import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { RpcClient } from '../../plugins/control/client/index.ts';
import { runCommand } from '../support/tsvd.ts';
import type { Channel } from './supervisor-messages.ts';
import { until } from '../support/wait.ts';

export interface Written {
  readonly channel: Channel;
  readonly text: string;
}

/** Everything that a daemon writes while it goes through all that {@link configuration} makes it go through. */
export async function linesOf(daemon: string, folder: string): Promise<Written[]> {
  mkdirSync(folder);
  writeFileSync(join(folder, 'included.conf'), '');
  writeFileSync(join(folder, 'script'), '#!/no/such/interpreter\n', { mode: 0o755 });
  writeFileSync(join(folder, 'plain'), '', { mode: 0o644 });
  writeFileSync(join(folder, 'rejects.sh'), REJECTS);
  const file = join(folder, 'supervisord.conf');
  writeFileSync(file, configuration(folder));
  const foreground = await inForeground(daemon, folder, file);
  const background = await inBackground(daemon, folder);
  const { err } = await runCommand(daemon, ['-c', file, 'unexpected']);
  const child = ['chdir.err', 'exec.err'].map((name) => readFileSync(join(folder, name), 'utf8')).join('');
  return [
    ...records(foreground.log),
    ...records(background),
    ...plain('stderr', err + foreground.secondDaemon),
    ...plain('child', child),
  ];
}

async function inForeground(daemon: string, folder: string, file: string) {
  const limited = ['-c', 'ulimit -Sn 512 && exec "$0" "$@"', daemon, '-n', '-c', file];
  const running = spawn('/bin/sh', limited, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  let log = '';
  running.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const seen = (text: string, count = 1) =>
    until(
      () => `${JSON.stringify(text)} in the log:\n${log}`,
      () => log.split(text).length > count,
    );
  const client = new RpcClient({ serverurl: `unix://${folder}/s.sock` });
  try {
    for (const name of ['bad', 'closes', 'rejects']) await seen(`${name}: ACKNOWLEDGED -> READY`);
    for (const data of ['1', '2', '3']) await client.call('supervisor.sendRemoteCommEvent', 'type', data);
    await seen('rejects: event was processed');
    await seen('bad: has entered the UNKNOWN state');
    await seen('discarding event');
    await seen('epipe');
    await seen('exited: quick');
    await seen('gave up: isdir');
    await seen('gave up: exec');
    for (const name of ['polite', 'stubborn']) await seen(`success: ${name}`);
    for (const name of ['polite', 'steady', 'stubborn']) await client.call('supervisor.stopProcess', name);
    await client.call('supervisor.signalProcess', 'talks', 'WINCH');
    await client.call('supervisor.stopProcess', 'nosuch').catch(() => undefined);
    await stopInBackoff(client, () => log.includes('Attempted to kill'));
    await client.call('supervisor.clearLog');
    const second = await runCommand(daemon, ['-n', '-c', file]);
    running.kill('SIGUSR2');
    await seen('supervisord logreopen');
    running.kill('SIGHUP');
    await seen('supervisord started with pid', 2);
    await seen('success: stubborn', 2);
    running.kill('SIGTERM');
    await seen('exit request');
    running.kill('SIGHUP');
    await until(
      () => `the end; log:\n${log}`,
      () => running.exitCode !== null,
    );
    return { log, secondDaemon: second.err };
  } finally {
    await end(running);
  }
}

async function stopInBackoff(client: RpcClient, isLogged: () => boolean): Promise<void> {
  await until('a stop in BACKOFF', async () => {
    const info = JSON.stringify(await client.call('supervisor.getProcessInfo', 'retries'));
    if (info.includes('"BACKOFF"')) await client.call('supervisor.stopProcess', 'retries').catch(() => undefined);
    if (info.includes('"STOPPED"')) await client.call('supervisor.startProcess', 'retries', false);
    return isLogged();
  });
}

/** As a daemon, with a pidfile that cannot be written. */
async function inBackground(daemon: string, folder: string): Promise<string> {
  const file = join(folder, 'background.conf');
  const log = join(folder, 'background.log');
  writeFileSync(
    file,
    `[unix_http_server]
file=${folder}/b.sock
[supervisord]
logfile=${log}
pidfile=${folder}
directory=${folder}
childlogdir=${folder}
user=${userInfo().username}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
`,
  );
  await runCommand(daemon, ['-c', file]);
  const client = new RpcClient({ serverurl: `unix://${folder}/b.sock` });
  const pid = Number(await until('the daemon answers', () => client.call('supervisor.getPID').catch(() => 0)));
  await client.call('supervisor.shutdown');
  await until('the daemon in the background has ended', () => !existsSync(`/proc/${pid}/exe`));
  return readFileSync(log, 'utf8');
}

async function end(running: ChildProcess): Promise<void> {
  if (running.exitCode !== null || running.signalCode !== null) return;
  running.kill('SIGTERM');
  await until('the daemon ends', () => running.exitCode !== null || running.signalCode !== null);
}

function records(log: string): Written[] {
  const pattern = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (CRIT|ERRO|WARN|INFO|DEBG|TRAC|BLAT) (.*)$/gm;
  return [...log.matchAll(pattern)].map(([, level = '', text = '']) => ({ channel: level as Channel, text }));
}

function plain(channel: Channel, output: string): Written[] {
  return output.split('\n').map((text) => ({ channel, text }));
}

/** A listener that rejects its first event. */
const REJECTS = `answer='RESULT 4\\nFAIL'
while echo READY; do
  read header
  head -c "\${header##*len:}" > /dev/null
  printf "$answer"
  answer='RESULT 2\\nOK'
done
`;

/** Programs that end, fail, resist or cannot be started, and listeners that keep to the protocol or break it. */
const configuration = (folder: string): string => `
[unix_http_server]
file=${folder}/s.sock
[supervisord]
logfile=${folder}/log
pidfile=${folder}/pid
childlogdir=${folder}
loglevel=trace
[include]
files=${folder}/included.conf ${folder}/missing/*.conf
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[program:steady]
command=sleep 1000
startsecs=0
[program:quick]
command=true
startsecs=0
autorestart=false
[program:polite]
command=sh -c "trap 'exit 0' TERM; while :; do sleep 0.1; done"
startsecs=1
[program:stubborn]
command=sh -c "trap '' TERM; while :; do sleep 0.1; done"
startsecs=1
stopwaitsecs=2
[program:talks]
command=sh -c "printf '<!--XSUPERVISOR:BEGIN-->hello<!--XSUPERVISOR:END-->'; exec sleep 1000"
startsecs=0
stdout_capture_maxbytes=1KB
[program:retries]
command=false
startretries=100
[program:chdir]
command=sleep 1000
directory=/no/such/folder
stderr_logfile=${folder}/chdir.err
startretries=0
[program:exec]
command=${folder}/script
stderr_logfile=${folder}/exec.err
startretries=0
[program:isdir]
command=${folder}
startretries=0
[program:plain]
command=${folder}/plain
startretries=0
[program:nofile]
command=/no/such/file
startretries=0
[program:quote]
command=sleep 'x
startretries=0
[fcgi-program:fcgi]
command=sleep 1000
socket=unix://${folder}/f.sock
startsecs=0
[eventlistener:rejects]
command=sh ${folder}/rejects.sh
events=REMOTE_COMMUNICATION
startsecs=0
[eventlistener:bad]
command=sh -c "echo READY; read header; echo RESULT abc; exec sleep 1000"
events=REMOTE_COMMUNICATION
startsecs=0
[eventlistener:closes]
command=sh -c "exec <&-; echo READY; exec sleep 1000"
events=REMOTE_COMMUNICATION
startsecs=0
[eventlistener:silent]
command=sleep 1000
events=REMOTE_COMMUNICATION
buffer_size=1
startsecs=0
`;
