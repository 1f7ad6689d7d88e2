import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { plainBody } from '../../../../../plugins/insight/notify/webhook-body.ts';
import { messageOf } from '../../../../../plugins/insight/notify/message.ts';
import { NOTIFICATION_KINDS } from '../../../../../plugins/insight/notify/notification.ts';
import { notifyOptions } from '../../../../../plugins/insight/notify/options.ts';

const page = readFileSync(new URL('../../../../../docs/plugins/notify.md', import.meta.url), 'utf8');

/** Names in the first column of the table below a heading. */
function firstColumn(heading: string): string[] {
  const section = page.slice(page.indexOf(`## ${heading}`)).split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
  );
}

test('the page lists every event and every option', () => {
  expect(firstColumn('Events').toSorted()).toEqual([...NOTIFICATION_KINDS].toSorted());
  expect(firstColumn('Options').toSorted()).toEqual(Object.keys(notifyOptions).toSorted());
});

test('the JSON that the page shows is what is sent', () => {
  const shown: unknown = JSON.parse(/^```json\n([^]*?)^```/m.exec(page)?.[1] ?? '');
  const since = Date.UTC(2026, 0, 1, 12);
  const at = since + 5_000;
  const news = { kind: 'flapping', program: 'web', reason: 'exit status 3', ends: 7, since, at } as const;
  expect(plainBody(messageOf([news], { host: 'shop-1', identifier: 'supervisor', at, left: 0 }))).toEqual(shown);
});
