import { hostname } from 'node:os';
import { splitSpec, type Supervisor } from '../../../core/index.ts';
import { commandDelivery } from './command-delivery.ts';
import { DeliveryQueue, type Delivery } from './delivery-queue.ts';
import { Grouping } from './grouping.ts';
import { Incidents } from './incidents.ts';
import { sendmailDelivery } from './mail.ts';
import { messageOf } from './message.ts';
import type { Notification } from './notification.ts';
import type { NotifyValues } from './options.ts';
import { webhook } from './webhook.ts';

/** The notifications of one `[notify]` section. */
export interface Route {
  readonly incidents: Incidents;
  take(notification: Notification): void;
  /** Sends waiting notifications, within `limitMs`. */
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
  const queues = deliveries.map((delivery) => new DeliveryQueue({ delivery, clock, report }));
  const grouping = new Grouping({
    gatherMs: values.gathersecs * 1000,
    remindMs: values.remindsecs * 1000,
    clock,
    send: (notifications, left) => {
      const { identifier } = supervisor.config;
      const message = messageOf(notifications, { host: hostname(), identifier, at: clock.wall(), left });
      for (const queue of queues) queue.send(message);
    },
  });
  const take = (notification: Notification): void => {
    if (values.events.includes(notification.kind) && concerns(values.programs, notification))
      grouping.take(notification);
  };
  const incidents = new Incidents(values, clock, { take, settle: (program) => grouping.settle(program) });
  return {
    incidents,
    take,
    async close(limitMs) {
      incidents.close();
      grouping.flush();
      await Promise.all(queues.map((queue) => queue.close(limitMs)));
    },
  };
}

/** Notifications without a program always match. */
export function concerns(programs: readonly string[], notification: Notification): boolean {
  if (!('program' in notification)) return true;
  const [group, name] = splitSpec(notification.program);
  return programs.some((pattern) => {
    if (pattern === '*' || pattern === group || pattern === notification.program) return true;
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
