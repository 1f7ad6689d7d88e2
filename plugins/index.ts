/** What a configuration imports: `defineConfig`, and the plugins that ship. */
export { defineConfig } from './define-config.ts';
export { ApiPlugin } from './control/api/index.ts';
export { AutorestartPlugin } from './policy/autorestart/index.ts';
export { EventListenerPlugin } from './programs/eventlistener/index.ts';
export { FcgiPlugin } from './programs/fcgi/index.ts';
export { HttpPlugin } from './control/http/index.ts';
export { JournalPlugin } from './insight/journal/index.ts';
export { LoggingPlugin } from './output/logging/index.ts';
export { MetricsPlugin } from './insight/metrics/index.ts';
export { NotifyPlugin } from './insight/notify/index.ts';
export { ResourcesPlugin } from './insight/resources/index.ts';
export { RpcPlugin } from './control/rpc/index.ts';
export { InitPlugin } from './host/init/index.ts';
export { PersistPlugin } from './host/persist/index.ts';
export { SystemdPlugin } from './host/systemd/index.ts';
export { WebPlugin } from './control/web/index.ts';
export { shippedDeclarations, standardPlugins } from './standard.ts';
export type { Plugin } from '../core/index.ts';
