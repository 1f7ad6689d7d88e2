import { parseArgs } from 'node:util';
import { AFTERWARDS, DURING } from './sabotage.mjs';

/** The command line, checked. */
export function readOptions(daemons) {
  const { values } = parseArgs({
    options: {
      daemon: { type: 'string', default: 'tsvd' },
      command: { type: 'string' }, // the daemon's executable, instead of the usual one
      children: { type: 'string', default: '200' },
      loggers: { type: 'string', default: '50' },
      lines: { type: 'string', default: '200' }, // a second, of each of the loggers
      kills: { type: 'string', default: '100' },
      early: { type: 'string', default: '0' }, // per cent of the kills that come in pairs, the second before an answer
      seconds: { type: 'string', default: '5' }, // undisturbed, after the last kill
      seed: { type: 'string', default: '1' },
      user: { type: 'string' },
      option: { type: 'string', multiple: true, default: [] }, // KEY=VALUE for [supervisord]
      sabotage: { type: 'string', default: '' },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
    },
  });
  const numbers = ['children', 'loggers', 'lines', 'kills', 'early', 'seconds', 'seed'];
  const options = { ...values, sabotage: values.sabotage.split(',').filter(Boolean) };
  for (const name of numbers) {
    options[name] = Number(values[name]);
    if (!Number.isSafeInteger(options[name]) || options[name] < 0) throw new Error(`--${name} is not a number`);
  }
  if (!(options.daemon in daemons)) throw new Error(`--daemon is one of ${Object.keys(daemons).join(', ')}`);
  const unknown = options.sabotage.filter((what) => !(what in DURING || what in AFTERWARDS));
  if (unknown.length > 0)
    throw new Error(
      `--sabotage knows ${Object.keys({ ...DURING, ...AFTERWARDS }).join(', ')}, not ${unknown.join(', ')}`,
    );
  if (options.loggers > options.children) throw new Error('--loggers is more than --children');
  return options;
}
