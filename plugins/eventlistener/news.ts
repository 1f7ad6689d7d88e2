import type { PoolNews } from './pool.ts';
import type { Level } from './wire.ts';

type Line = readonly [level: Level, text: string];

/** What the log says of what happens in a pool, in Supervisor's words: people grep for them. */
export function linesOf(pool: string, news: PoolNews): readonly Line[] {
  switch (news.kind) {
    case 'sent':
      return [['DEBG', `event ${news.event.serial} sent to listener ${news.process}`]];
    case 'accepted':
      return [['DEBG', `${news.process}: event was processed`]];
    case 'rejected':
      return [['WARN', `${news.process}: event was rejected`]];
    case 'closed':
      return [['DEBG', closedText(news)]];
    case 'rebuffered':
      return [['DEBG', rebufferedText(pool, news)]];
    case 'dropped':
      return [['ERRO', droppedText(pool, news)]];
    case 'violated':
      return [
        ['WARN', `${news.process}: ${news.reason}`],
        [
          'WARN',
          `${news.process}: has entered the UNKNOWN state and will no longer receive events, ` +
            'this usually indicates the process violated the eventlistener protocol',
        ],
      ];
  }
}

/** What the log says of losses that it did not tell one by one. */
export function lossesText(pool: string, count: number): string {
  const events = count === 1 ? '1 more event was' : `${count} more events were`;
  return `pool ${pool}: ${events} discarded in the last minute; its listeners are too slow, or buffer_size is too small`;
}

function closedText({ process, event }: Extract<PoolNews, { kind: 'closed' }>): string {
  return `epipe occurred while sending event ${event.serial} to listener ${process}, listener state unchanged`;
}

function rebufferedText(
  pool: string,
  { event, buffered, bufferSize }: Extract<PoolNews, { kind: 'rebuffered' }>,
): string {
  return `rebuffering event ${event.serial} for pool ${pool} (buf size=${buffered}, max=${bufferSize})`;
}

function droppedText(pool: string, { event, why }: Extract<PoolNews, { kind: 'dropped' }>): string {
  return why === 'overflow'
    ? `pool ${pool} event buffer overflowed, discarding event ${event.serial}`
    : `pool ${pool}: event ${event.serial} (${event.type}, ${event.payload.length} characters) is too large to be sent, discarding it`;
}
