import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Plugin } from '../../../../../core/index.ts';
import { loggingService } from '../../../../../plugins/output/logging/index.ts';
import { resourcesService } from '../../../../../plugins/insight/resources/index.ts';
import { stage } from '../../../../../core/testing/index.ts';
import { fakeLogging } from '../../../../support/logging.ts';
import { fromSources } from '../../../../support/package-sources.ts';

const root = fileURLToPath(new URL('../../../../..', import.meta.url));

test('the plugin that the documentation shows says who holds the most memory', async () => {
  const page = readFileSync(join(root, 'docs/plugins/resources.md'), 'utf8');
  const code = page.split('```ts\n// example: most-memory.ts\n')[1]?.split('```')[0] ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'tsv-docs-'));
  const file = join(folder, 'most-memory.ts');
  writeFileSync(file, fromSources(code));
  const { MostMemoryPlugin } = (await import(file)) as { MostMemoryPlugin: new () => Plugin };
  rmSync(folder, { recursive: true });
  const lines: string[] = [];
  const { supervisor, spawner } = await stage(
    [
      { name: 'a', autostart: true },
      { name: 'b', autostart: true },
      { name: 'c', autostart: true },
    ],
    [new MostMemoryPlugin()],
  );
  supervisor.provide(
    loggingService,
    fakeLogging((_, text) => void lines.push(text)),
  );
  const usage = (pid: number) => ({ cpuSeconds: 0, memoryBytes: pid, processes: 1 });
  supervisor.provide(resourcesService, { usage, usages: () => undefined });
  spawner.last.exit({ kind: 'signal', signal: 'SIGKILL' });
  expect(lines).toEqual(['b holds the most memory: 1001 bytes']);
});
