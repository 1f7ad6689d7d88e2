import { expect, test } from 'vitest';
import { isSelfContained } from '../../../../plugins/config/native/esbuild.ts';
import { installation } from '../../../../plugins/config/native/installation.ts';

/** A bundle that loads nothing more needs no guard, which costs 8 MB before Node 22.15. */
test.each([
  `import { defineConfig } from "${installation}/dist/plugins/index.js";\nexport { defineConfig as default };`,
  'import { readdirSync } from "node:fs"; import os from "os"; export default {};',
  `const { LoggingPlugin } = await import("${installation}/dist/plugins/output/logging/index.js");`,
  'var here = import.meta.url;',
  'var important = "requirements";',
])('%j is self-contained', (code) => expect(isSelfContained(code)).toBe(true));

test.each([
  'import x from "some-plugin";',
  'import "some-plugin";',
  'await import("./late.js");',
  'await import(name);',
  'await import(`${here}/x.js`);',
  'import { createRequire } from "node:module"; createRequire(import.meta.url)(name);',
  'import { Script } from "vm";',
  'import { Worker } from "node:worker_threads";',
  'var y = require(name);',
  'eval(text);',
  'new Function(text)();',
  'process.dlopen(module, file);',
  'import fs from "node:fs"; var later = () => import(fs.readFileSync("x", "utf8"));',
])('%j is not', (code) => expect(isSelfContained(code)).toBe(false));
