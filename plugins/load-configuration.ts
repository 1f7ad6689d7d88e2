import { loadConfiguration, type Loaded, type LoadOptions } from './config/index.ts';
import { interceptExit } from './host/daemon/index.ts';
import { shippedDeclarations, standardPlugins } from './standard.ts';

export interface Reading extends Omit<LoadOptions, 'plugins' | 'shipped' | 'findHints'> {
  /** What happens in place of an end of this process, which a configuration that is code may ask for. */
  readonly instead: string;
  /** Whether to look for what could be better, too. */
  readonly wantsHints?: boolean;
  /** stdout belongs to what this process prints: what a configuration prints goes to stderr. */
  readonly keepsStdout?: boolean;
}

/** Reads a configuration with the standard plugins. One that calls `process.exit` is refused, as one that throws. */
export async function loadWithStandardPlugins({
  instead,
  keepsStdout = false,
  wantsHints = false,
  ...options
}: Reading): Promise<Loaded> {
  const restore = interceptExit({ instead, called: () => undefined });
  const write = process.stdout.write.bind(process.stdout);
  if (keepsStdout) process.stdout.write = process.stderr.write.bind(process.stderr);
  try {
    return await loadConfiguration({
      ...options,
      plugins: standardPlugins,
      shipped: await shippedDeclarations(),
      ...(wantsHints && { findHints: (await import('./config/hints/index.ts')).findHints }),
    });
  } finally {
    if (keepsStdout) process.stdout.write = write;
    restore();
  }
}
