import type { Happening, News } from './happening.ts';
import { unreachable } from './unreachable.ts';

/** Of lines; the oldest go. */
const MOST = 300;
/** Said of an end that nothing follows from; what follows says as much. */
const UNEXPECTED = ', not expected';
/** A stop and a start this near to each other are a restart. */
const RESTART_MS = 10_000;

/**
 * The list of events with one more. What belongs together is one line: the end of a run and the start that follows from it, a stop with
 * its signal and its end. A line that says the same as the last one of its process replaces it and counts.
 */
export function folded(list: readonly Happening[], news: News): readonly Happening[] {
  const at = list.findLastIndex(({ process }) => process === news.process);
  const last = news.process === '' ? undefined : list[at];
  const next = last && continued(last, news);
  if (next !== undefined && last !== undefined)
    return merged(list.toSpliced(at, 1), { ...last, ...next, at: news.at, version: last.version + 1 });
  const line = begun(news);
  if (line === undefined) return list;
  return merged(list, {
    number: 1 + greatest(list),
    version: 1,
    since: news.at,
    at: news.at,
    count: 1,
    process: news.process,
    ...line,
  });
}

type Line = Pick<Happening, 'text' | 'isBad' | 'state' | 'open' | 'by'>;

/** The line with this added to it; `undefined` where the event is none of its. */
function continued({ open, text, isBad, at, by }: Happening, news: News): Partial<Line> | undefined {
  switch (news.kind) {
    case 'state': {
      const { to: state } = news;
      if (state === 'RUNNING' && open === 'start') return { state, open: undefined };
      const how = text.replace(UNEXPECTED, '');
      if (state === 'FATAL' && open === 'end') return { text: `${how}; gave up`, isBad: true, state, open: undefined };
      if (state === 'STOPPED' && open === 'stop') return { state };
      if (state !== 'STARTING') return undefined;
      const isOfPolicy = news.by === 'child' || news.by === 'policy';
      if (open === 'end' && isOfPolicy)
        return { text: `${how}; ${news.from === 'BACKOFF' ? 'tried' : 'started'} again`, isBad, state, open: 'start' };
      if (open === 'stopped' && news.by === by && news.at - at < RESTART_MS)
        return { text: `restarted ${news.cause}`, state, open: 'start' };
      return undefined;
    }
    case 'ended':
      return open === 'stop' && news.isAsked
        ? { text: `${text}: ${news.how}`, state: 'STOPPED', open: 'stopped' }
        : undefined;
    case 'signalled':
      // The signal of a stop is part of it; SIGKILL after the wait is worth a word.
      if (open !== 'stop') return undefined;
      return news.why === 'overdue'
        ? { text: `${text}, with ${news.signal} because it took too long`, isBad: true }
        : {};
    case 'notStarted':
    case 'said':
      return undefined;
    default:
      return unreachable(news);
  }
}

/** A line of its own; `undefined` for what another event tells better. */
function begun(news: News): Line | undefined {
  switch (news.kind) {
    case 'state':
      return begunByState(news);
    case 'ended': {
      const { how, isBad, after: state } = news;
      if (news.isAsked) return { text: `stopped: ${how}`, isBad: false, state, open: 'stopped', by: '' };
      const text = state === 'BACKOFF' ? `${how}, too quickly` : `${how}${isBad ? UNEXPECTED : ''}`;
      return { text, isBad: isBad || state === 'BACKOFF', state, open: 'end', by: '' };
    }
    case 'notStarted':
      return { text: `could not be started: ${news.reason}`, isBad: true, state: 'BACKOFF', open: 'end', by: '' };
    case 'signalled':
      return { text: `was sent ${news.signal}`, isBad: false, state: undefined, open: undefined, by: '' };
    case 'said':
      return { text: news.text, isBad: news.isBad, state: undefined, open: undefined, by: '' };
    default:
      return unreachable(news);
  }
}

function begunByState({ from, to: state, cause, by }: Extract<News, { kind: 'state' }>): Line | undefined {
  switch (state) {
    case 'STARTING':
      return { text: `started ${cause}`, isBad: false, state, open: 'start', by };
    case 'STOPPING':
      return { text: `stopped ${cause}`, isBad: false, state, open: 'stop', by };
    case 'STOPPED':
      // After STOPPING the end of the child tells it.
      return from === 'STOPPING' ? undefined : { text: `stopped ${cause}`, isBad: false, state, open: undefined, by };
    case 'FATAL':
      return { text: 'gave up', isBad: true, state, open: undefined, by };
    case 'UNKNOWN':
      return { text: 'out of control', isBad: true, state, open: undefined, by };
    // The end that leads there is told by itself.
    case 'EXITED':
    case 'BACKOFF':
    case 'RUNNING':
      return undefined;
    default:
      return unreachable(state);
  }
}

/** At the end of the list; with the line before it, of the same process, where both say the same. */
function merged(list: readonly Happening[], line: Happening): readonly Happening[] {
  const at = line.process === '' ? -1 : list.findLastIndex(({ process }) => process === line.process);
  const before = list[at];
  if (before === undefined || before.text !== line.text) return [...list, line].slice(-MOST);
  const both = {
    ...line,
    number: before.number,
    version: before.version + line.version,
    count: before.count + line.count,
    since: before.since,
  };
  return [...list.toSpliced(at, 1), both];
}

function greatest(list: readonly Happening[]): number {
  return list.reduce((most, { number }) => Math.max(most, number), 0);
}
