import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { anyUserDatabase, loadConfiguration, type Problem } from '../../../plugins/config/index.ts';
import { findHints } from '../../../plugins/config/hints/index.ts';
import { standardPlugins } from '../../../plugins/index.ts';
import { accepted, entryFolders, environmentOf, hasCorpus } from '../../support/corpus.ts';

const root = mkdtempSync(join(tmpdir(), 'tsv-hints-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test.skipIf(!hasCorpus)(
  'real files get at most one hint on average, and each kind once',
  { timeout: 120_000 },
  async () => {
    const byFile: (readonly Problem[])[] = [];
    for (const name of accepted) {
      const { here, cwd } = entryFolders(root, name);
      const { hints } = await loadConfiguration({
        file: join(here, 'supervisord.conf'),
        cwd,
        env: environmentOf(name),
        uid: 0,
        users: anyUserDatabase(),
        plugins: () => standardPlugins(),
        findHints,
      });
      byFile.push(hints);
    }
    const count = byFile.reduce((sum, hints) => sum + hints.length, 0);
    expect(byFile.length).toBeGreaterThan(100);
    for (const hints of byFile) {
      const kinds = hints.map(({ hint }) => hint);
      expect(kinds).toEqual([...new Set(kinds)]);
    }
    expect(count / byFile.length, `${count} hints in ${byFile.length} files`).toBeLessThanOrEqual(1);
  },
);
