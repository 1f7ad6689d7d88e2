import { closeSync, constants, fchmodSync, fstatSync, ftruncateSync, readSync, writeSync } from 'node:fs';
import { codeOf, locate, openFile } from '../../../core/index.ts';
import { journalError } from './errors.ts';
import { LINE_HEAD } from './line.ts';

/** A store of lines, oldest first. */
export interface JournalStore {
  /** The location, for messages. */
  readonly place: string;
  /** @throws the error of the system call; then this line is not kept, and earlier lines are unchanged. */
  append(line: string): void;
  /** Lines without line ends, newest first. */
  newestFirst(): AsyncIterable<string>;
  /** @throws if no new file can be opened; the old one stays in use. */
  reopen(): void;
  close(): void;
}

/**
 * The journal in a file. Lines are appended with one write each. When the file reaches its size limit, it is renamed to
 * `FILE.1`, replacing the one before, and a new file begins. So a crash can tear only the last line; a torn line is cut
 * off when the file is opened.
 *
 * The daemon may be root while the folder belongs to another user. A symbolic link, a file of another owner, a file
 * with a second hard link, or one whose content is not a journal is refused. Only the owner may read it, because
 * programs print secrets.
 */
export class JournalFile implements JournalStore {
  readonly place: string;
  readonly #maxBytes: number;
  #fd: number;

  /** @throws TSV_JOURNAL_REFUSED, or the error of the system call. */
  constructor(path: string, maxBytes: number) {
    this.place = path;
    this.#maxBytes = maxBytes;
    this.#fd = openRepaired(path);
  }

  append(line: string): void {
    const bytes = Buffer.from(line);
    if (fstatSync(this.#fd).nlink === 0) {
      this.reopen(); // it was removed: data written to a file without a name is lost in the end
    }
    const { size } = fstatSync(this.#fd);
    const isFull = this.#maxBytes > 0 && size > 0 && size + bytes.length > this.#maxBytes;
    if (isFull) this.#rotate();
    const before = isFull ? 0 : size;
    try {
      // One call per line. A disk that is nearly full takes a part of it, and then refuses the next.
      for (let done = 0; done < bytes.length;) done += writeSync(this.#fd, bytes, done);
    } catch (error) {
      ftruncateSync(this.#fd, before);
      throw error;
    }
  }

  async *newestFirst(): AsyncGenerator<string> {
    const { linesBackward } = await import('./lines-backward.ts');
    yield* linesBackward([this.place, `${this.place}.1`]);
  }

  /** Continues in the file that has the name now, after a rename of the old one. @throws as the constructor. */
  reopen(): void {
    const fd = openRepaired(this.place);
    closeSync(this.#fd);
    this.#fd = fd;
  }

  close(): void {
    closeSync(this.#fd);
  }

  #rotate(): void {
    try {
      using place = locate(this.place, { last: 'keep' });
      place.folder.rename(place.name, `${place.name}.1`);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error; // it was removed: there is none to keep
    }
    this.reopen();
  }
}

function openRepaired(path: string): number {
  const fd = openOwn(path);
  try {
    repair(fd, path);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function openOwn(path: string): number {
  const { O_RDWR, O_APPEND, O_CREAT } = constants;
  const fd = openFile(path, { flags: O_RDWR | O_APPEND | O_CREAT, mode: 0o600, last: 'keep' });
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw journalError('TSV_JOURNAL_REFUSED', [path, 'it is not a regular file']);
    if (stat.uid !== process.geteuid?.())
      throw journalError('TSV_JOURNAL_REFUSED', [path, 'it belongs to another user']);
    if (stat.nlink !== 1) throw journalError('TSV_JOURNAL_REFUSED', [path, 'it has a second name (a hard link)']);
    if ((stat.mode & 0o077) !== 0) fchmodSync(fd, 0o600);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

const CHUNK = 64 * 1024;

/** Cuts off what follows the last line end. Does not touch a file that does not begin like a journal. */
function repair(fd: number, path: string): void {
  const { size } = fstatSync(fd);
  const head = read(fd, 0, Math.min(size, LINE_HEAD.length));
  if (!LINE_HEAD.startsWith(head.toString('latin1')) && !isZeros(head)) {
    throw journalError('TSV_JOURNAL_REFUSED', [path, 'what is in it is no journal']);
  }
  let end = size;
  while (end > 0) {
    const from = Math.max(0, end - CHUNK);
    const lineEnd = read(fd, from, end - from).lastIndexOf(0x0a);
    end = lineEnd === -1 ? from : from + lineEnd + 1;
    if (lineEnd !== -1) break;
  }
  if (end < size) ftruncateSync(fd, end);
}

/** After a power failure, a file may have its new size but not its data. */
function isZeros(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}

function read(fd: number, from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(fd, bytes, 0, length, from));
}
