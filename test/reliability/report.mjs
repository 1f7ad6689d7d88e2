// The result of a kill test, as a table for people.

export function hasFailed(result) {
  return rowsOf(result).some(([, value, mustBeZero]) => mustBeZero === true && value !== 0);
}

export function tableOf(result) {
  const { daemon, children, loggers, kills, seed, user } = result.options;
  const title = `${daemon}: ${children} children, ${loggers} of them write, ${kills} kills, seed ${seed}`;
  const lines = rowsOf(result).map(
    ([text, value, mustBeZero]) =>
      `${text.padEnd(46)} ${String(value).padStart(16)}${mustBeZero === true && value !== 0 ? '  FAILED' : ''}`,
  );
  return [`${title}${user === undefined ? '' : `, user ${user}`}`, ...lines, ...examples(result)].join('\n');
}

/** Rows of the table: text, value, and whether any other value than 0 is a failure. */
function rowsOf(result) {
  const { rounds, output, statuses } = result;
  return [
    ['kills of the daemon', rounds.kills],
    ['… of these before it answered', rounds.early],
    ['… of these before it knew all programs', rounds.beforeKnown],
    ['starts of the daemon that failed', rounds.failedStarts, true],
    ['ends of the daemon before it was killed', rounds.crashes, true],
    ['runs of children', result.runs],
    ['lost: ended although nobody asked', result.lost.length, true],
    ['doubled: programs with two live children', result.doubled.length, true],
    ['not running at the end: programs', result.notRunning.length, true],
    ['left behind after the shutdown: processes', result.leftBehind.length, true],
    ['output written, bytes', output.written],
    ['… missing, bytes', output.missing, true],
    ['… garbled, bytes', output.garbled, true],
    ['… duplicated, lines', output.duplicated, true],
    ['… out of order, lines', output.disordered, true],
    ['… in the file of another stream, lines', output.crossed, true],
    ['statuses reported rightly', statuses.right],
    ['… reported wrongly', statuses.wrong.length, true],
    ['… reported as unknown', statuses.unknown.length],
    ['… never reported', statuses.unreported.length],
    ['answers after, ms (median, worst)', spread(rounds.answeredMs)],
    ['knows all programs after, ms (median, worst)', spread(rounds.knownMs)],
  ];
}

/** A few of the things behind the numbers; --json has all. */
function examples({ lost, doubled, notRunning, leftBehind, output, statuses }) {
  const few = (what, items, describe) =>
    items.length === 0
      ? []
      : [`${what}: ${items.slice(0, 3).map(describe).join('; ')}${items.length > 3 ? '; …' : ''}`];
  return [
    ...few('lost', lost, ({ name, pid, reason }) => `${name} (pid ${pid}) ${reason}`),
    ...few('doubled', doubled, ({ name, times }) => `${name} (${times} times)`),
    ...few('not running', notRunning, (name) => name),
    ...few('left behind', leftBehind, ({ pid, what }) => `${what} (pid ${pid})`),
    ...few('output', output.problems, ({ kind, amount, name, stream, run, gaps }) =>
      [`${name} ${stream === 'O' ? 'stdout' : 'stderr'}: ${amount} ${kind}`, run && `run ${run}`, gaps?.join(' ')]
        .filter(Boolean)
        .join(', '),
    ),
    ...few('wrong', statuses.wrong, ({ name, ended, reported }) => `${name} ended with ${ended}, reported ${reported}`),
    ...few('unreported', statuses.unreported, ({ name, pid, ended }) => `${name} (pid ${pid}) ${ended}`),
  ];
}

function spread(times) {
  if (times.length === 0) return '-';
  const sorted = [...times].sort((a, b) => a - b);
  return `${Math.round(sorted[Math.floor(sorted.length / 2)])}, ${Math.round(sorted.at(-1))}`;
}
