import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Daemon, until } from './daemon.mjs';

const sleepers = (count) => () =>
  `[program:s]
command=sleep 100000
process_name=s%(process_num)04d
numprocs=${count}
startsecs=0
stdout_logfile=NONE
stderr_logfile=NONE
`;

/** One program each, as most configurations have them: groups end one after the other. */
const groups = (count) => () =>
  Array.from({ length: count }, (_, n) => `[program:g${n}]\ncommand=sleep 100000\nstartsecs=0\n`).join('');

const OUTPUT_BYTES = 2 ** 30;
const IDLE_SECONDS = 30;

export const MEASURES = [
  {
    name: 'a killed program runs again',
    unit: 'ms',
    async run(command) {
      const daemon = new Daemon(
        command,
        (folder) =>
          `[program:p]\ncommand=/bin/sh -c "echo $$ >> ${folder}/starts; exec sleep 100000"\nstartsecs=1\nautorestart=true\n`,
      );
      await daemon.running(1);
      const starts = () => readFileSync(join(daemon.folder, 'starts'), 'utf8').trim().split('\n');
      await sleep(300);
      const began = performance.now();
      process.kill(Number(starts().at(-1)), 'SIGKILL');
      await until(() => starts().length >= 2);
      const took = performance.now() - began;
      await daemon.stop();
      return took;
    },
  },
  ...[1, 100, 1000].map((count) => ({
    name: `boot until ${count} program${count === 1 ? ' runs' : 's run'}`,
    unit: 's',
    ...(count === 1000 && { rounds: 1 }),
    async run(command) {
      const daemon = new Daemon(command, sleepers(count));
      await daemon.running(count);
      const took = (performance.now() - daemon.startedAt) / 1000;
      await daemon.stop();
      return took;
    },
  })),
  {
    name: 'stop of 100 programs, a group each',
    unit: 's',
    rounds: 1,
    async run(command) {
      const daemon = new Daemon(command, groups(100));
      await daemon.running(100);
      return (await daemon.stop()) / 1000;
    },
  },
  {
    name: 'output to a rotated file, CPU per GiB',
    unit: 's',
    async run(command) {
      const daemon = new Daemon(
        command,
        (folder) => `[program:w]
command=/bin/sh -c "while [ ! -e ${folder}/go ]; do sleep 0.1; done; yes 'a line of the length that programs usually print to their log, more or less' | head -c ${OUTPUT_BYTES}; touch ${folder}/done; exec sleep 100000"
startsecs=0
stdout_logfile=${folder}/out
stdout_logfile_maxbytes=50MB
stdout_logfile_backups=40
`,
      );
      const logged = () =>
        readdirSync(daemon.folder)
          .filter((name) => name.startsWith('out'))
          .reduce((sum, name) => sum + statSync(join(daemon.folder, name)).size, 0);
      await daemon.running(1);
      await sleep(500);
      const before = daemon.cpuSeconds();
      writeFileSync(join(daemon.folder, 'go'), '');
      await until(() => existsSync(join(daemon.folder, 'done')), 50);
      // The writer is through; the last pipeful may still be on its way.
      for (let look = 0; look < 100 && logged() < OUTPUT_BYTES; look += 1) await sleep(50);
      const lost = OUTPUT_BYTES - logged();
      const cpu = daemon.cpuSeconds() - before;
      await daemon.stop();
      if (lost !== 0) console.warn(`  ${command}: ${lost} bytes of output lost`);
      return cpu;
    },
  },
  ...[1, 1000].map((count) => ({
    name: `private memory with ${count} program${count === 1 ? '' : 's'}`,
    unit: 'MiB',
    rounds: 1,
    async run(command) {
      const daemon = new Daemon(command, sleepers(count));
      await daemon.running(count);
      await sleep(3000);
      const memory = daemon.privateMemory();
      await daemon.stop();
      return memory;
    },
  })),
  {
    name: `wake-ups in ${IDLE_SECONDS} s of idling`,
    unit: 'times',
    rounds: 1,
    async run(command) {
      const daemon = new Daemon(command, groups(10));
      await daemon.running(10);
      await sleep(10_000); // what a start leaves behind (lazy compilation, closing connections) is over
      const before = daemon.wakeUps();
      await sleep(IDLE_SECONDS * 1000);
      const count = daemon.wakeUps() - before;
      await daemon.stop();
      return count;
    },
  },
];
