/** Listening, admission and routing for everything that speaks HTTP. */
export { HttpPlugin, type HttpPluginOptions } from './http-plugin.ts';
export { type Exchange, type HttpRequestInfo, type RouteHandler } from './hooks.ts';
export { HttpRefusal } from './refusal.ts';
export { HTTP_ERRORS, type HttpErrorCode } from './errors.ts';
export {
  serversOf,
  type HttpSection,
  type InetServerSettings,
  type ServerSettings,
  type SocketOwner,
  type UnixServerSettings,
} from './options.ts';
