// How children ended, beside what the daemon has reported.

/** Without a pid, a report belongs to an end that is at most that much older or, as its time is in whole seconds, younger. */
const OLDER_MS = 3_000;
const YOUNGER_MS = 1_000;

/**
 * Compares every end that a child has recorded with the daemon's reports.
 * @returns {{ right: number, wrong: object[], unknown: object[], unreported: object[], asked: { right: number, unreported: number } }}
 *   `unknown`: the daemon reports the end, and that it does not know the status. `asked`: ends on request, at the end of the test.
 */
export function compareStatuses(runs, reports) {
  const left = new Map();
  for (const report of reports) left.set(report.name, [...(left.get(report.name) ?? []), report]);
  const ends = [...runs.values()]
    .filter(({ end, told }) => end !== undefined || told !== undefined)
    .sort((a, b) => (a.start < b.start ? -1 : 1));
  const take = (run, accepts) =>
    takeFirst(left.get(run.name) ?? [], (report) => isAbout(report, run) && accepts(report));

  // Where reports name no pid, several may be about one end: the ones that fit come first.
  const fitting = new Map(ends.map((run) => [run, take(run, ({ status }) => status === run.status)]));
  const result = { right: 0, wrong: [], unknown: [], unreported: [], asked: { right: 0, unreported: 0 } };
  for (const run of ends) {
    const counts = run.end === undefined ? result.asked : result;
    if (fitting.get(run) !== undefined) {
      counts.right += 1;
      continue;
    }
    const report = take(run, () => true);
    const entry = { name: run.name, pid: run.pid, ended: run.status, reported: report?.status };
    if (report?.status === 'unknown') result.unknown.push(entry);
    else if (report !== undefined) result.wrong.push(entry);
    else if (run.end === undefined) counts.unreported += 1;
    else result.unreported.push(entry);
  }
  return result;
}

function isAbout({ pid, wallMs }, run) {
  if (pid !== undefined) return pid === run.pid;
  const ended = (run.end ?? run.told).wallMs;
  return wallMs >= ended - YOUNGER_MS && wallMs <= ended + OLDER_MS;
}

function takeFirst(reports, accepts) {
  const index = reports.findIndex(accepts);
  return index === -1 ? undefined : reports.splice(index, 1)[0];
}
