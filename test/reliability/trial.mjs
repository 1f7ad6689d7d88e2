import { setTimeout as sleep } from 'node:timers/promises';
import { childName, childrenByName, doubles, until } from './processes.mjs';

const WAIT_MS = [100, 1500]; // between an answer and the next kill
const DOWN_MS = [0, 500]; // between a kill and the next start
const EARLY_MS = [0, 800]; // between a start and a kill that does not wait for an answer
const KNOWN_MS = 120_000;
const POLL_MS = 50;
const FAILED_STARTS_IN_A_ROW = 5;

/** The rounds of one test: kills and starts the daemon, and looks at the children in between. */
export class Trial {
  rounds = { kills: 0, early: 0, beforeKnown: 0, failedStarts: 0, crashes: 0, answeredMs: [], knownMs: [] };
  /** Names of programs, and how often two live children were found. */
  doubled = new Map();
  #daemon;
  #programs;
  #binary;
  #test;
  #random;
  #early;
  #startedAt;
  #knowsAll = false;

  constructor(daemon, { programs, binary, test, random, early }) {
    this.#daemon = daemon;
    this.#programs = programs;
    this.#binary = binary;
    this.#test = test;
    this.#random = random;
    this.#early = early;
  }

  /** The first start; it is not measured. */
  async boot() {
    await this.#start();
    const missing = await this.waitUntilKnown();
    if (missing.length > 0) throw new Error(`not running after the first start: ${missing.join(', ')}`);
    this.rounds.answeredMs.length = 0;
    this.rounds.knownMs.length = 0;
  }

  /** Waits, kills, waits, starts. Resolves once the new daemon answers. */
  async killOnce() {
    await this.watch(this.#random.between(...WAIT_MS));
    if (!this.#knowsAll) this.rounds.beforeKnown += 1;
    await this.#kill();
    if (this.#random.between(0, 99) < this.#early) {
      await this.#daemon.start();
      await sleep(this.#random.between(...EARLY_MS));
      this.rounds.early += 1;
      await this.#kill();
    }
    await this.#start();
  }

  /** Lets so much time pass, and meanwhile notices when the daemon knows all programs. */
  async watch(durationMs) {
    const end = performance.now() + durationMs;
    while (!this.#knowsAll && performance.now() < end) {
      await this.#askForAll();
      await sleep(Math.min(POLL_MS, Math.max(0, end - performance.now())));
    }
    await sleep(Math.max(0, end - performance.now()));
  }

  /** Names of the programs that the daemon does not know to be running, after a while. */
  async waitUntilKnown() {
    let missing = [];
    await until(
      async () => {
        missing = await this.#askForAll();
        return missing.length === 0;
      },
      KNOWN_MS,
      POLL_MS,
    );
    return missing;
  }

  /** Counts programs with two live children. */
  look() {
    for (const [name] of doubles(childrenByName(this.#binary, this.#test), this.#binary, this.#test)) {
      this.doubled.set(name, (this.doubled.get(name) ?? 0) + 1);
    }
  }

  async #kill() {
    this.look();
    if (await this.#daemon.kill()) this.rounds.kills += 1;
    else this.rounds.crashes += 1;
    this.look();
    await sleep(this.#random.between(...DOWN_MS));
  }

  async #start() {
    for (let failed = 0; failed < FAILED_STARTS_IN_A_ROW; failed += 1) {
      this.#startedAt = performance.now();
      this.#knowsAll = false;
      await this.#daemon.start();
      if (await this.#daemon.answers()) {
        this.rounds.answeredMs.push(performance.now() - this.#startedAt);
        this.look();
        return;
      }
      this.rounds.failedStarts += 1;
      await sleep(200); // as any service manager would, before it tries again
    }
    throw new Error(`the daemon ended ${FAILED_STARTS_IN_A_ROW} times in a row before it answered`);
  }

  /** Programs without a live child that the daemon knows. The pids that it names are compared with /proc. */
  async #askForAll() {
    // A daemon that does not answer knows none; if it has ended, the next kill notices.
    const list = await this.#daemon.running().catch(() => []);
    const running = new Map(list.map(({ name, pid }) => [name, pid]));
    const missing = this.#programs
      .map(({ name }) => name)
      .filter((name) => !running.has(name) || childName(running.get(name), this.#binary, this.#test) !== name);
    if (missing.length === 0 && !this.#knowsAll) {
      this.#knowsAll = true;
      this.rounds.knownMs.push(performance.now() - this.#startedAt);
    }
    return missing;
  }
}
