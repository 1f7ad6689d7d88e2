import type { PoolNews } from './pool.ts';
import type { Level } from './wire.ts';

type Line = readonly [level: Level, text: string];

/** What the log says of what happens in a pool. The warnings and errors are worded as users of Supervisor grep for them. */
export function linesOf(pool: string, news: PoolNews): readonly Line[] {
  switch (news.kind) {
    case 'sent':
      return [['DEBG', `${news.process}: event ${news.event.serial} sent`]];
    case 'accepted':
      return [['DEBG', `${news.process}: event ${news.event.serial} accepted`]];
    case 'rejected':
      return [['WARN', `${news.process}: event was rejected`]];
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

function droppedText(pool: string, { event, why }: Extract<PoolNews, { kind: 'dropped' }>): string {
  return why === 'overflow'
    ? `pool ${pool} event buffer overflowed, discarding event ${event.serial}`
    : `pool ${pool}: event ${event.serial} (${event.type}, ${event.payload.length} characters) is too large to be sent, discarding it`;
}
