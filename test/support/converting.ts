import {
  anyUserDatabase,
  nativeDocument,
  resolve,
  supervisorctlOptions,
  tablesOf,
} from '../../plugins/config/index.ts';
import { shippedDeclarations } from '../../plugins/standard.ts';
import type { Document, OptionEntry } from '../../plugins/config/index.ts';

const SHIPPED = await shippedDeclarations();
export const TABLES = tablesOf(SHIPPED, SHIPPED);

/** What a configuration comes to, but for what only tells in which format it was written. */
export function meaningOf(document: Document, env: Readonly<Record<string, string>>) {
  const host = { env, cwd: '/cwd', hostName: 'host', uid: 0, users: anyUserDatabase() };
  const { config, problems } = resolve(document, TABLES, host);
  // The client reads its own section of a supervisord.conf; only a typed configuration keeps it here.
  const { http, supervisorctl: _, ...sections } = config.sections;
  const servers: readonly unknown[] = Array.isArray(http?.['servers']) ? http['servers'] : [];
  const plain = servers.map((server) => ({ ...Object(server), format: undefined }));
  const written =
    document.sections.find(({ title }) => title === 'supervisorctl')?.options ?? new Map<string, OptionEntry>();
  const client = [...written]
    .filter(([name]) => Object.hasOwn(supervisorctlOptions, name))
    .map(([name, { value }]) => [name, value]);
  return {
    config: { ...config, sections: { ...sections, servers: plain } },
    client: Object.fromEntries(client),
    problems,
  };
}

/** The document of a `tsv.config.ts` that conversion has made. */
export async function typedDocument(file: string, text: string): Promise<Document> {
  const code = text.replace("import { defineConfig } from 'tsvisor';", 'const defineConfig = (config) => config;');
  const module: { readonly default: unknown } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return nativeDocument(file, module.default, TABLES);
}
