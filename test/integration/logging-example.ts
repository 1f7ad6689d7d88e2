import type { Plugin } from '../../core/index.ts';
import { LoggingPlugin, type Sink } from '../../plugins/logging/index.ts';

/** Says so in the daemon's log when a program writes the word "panic", and counts the bytes of everybody. */
export function panicWatch(): Plugin & { readonly bytes: ReadonlyMap<string, number> } {
  const bytes = new Map<string, number>();
  return {
    name: 'panic-watch',
    bytes,
    apply(supervisor) {
      const hooks = LoggingPlugin.getHooks(supervisor);
      const log = LoggingPlugin.log(supervisor);
      hooks.output.tap('panic-watch', (process, channel, output) => {
        if (Buffer.from(output).includes('panic')) log.warn(`${process.name} panics on ${channel}`);
      });
      hooks.sink.tap('panic-watch', (sinks, process) => {
        const counter: Sink = {
          write(output) {
            bytes.set(process.name, (bytes.get(process.name) ?? 0) + output.length);
            return true;
          },
        };
        return [...sinks, counter];
      });
    },
  };
}
