import type { PoolNotice } from './pool.ts';
import type { Level } from './logging-ports.ts';

type Line = readonly [level: Level, text: string];

/** The log lines for what happens in a pool, in Supervisor's words: scripts search for them. */
export function linesOf(pool: string, notice: PoolNotice): readonly Line[] {
  switch (notice.kind) {
    case 'sent':
      return [['DEBG', `event ${notice.event.serial} sent to listener ${notice.process}`]];
    case 'accepted':
      return [['DEBG', `${notice.process}: event was processed`]];
    case 'rejected':
      return [['WARN', `${notice.process}: event was rejected`]];
    case 'closed':
      return [['DEBG', closedText(notice)]];
    case 'rebuffered':
      return [['DEBG', rebufferedText(pool, notice)]];
    case 'dropped':
      return [['ERRO', droppedText(pool, notice)]];
    case 'violated':
      return [
        ['WARN', `${notice.process}: ${notice.reason}`],
        [
          'WARN',
          `${notice.process}: has entered the UNKNOWN state and will no longer receive events, ` +
            'this usually indicates the process violated the eventlistener protocol',
        ],
      ];
  }
}

/** The log line for losses that were not logged one by one. */
export function lossesText(pool: string, count: number): string {
  const events = count === 1 ? '1 more event was' : `${count} more events were`;
  return `pool ${pool}: ${events} discarded in the last minute; its listeners are too slow, or buffer_size is too small`;
}

function closedText({ process, event }: Extract<PoolNotice, { kind: 'closed' }>): string {
  return `epipe occurred while sending event ${event.serial} to listener ${process}, listener state unchanged`;
}

function rebufferedText(
  pool: string,
  { event, buffered, bufferSize }: Extract<PoolNotice, { kind: 'rebuffered' }>,
): string {
  return `rebuffering event ${event.serial} for pool ${pool} (buf size=${buffered}, max=${bufferSize})`;
}

function droppedText(pool: string, { event, why }: Extract<PoolNotice, { kind: 'dropped' }>): string {
  return why === 'overflow'
    ? `pool ${pool} event buffer overflowed, discarding event ${event.serial}`
    : `pool ${pool}: event ${event.serial} (${event.type}, ${event.payload.length} characters) is too large to be sent, discarding it`;
}
