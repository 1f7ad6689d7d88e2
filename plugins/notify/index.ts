/** Tells people: by webhook, mail or a command. */
export { NotifyPlugin } from './notify-plugin.ts';
export { NOTIFY_ERRORS, type NotifyErrorCode } from './errors.ts';
export { type Message } from './message.ts';
export { type News, type NewsKind } from './news.ts';
export { notifyOptions, type NotifyValues } from './options.ts';
