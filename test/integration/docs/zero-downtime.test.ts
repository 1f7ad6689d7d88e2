import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { expect, test } from 'vitest';
import { Place } from '../../support/tsvd.ts';
import { freePort } from '../../support/free-port.ts';

const page = readFileSync(new URL('../../../docs/deploy/zero-downtime.md', import.meta.url), 'utf8');
const snippet = (language: string): string =>
  new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'm').exec(page)?.[1] ?? '';

test('every request is answered while both copies of a server are restarted', async () => {
  await using place = new Place();
  const port = await freePort();
  place.write('web.mjs', snippet('js'));
  place.write(
    'tsv.config.ts',
    snippet('ts')
      .replace("file: '/run/tsvd.sock'", `file: '${place.socket}'`)
      .replace('/srv/shop', place.folder)
      .replace('8080', String(port)),
  );
  await place.start(['-n', '-c', place.path('tsv.config.ts'), '-l', place.path('log'), '-j', place.path('pid')]);
  const copies = ['web:web-0', 'web:web-1'];
  for (const copy of copies) await place.status(copy, 'RUNNING');

  const load = new Load(port);
  await load.answered(20);
  for (const copy of copies) expect((await place.ctl('restart', copy)).code).toBe(0);
  await load.answered(20);
  const { pids, failures } = await load.end();
  expect(failures).toEqual([]);
  expect(pids.size).toBeGreaterThan(2); // old and new copies have answered
});

/** Four clients, each with a new connection for every request. */
class Load {
  readonly #port: number;
  readonly #pids = new Set<string>();
  readonly #failures: string[] = [];
  readonly #clients: Promise<void>[];
  #answers = 0;
  #isOver = false;

  constructor(port: number) {
    this.#port = port;
    this.#clients = [1, 2, 3, 4].map(() => this.#client());
  }

  /** Waits until this many more requests have had an answer. */
  async answered(count: number): Promise<void> {
    const wanted = this.#answers + count;
    while (this.#answers < wanted && this.#failures.length === 0) await new Promise((turn) => setImmediate(turn));
  }

  async end(): Promise<{ readonly pids: ReadonlySet<string>; readonly failures: readonly string[] }> {
    this.#isOver = true;
    await Promise.all(this.#clients);
    return { pids: this.#pids, failures: this.#failures };
  }

  async #client(): Promise<void> {
    while (!this.#isOver) {
      try {
        this.#pids.add(await this.#ask());
        this.#answers += 1;
      } catch (error) {
        this.#failures.push(String(error));
      }
    }
  }

  #ask(): Promise<string> {
    return new Promise((resolve, reject) => {
      const asked = request({ port: this.#port, agent: new Agent({ keepAlive: false }) }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve(text));
        response.on('error', reject);
      });
      asked.on('error', reject);
      asked.end();
    });
  }
}
