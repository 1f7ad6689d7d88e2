import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** A file that pages load. */
export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  /** `undefined` if compression does not make it smaller. */
  readonly compressed: Buffer | undefined;
  /** Made from its content, so that browsers can revalidate a cached copy. */
  readonly etag: string;
}

/** Reads an asset when the first page asks for it, and keeps it. */
export function assetAt(path: string): (() => Promise<Asset>) | undefined {
  return ASSETS.get(path);
}

/** By path; the style sheet has the same path as Supervisor's. */
const ASSETS: ReadonlyMap<string, () => Promise<Asset>> = new Map([
  ['/stylesheets/supervisor.css', once(() => built('page.css', 'text/css;charset=utf-8'))],
  ['/live.js', once(() => built('live.js', 'text/javascript;charset=utf-8'))],
  ['/images/sound.svg', once(() => picture('<circle cx="16" cy="16" r="12" fill="#2f9e5b"/>'))],
  ['/images/trouble.svg', once(() => picture('<path d="M16 2 31 29H1z" fill="#d6403a"/>'))],
]);

/** A failure is not cached: the next request tries again. */
function once(make: () => Promise<Asset>): () => Promise<Asset> {
  let made: Promise<Asset> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

/**
 * From `dist/web/` of the package, where the build puts it: from the sources and from the bundle it is the same place.
 */
async function built(name: string, type: string): Promise<Asset> {
  const root = dirname(createRequire(import.meta.url).resolve('tsvisor/package.json'));
  const body = await readFile(join(root, 'dist/web', name));
  const { gzip } = await import('node:zlib');
  return { ...asset(type, body), compressed: await promisify(gzip)(body, { level: 9 }) };
}

async function picture(shape: string): Promise<Asset> {
  const text = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${shape}</svg>`;
  return asset('image/svg+xml', Buffer.from(text));
}

function asset(type: string, body: Buffer): Asset {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"`;
  return { type, body, compressed: undefined, etag };
}
