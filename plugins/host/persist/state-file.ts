import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, readSync, writeSync } from 'node:fs';
import * as v from 'valibot';
import { openFolder, reasonOf, type Folder } from '../../../core/index.ts';

const NAME = 'state';
const NEW_NAME = 'state.new';
/** A state of ten thousand programs has about 6 MB. */
const LARGEST = 64 * 1024 ** 2;
/** The file is written anew when it is this much longer than what it says. */
const SLACK = 256 * 1024;
const FORMAT = 1;

/** Whose state it is: that of one daemon, in one life of the machine. */
const Header = v.object({ format: v.literal(FORMAT), boot: v.string(), pid: v.number(), start: v.string() });
export type Header = Omit<v.InferOutput<typeof Header>, 'format'>;

/** `[key, value]`, or `[key]` when it was deleted. */
const Line = v.union([v.strictTuple([v.string()]), v.strictTuple([v.string(), v.unknown()])]);

export type ReadState =
  | { readonly kind: 'none' }
  /** It cannot be believed; the reason is a clause. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'state'; readonly header: Header; readonly entries: ReadonlyMap<string, unknown> };

/**
 * The state of a daemon: keys and values, a change a line, at the end of one file. A kill can cut off the last line, which then
 * never happened. What was changed often is written anew as a whole, beside the old file, and takes its place.
 *
 * A change is not synced: a kill of the daemon loses nothing of what was written, and the end of the machine ends the meaning of it
 * all.
 */
export class StateFile {
  readonly #path: string;
  readonly #header: Header;
  readonly #report: (problem: string) => void;
  readonly #entries: Map<string, unknown>;
  #fd: number | undefined;
  #length = 0;
  /** The length when it was last written as a whole. */
  #whole = 0;
  #hasFailed = false;

  /** Takes the place of an older state. `report` gets the first problem of a row. */
  constructor(path: string, header: Header, entries: ReadonlyMap<string, unknown>, report: (problem: string) => void) {
    this.#path = path;
    this.#header = header;
    this.#report = report;
    this.#entries = new Map(entries);
    this.#attempt(() => this.#writeWhole());
  }

  set(key: string, value: unknown): void {
    this.#entries.set(key, value);
    this.#append([key, value]);
  }

  delete(key: string): void {
    if (this.#entries.delete(key)) this.#append([key]);
  }

  /** Ends its meaning. */
  remove(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#attempt(() => {
      using folder = openFolder(this.#path);
      for (const name of [NAME, NEW_NAME]) folder.removeIfThere(name);
    });
  }

  #append(line: readonly unknown[]): void {
    this.#attempt(() => {
      const isGone = this.#fd === undefined || fstatSync(this.#fd).nlink === 0; // somebody has removed it
      if (this.#fd === undefined || isGone || this.#length > 2 * this.#whole + SLACK) return this.#writeWhole();
      const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
      writeAll(this.#fd, bytes);
      this.#length += bytes.length;
    });
  }

  #writeWhole(): void {
    using folder = openFolder(this.#path);
    folder.removeIfThere(NEW_NAME);
    const fd = folder.open(NEW_NAME, {
      flags: constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_APPEND,
      mode: 0o600,
    });
    try {
      const lines = [{ format: FORMAT, ...this.#header }, ...this.#entries].map((line) => `${JSON.stringify(line)}\n`);
      const bytes = Buffer.from(lines.join(''));
      writeAll(fd, bytes);
      fsyncSync(fd);
      folder.rename(NEW_NAME, NAME);
      syncFolder(folder);
      if (this.#fd !== undefined) closeSync(this.#fd);
      this.#length = bytes.length;
      this.#whole = bytes.length;
      this.#fd = fd;
    } finally {
      if (this.#fd !== fd) closeSync(fd);
    }
  }

  /** What it says is not true any more, and it cannot be said otherwise: the next daemon goes by the marks of programs. */
  #invalidate(): void {
    try {
      this.#fd ??= openOld(this.#path);
      if (this.#fd !== undefined) ftruncateSync(this.#fd); // works on a full disk, too
    } catch {
      // the folder is gone as well
    }
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #attempt(write: () => void): void {
    try {
      write();
      this.#hasFailed = false;
    } catch (error) {
      if (!this.#hasFailed) this.#report(reasonOf(error));
      this.#hasFailed = true;
      this.#invalidate();
    }
  }
}

/** Reads what a daemon has left in its folder. */
export function readState(path: string): ReadState {
  let text: string;
  try {
    using folder = openFolder(path);
    if (folder.look(NAME) === undefined) return { kind: 'none' };
    text = contentOf(folder);
  } catch (error) {
    return { kind: 'refused', reason: reasonOf(error) };
  }
  const [first = '', ...rest] = text.split('\n');
  // What is not ended by a line end was cut off by the kill.
  rest.pop();
  try {
    const { format: _, ...header } = v.parse(Header, JSON.parse(first));
    const entries = new Map<string, unknown>();
    for (const line of rest) {
      const [key, ...values] = v.parse(Line, JSON.parse(line));
      if (values.length === 0) entries.delete(key);
      else entries.set(key, values[0]);
    }
    return { kind: 'state', header, entries };
  } catch (error) {
    return { kind: 'refused', reason: `it is damaged, or of another version: ${reasonOf(error)}` };
  }
}

/** The file of the daemon before; `undefined` if there is none. */
function openOld(path: string): number | undefined {
  using folder = openFolder(path);
  return folder.look(NAME) === undefined ? undefined : folder.open(NAME, { flags: constants.O_WRONLY });
}

function contentOf(folder: Folder): string {
  const fd = folder.open(NAME, { flags: constants.O_RDONLY });
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw new Error('it is no regular file');
    if (stats.uid !== (process.getuid?.() ?? stats.uid) && stats.uid !== 0)
      throw new Error(`it belongs to user ${stats.uid}`);
    if (stats.size > LARGEST) throw new Error(`it has ${stats.size} bytes`);
    const bytes = Buffer.alloc(stats.size);
    let length = 0;
    for (let count = -1; count !== 0 && length < bytes.length; length += count) {
      count = readSync(fd, bytes, length, bytes.length - length, length);
    }
    return bytes.toString('utf8', 0, length);
  } finally {
    closeSync(fd);
  }
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) written += writeSync(fd, bytes, written);
}

function syncFolder(folder: Folder): void {
  const fd = folder.open('.', { flags: constants.O_RDONLY | constants.O_DIRECTORY });
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
