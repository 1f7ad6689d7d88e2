/** What a configuration imports: `defineConfig`, and the plugins that ship. */
export { defineConfig } from './define-config.ts';
export { ApiPlugin } from './api/index.ts';
export { AutorestartPlugin } from './autorestart/index.ts';
export { EventListenerPlugin } from './eventlistener/index.ts';
export { FcgiPlugin } from './fcgi/index.ts';
export { HttpPlugin } from './http/index.ts';
export { JournalPlugin } from './journal/index.ts';
export { LoggingPlugin } from './logging/index.ts';
export { MetricsPlugin } from './metrics/index.ts';
export { NotifyPlugin } from './notify/index.ts';
export { ResourcesPlugin } from './resources/index.ts';
export { RpcPlugin } from './rpc/index.ts';
export { SystemdPlugin } from './systemd/index.ts';
export { WebPlugin } from './web/index.ts';
export { shippedDeclarations, standardPlugins } from './standard.ts';
export type { Plugin } from '../core/index.ts';
