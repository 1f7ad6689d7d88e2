// node test/conformance/ratchet.mjs PATH/TO/run [more arguments of run]
// Runs the conformance kit against dist/tsvd and compares with the scenarios that are known to pass: one of them failing
// is an error, a new one passing is worth a line in passing.txt. The list only grows.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [kit, ...more] = process.argv.slice(2);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const listed = (name) =>
  readFileSync(here(name), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
// With our client some scenarios cannot pass, because it does better on purpose; each with its reason in the file.
const better = more.includes('--ctl') ? listed('tsvctl-does-better.txt') : [];
const expected = listed('passing.txt').filter((name) => !better.includes(name));

const folder = mkdtempSync(join(tmpdir(), 'tsv-kit-'));
const run = (...args) => {
  const report = join(folder, 'report.json');
  const { status } = spawnSync(kit, ['--daemon', here('../../dist/tsvd'), '--json', report, ...more, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status === null || status > 1) throw new Error(`the conformance kit itself failed (exit code ${status})`);
  return JSON.parse(readFileSync(report, 'utf8')).results;
};

const results = new Map(run().map(({ name, status }) => [name, status]));
rmSync(folder, { recursive: true, force: true });

const failing = expected.filter((name) => results.get(name) === 'FAIL' || !results.has(name));
const fresh = [...results]
  .filter(([name, status]) => status === 'PASS' && !expected.includes(name))
  .map(([name]) => name);
for (const name of failing) console.log(`regression: ${name}`);
for (const name of fresh) console.log(`passes now, add it to test/conformance/passing.txt: ${name}`);
console.log(
  `of ${results.size} scenarios ${[...results.values()].filter((status) => status === 'PASS').length} pass; ${expected.length} have to`,
);
console.log(`${expected.length - failing.length} passed, ${failing.length} failed`);
process.exitCode = failing.length === 0 ? 0 : 1;
