import type { Log } from '../daemon-log/level.ts';

/** Reports the failed rotations of a log until one succeeds: each cause once, and their number at the end. */
export class RotationFailures {
  readonly #path: string;
  readonly #report: Log;
  readonly #causes = new Set<string>();
  #failures = 0;

  constructor(path: string, report: Log) {
    this.#path = path;
    this.#report = report;
  }

  failed(cause: string): void {
    this.#failures += 1;
    if (this.#causes.has(cause)) return;
    this.#causes.add(cause);
    this.#report('ERRO', `cannot rotate ${this.#path}: ${cause}; it grows beyond its limit, and nothing is lost`);
  }

  ended(): void {
    const attempts = this.#failures === 1 ? 'one failed attempt' : `${this.#failures} failed attempts`;
    this.#report('INFO', `${this.#path} is rotated again, after ${attempts}`);
  }
}
