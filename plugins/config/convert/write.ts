import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** How a file is to be written. */
export interface WriteOptions {
  /** Readable by its owner only: mode 0600. */
  readonly isPrivate: boolean;
  /** Replaces an existing file. */
  readonly force: boolean;
}

/** Writes a new file atomically, and never through a link. Rejects with EEXIST if it exists and `force` is not set. */
export async function writeConfiguration(
  path: string,
  text: string,
  { isPrivate, force }: WriteOptions,
): Promise<void> {
  const mode = isPrivate ? 0o600 : 0o666;
  if (!force) {
    await writeFile(path, text, { flag: 'wx', mode });
    return;
  }
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(8).toString('hex')}`);
  try {
    await writeFile(temporary, text, { flag: 'wx', mode });
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}
