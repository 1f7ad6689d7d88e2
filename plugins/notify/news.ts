import { unreachable } from '../../core/index.ts';

/** What people may want to be told. The order is that of a message: trouble first. */
export const NEWS_KINDS = [
  'fatal',
  'flapping',
  'listener_deaf',
  'disk_full',
  'plugin_disabled',
  'recovered',
  'daemon_started',
] as const;

export type NewsKind = (typeof NEWS_KINDS)[number];

/** One thing that happened. Times are wall time in milliseconds since the epoch. */
export type News = (
  | {
      /** A program was given up: it is not started again. */
      readonly kind: 'fatal';
      readonly program: string;
      readonly reason: string;
    }
  | {
      /** A program keeps ending and is started again every time. `ends`: since `since`. */
      readonly kind: 'flapping';
      readonly program: string;
      readonly reason: string;
      readonly ends: number;
      readonly since: number;
    }
  | {
      /** A program that was `fatal` or `flapping` runs, and has not ended for `flapsecs`. */
      readonly kind: 'recovered';
      readonly program: string;
      readonly ends: number;
      readonly since: number;
    }
  | { readonly kind: 'listener_deaf'; readonly program: string; readonly reason: string }
  | { readonly kind: 'disk_full'; readonly file: string; readonly reason: string }
  | { readonly kind: 'plugin_disabled'; readonly plugin: string; readonly reason: string }
  | { readonly kind: 'daemon_started'; readonly pid: number }
) & { readonly at: number };

/** What it is about: later news of the same subject take the place of those that nobody was told yet. */
export function subjectOf(news: News): string {
  switch (news.kind) {
    case 'fatal':
    case 'flapping':
    case 'recovered':
    case 'listener_deaf':
      return programSubject(news.kind, news.program);
    case 'disk_full':
      return `${news.kind} ${news.file}`;
    case 'plugin_disabled':
      return `${news.kind} ${news.plugin}`;
    case 'daemon_started':
      return news.kind;
    default:
      return unreachable(news);
  }
}

/** The subject of one kind of news about a program. */
export function programSubject(kind: NewsKind, program: string): string {
  return `${kind} ${program}`;
}

/** One sentence. */
export function describe(news: News): string {
  switch (news.kind) {
    case 'fatal':
      return `${news.program} is FATAL and is not started again: ${news.reason}`;
    case 'flapping':
      return `${news.program} is flapping: it ended ${times(news.ends)} since ${clockTime(news.since)}, last with ${news.reason}`;
    case 'recovered':
      return `${news.program} runs again, after it ended ${times(news.ends)} since ${clockTime(news.since)}`;
    case 'listener_deaf':
      return `event listener ${news.program} hears no more events: ${news.reason}`;
    case 'disk_full':
      return `${news.file} cannot be written: ${news.reason}; what writes to it is blocked until it can be written`;
    case 'plugin_disabled':
      return `plugin ${news.plugin} was switched off: ${news.reason}`;
    case 'daemon_started':
      return `tsvd was started, with pid ${news.pid}`;
    default:
      return unreachable(news);
  }
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

/** `2026-11-22 19:45:07 UTC` */
function clockTime(wall: number): string {
  return `${new Date(wall).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
