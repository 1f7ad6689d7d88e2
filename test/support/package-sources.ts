import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What package.json exports with types, and the source that it is made from. */
export const packageSources: ReadonlyMap<string, string> = new Map(
  Object.entries(exportsOf()).flatMap(([subpath, target]) =>
    typeof target === 'string'
      ? []
      : [[`tsvisor${subpath.slice(1)}`, target.types.replace('/dist/types', '').replace('.d.ts', '.ts')]],
  ),
);

/** An example of the documentation that imports from the sources what it imports from the package. */
export function fromSources(example: string): string {
  return example.replaceAll(/'(tsvisor[/\w-]*)'/g, (text, name: string) => {
    const source = packageSources.get(name);
    return source === undefined ? text : `'${root}${source.slice(2)}'`;
  });
}

function exportsOf(): Readonly<Record<string, string | { readonly types: string }>> {
  const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
    readonly exports: ReturnType<typeof exportsOf>;
  };
  return manifest.exports;
}
