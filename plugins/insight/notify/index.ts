/** Notifies people by webhook, mail or a command. */
export { NotifyPlugin } from './notify-plugin.ts';
export { NOTIFY_ERRORS, type NotifyErrorCode } from './errors.ts';
export { type Message } from './message.ts';
export { type Notification, type NotificationKind } from './notification.ts';
export { notifyOptions, type NotifyValues } from './options.ts';
