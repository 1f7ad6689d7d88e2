import { anyUserDatabase, nativeDocument, resolve } from '../../plugins/config/index.ts';
import { builtInOptions } from '../../plugins/config/built-in.ts';
import type { Document } from '../../plugins/config/index.ts';

/** What a configuration comes to, but for what only tells in which format it was written. */
export function meaningOf(document: Document, env: Readonly<Record<string, string>>) {
  const host = { env, cwd: '/cwd', hostName: 'host', uid: 0, users: anyUserDatabase() };
  const { config, problems } = resolve(document, builtInOptions(), host);
  const { http, ...sections } = config.sections;
  const servers: readonly unknown[] = Array.isArray(http?.['servers']) ? http['servers'] : [];
  const plain = servers.map((server) => ({ ...Object(server), format: undefined }));
  return { config: { ...config, sections: { ...sections, servers: plain } }, problems };
}

/** The document of a `tsv.config.ts` that conversion has made. */
export async function typedDocument(file: string, text: string): Promise<Document> {
  const code = text.replace("import { defineConfig } from 'tsvisor';", 'const defineConfig = (config) => config;');
  const module: { readonly default: unknown } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return nativeDocument(file, module.default);
}
