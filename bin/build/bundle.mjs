// One esbuild call for every entry point, with splitting, so that there is exactly one instance of core/
// in a process: two bundles would give two copies, and hook accessors and instanceof would silently miss.
// With --source-maps, a debugger shows the sources.
import { existsSync } from 'node:fs';
import { chmod, copyFile, readdir, readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));

// Every folder of plugins/ with a door is an entry point of its own.
const doors = (await readdir(new URL('../../plugins/', import.meta.url), { recursive: true }))
  .filter((name) => name.endsWith('/index.ts'))
  .map((name) => `plugins/${name}`);

await emptyDist();
await build({
  absWorkingDir: root,
  entryPoints: [
    'core/index.ts',
    'core/testing/index.ts',
    // Loaded by Node itself, by its address.
    'plugins/config/native/module-guard.ts',
    'plugins/index.ts',
    ...doors,
    'bin/tsvd.ts',
    'bin/tsvctl.ts',
  ],
  outdir: 'dist',
  outbase: '.',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  chunkNames: 'chunks/[name]-[hash]',
  sourcemap: process.argv.includes('--source-maps'),
  // Source text stays in memory as long as its functions: comments and indentation are not worth a daemon's megabyte.
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'warning',
  // koffi and esbuild bring native binaries; prom-client must be the user's own instance; cosmiconfig has a loader with
  // the TypeScript compiler that is never used (ours replaces it).
  external: ['koffi', 'esbuild', 'prom-client', 'nodemailer', 'typescript'],
  define: { TSV_VERSION: JSON.stringify(version) },
  // Bundled CommonJS packages call require('node:…').
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});

// What runs in the browser: one script and one style sheet, which the plugin web serves.
await build({
  absWorkingDir: root,
  entryPoints: { live: 'plugins/control/web/client/main.tsx', page: 'plugins/control/web/style/page.css' },
  outdir: 'dist/web',
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: ['chrome123', 'firefox120', 'safari17.5'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
});

for (const name of ['tsvd', 'tsvctl']) {
  const launcher = fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));
  await copyFile(new URL('launcher.sh', import.meta.url), launcher);
  await chmod(launcher, 0o755);
}

/** Removes everything of the last build but the declarations of sources that are still there, which tsc writes only where they change. */
async function emptyDist() {
  const dist = `${root}dist`;
  if (!existsSync(dist)) return;
  for (const name of await readdir(dist)) if (name !== 'types') await rm(`${dist}/${name}`, { recursive: true });
  if (!existsSync(`${dist}/types`)) return;
  for (const name of await readdir(`${dist}/types`, { recursive: true })) {
    const source = `${root}${name.replace(/\.d\.ts$/, '')}`;
    if (name.endsWith('.d.ts') && !existsSync(`${source}.ts`) && !existsSync(`${source}.tsx`)) {
      await rm(`${dist}/types/${name}`);
    }
  }
}
