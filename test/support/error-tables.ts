import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The codes of every `errors.ts` below some folders, which each export their table. */
export async function errorCodesBelow(...folders: readonly string[]): Promise<string[]> {
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /(?:^|\/)errors\.ts$/.test(name))
      .map((name) => join(folder, name)),
  );
  const modules = await Promise.all(files.map(async (file) => Object.entries<object>(await import(file))));
  return modules.flat().flatMap(([name, table]) => (/^(?:[A-Z]+_)?ERRORS$/.test(name) ? Object.keys(table) : []));
}
