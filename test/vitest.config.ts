import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  define: { TSV_VERSION: JSON.stringify('0.0.0-test') },
  test: {
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          // Every file finds the modules that others have loaded: a third of the time. So a test puts back what it changes for
          // all, as a time zone or a method of a prototype. Not in threads, which do not know TZ, and now and then abort at their
          // end, with the native addon of the system calls in them.
          pool: 'forks',
          isolate: false,
          // What a test leaves in the temporary folder fails the run.
          env: { TMPDIR: join(tmpdir(), `tsv-unit-${process.pid}`) },
          globalSetup: 'test/support/own-temp-folder.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/{integration,interop,fault}/**/*.test.ts', 'docs/**/*.test.ts'],
          // Identity, umask and signals belong to a process, not to a thread.
          pool: 'forks',
        },
      },
    ],
  },
});
