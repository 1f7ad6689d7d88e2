import { hostname } from 'node:os';
import { splitSpec, type Supervisor } from '../../core/index.ts';
import { commandDelivery } from './command.ts';
import { Courier, type Delivery } from './courier.ts';
import { Gatherer } from './gatherer.ts';
import { Incidents } from './incidents.ts';
import { sendmailDelivery } from './mail.ts';
import { messageOf } from './message.ts';
import type { News } from './news.ts';
import type { NotifyValues } from './options.ts';
import { webhook } from './webhook.ts';

/** What one section `[notify]` does. */
export interface Route {
  readonly incidents: Incidents;
  take(news: News): void;
  /** Sends what waits, and gives it a last chance. */
  close(limitMs: number): Promise<void>;
}

/** @throws TSV_NOTIFY_NODEMAILER */
export async function openRoute(
  values: NotifyValues,
  supervisor: Supervisor,
  report: (text: string) => void,
): Promise<Route> {
  const { clock } = supervisor;
  const deliveries = await deliveriesOf(values, supervisor);
  const couriers = deliveries.map((delivery) => new Courier({ delivery, clock, report }));
  const gatherer = new Gatherer({
    gatherMs: values.gathersecs * 1000,
    remindMs: values.remindsecs * 1000,
    clock,
    send: (news, left) => {
      const { identifier } = supervisor.config;
      const message = messageOf(news, { host: hostname(), identifier, at: clock.wall(), left });
      for (const courier of couriers) courier.send(message);
    },
  });
  const take = (news: News): void => {
    if (values.events.includes(news.kind) && concerns(values.programs, news)) gatherer.take(news);
  };
  const incidents = new Incidents(values, clock, { take, settle: (program) => gatherer.settle(program) });
  return {
    incidents,
    take,
    async close(limitMs) {
      incidents.close();
      gatherer.flush();
      await Promise.all(couriers.map((courier) => courier.close(limitMs)));
    },
  };
}

/** News that are about no program concern everybody. */
export function concerns(programs: readonly string[], news: News): boolean {
  if (!('program' in news)) return true;
  const [group, name] = splitSpec(news.program);
  return programs.some((pattern) => {
    if (pattern === '*' || pattern === group || pattern === news.program) return true;
    const [wantedGroup, wantedName] = splitSpec(pattern);
    return wantedGroup === group && (wantedName === '*' || wantedName === name);
  });
}

async function deliveriesOf(values: NotifyValues, supervisor: Supervisor): Promise<Delivery[]> {
  const { webhook: url, webhook_format: format, command, mail_to: to, sendmail, smtp } = values;
  const deliveries: Delivery[] = [];
  if (url !== undefined) deliveries.push(webhook(url, format, () => supervisor.clock.wall()));
  if (command !== undefined) deliveries.push(commandDelivery(command, process.env));
  if (to.length === 0) return deliveries;
  const envelope = { from: values.mail_from ?? `tsvd@${hostname()}`, to };
  if (smtp === undefined) return [...deliveries, sendmailDelivery(sendmail, envelope, process.env)];
  const { smtpDelivery } = await import('./smtp.ts');
  return [...deliveries, await smtpDelivery(smtp, envelope)];
}
