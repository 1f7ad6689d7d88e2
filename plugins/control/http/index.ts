/** Listening, admission and routing for everything that speaks HTTP. */
export { HttpPlugin, type HttpPluginOptions } from './http-plugin.ts';
export { type Exchange, type HttpRequestInfo, type RouteHandler } from './hooks.ts';
export type { Role } from './authentication.ts';
export { HttpRefusal, type RefusalDetails } from './refusal.ts';
export { sendPieces } from './stream.ts';
export { HTTP_ERRORS, type HttpErrorCode } from './errors.ts';
export {
  clientServer,
  serversOf,
  type HttpSection,
  type InetServerSettings,
  type ServerSettings,
  type UnixServerSettings,
} from './server-settings.ts';
