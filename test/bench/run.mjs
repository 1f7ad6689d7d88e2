// npm run bench [-- --rounds N] [--only NAME]: tsvd beside Debian's supervisord, interleaved in one run, so that the
// noise of the machine falls on both. Prints medians and ratios; absolute times of one run mean little.
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { MEASURES } from './measures.mjs';
import { coreOnly } from './core-only.mjs';
import { parseTime } from './parse.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    json: { type: 'boolean' },
  },
});
const rounds = Number(options.rounds);

const daemons = { tsvd: fileURLToPath(new URL('../../dist/tsvd', import.meta.url)) };
if (existsSync('/usr/bin/supervisord')) daemons.supervisord = '/usr/bin/supervisord';
else console.warn('supervisord is not installed: no ratios (Debian: apt-get install supervisor)');

const results = [];
for (const measure of MEASURES.filter(({ name }) => name.includes(options.only))) {
  const figures = Object.fromEntries(Object.keys(daemons).map((name) => [name, []]));
  for (let round = 0; round < (measure.rounds ?? rounds); round += 1) {
    for (const [name, command] of Object.entries(daemons)) figures[name].push(await measure.run(command));
  }
  const [ours, theirs] = [median(figures.tsvd), median(figures.supervisord ?? [])];
  results.push({ name: measure.name, unit: measure.unit, tsvd: ours, supervisord: theirs });
  const ratio =
    theirs === undefined
      ? ''
      : `  supervisord ${shown(theirs)}  ratio ${theirs === 0 ? '-' : (ours / theirs).toFixed(3)}`;
  console.log(`${measure.name.padEnd(44)} ${measure.unit.padEnd(12)} tsvd ${shown(ours)}${ratio}`);
}
for (const programs of [0, 1]) {
  const name = `core only, above an empty Node, ${programs} programs`;
  if (!name.includes(options.only)) continue;
  const added = await coreOnly(programs);
  results.push({ name, unit: 'MiB RSS', tsvd: added });
  console.log(`${name.padEnd(44)} ${'MiB RSS'.padEnd(12)} ${shown(added)}${programs === 0 ? '  (at most 1.5)' : ''}`);
}
if ('parsing 10,000 programs'.includes(options.only)) {
  const [none, thousand, tenThousand] = [0, 1_000, 10_000].map((count) =>
    median(Array.from({ length: rounds }, () => parseTime(daemons.tsvd, count))),
  );
  const [small, large] = [thousand - none, tenThousand - none];
  results.push({ name: 'parsing 1,000 programs', unit: 's', tsvd: small });
  results.push({ name: 'parsing 10,000 programs', unit: 's', tsvd: large });
  console.log(`${'parsing 1,000 programs'.padEnd(44)} ${'s'.padEnd(12)} tsvd ${shown(small)}`);
  const ratio = (large / small).toFixed(1);
  console.log(
    `${'parsing 10,000 programs'.padEnd(44)} ${'s'.padEnd(12)} tsvd ${shown(large)}  ratio to 1,000 ${ratio} (linear: 10)`,
  );
}
if (options.json) console.log(JSON.stringify(results));

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function shown(value) {
  return value === undefined ? '-' : value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0).padStart(8);
}
