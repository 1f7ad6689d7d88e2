import type { Plugin } from '../../../core/index.ts';
import { LoggingPlugin, loggingService, type Sink } from '../../../plugins/output/logging/index.ts';

/** Says so in the daemon's log when a program writes the word "panic", and counts the bytes of everybody. */
export function panicWatch(): Plugin & { readonly bytes: ReadonlyMap<string, number> } {
  const bytes = new Map<string, number>();
  return {
    name: 'panic-watch',
    bytes,
    apply(supervisor) {
      supervisor.hooks.start.tap('panic-watch', () => {
        const logging = supervisor.use(loggingService); // looked up now: in `apply` it may not be there yet
        logging?.observe(
          'output',
          (process, channel, output) => {
            if (Buffer.from(output).includes('panic')) logging.log('WARN', `${process.name} panics on ${channel}`);
          },
          'panic-watch',
        );
      });
      LoggingPlugin.getHooks(supervisor).sink.tap('panic-watch', (sinks, process) => {
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
