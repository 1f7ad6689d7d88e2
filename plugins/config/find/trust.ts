/**
 * Whom root believes. Root runs what a configuration says, so whoever can write a file that root reads for it is root. One rule holds for
 * all of these files: the main file, included ones, imported modules, plugins, the package.json and tsconfig.json that decide what an import
 * means, and every folder and symbolic link that leads to one of them.
 *
 * - Each belongs to root.
 * - Nobody else can write a file, or exchange an entry of a folder. In a sticky folder (/tmp) only the owner of an entry can.
 * - What a group other than root's can write is refused too, except for a supervisord.conf: conf.d folders of an operators' group are common,
 *   and Supervisor reads them. A CRIT line says so.
 *
 * The path is walked from `/` down, and each entry is looked at after the folder that holds it. So there is no moment between check and use:
 * once a folder has passed, only root can exchange what is in it.
 *
 * POSIX access lists are not looked at: a right that such a list gives to one user shows as the group's.
 */
import { lstatSync, readlinkSync, statSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';

import { CONFIG_ERRORS } from '../errors.ts';
import type { Problem } from '../problem.ts';

/** `code`: what runs when it is read, and our own formats. `conf`: a supervisord.conf. */
export type FileRole = 'code' | 'conf';

/** What is wrong with a file, in words that follow its name. */
type Distrust = { readonly kind: 'refused' | 'tolerated'; readonly why: string };

/** The problem with reading a file as this user; `undefined` where there is none, and where nothing is there. Only root is strict. */
export function distrust(file: string, uid: number, role: FileRole): Problem | undefined {
  return uid === 0 ? problemOf(file, distrustOf(file, role)) : undefined;
}

/** The same of what was opened, for files that a group can exchange between the check and the reading. */
export function distrustOpened(file: string, stats: Stats, uid: number): Problem | undefined {
  return uid === 0 ? problemOf(file, refusalOf(stats)) : undefined;
}

/**
 * Why another user than root does not run a native configuration that was found in the working directory and not named: somebody else can
 * write it. A file that is named is the user's own decision.
 */
export function distrustFound(file: string, uid: number): string | undefined {
  for (const path of [file, dirname(file)]) {
    const stats = statSync(path, { throwIfNoEntry: false });
    const refused = stats && refusalOf(stats, [0, uid]);
    if (refused !== undefined) return path === file ? refused.why : `is in ${path}, which ${refused.why}`;
  }
  return undefined;
}

function problemOf(file: string, distrusted: Distrust | undefined): Problem | undefined {
  if (distrusted === undefined) return undefined;
  const { kind, why } = distrusted;
  if (kind === 'tolerated') {
    const message = CONFIG_ERRORS.TSV_CONFIG_GROUP_WRITABLE(why);
    return { severity: 'warning', level: 'CRIT', kind: 'host', code: 'TSV_CONFIG_GROUP_WRITABLE', file, message };
  }
  const message = CONFIG_ERRORS.TSV_CONFIG_UNTRUSTED(file, why);
  return { severity: 'error', kind: 'host', code: 'TSV_CONFIG_UNTRUSTED', file, message };
}

/** Judges an absolute path for root. */
function distrustOf(file: string, role: FileRole): Distrust | undefined {
  const distrusted = judgePath(file, role);
  if (distrusted?.kind === 'refused' || role === 'conf') return distrusted;
  for (const name of ['package.json', 'tsconfig.json']) {
    const manifest = nearestUp(name, dirname(file));
    const refused = manifest === undefined || manifest === file ? undefined : judgePath(manifest, 'code');
    if (refused !== undefined) return { ...refused, why: `is read together with ${manifest}, which ${refused.why}` };
  }
  return distrusted;
}

function judgePath(file: string, role: FileRole): Distrust | undefined {
  let tolerated: string | undefined;
  for (const { path, stats } of stepsTo(file)) {
    const isFile = !stats.isDirectory() && !stats.isSymbolicLink();
    const where = isFile ? '' : `is reached through ${path}, which `;
    const refused = refusalOf(stats);
    if (refused !== undefined) return { ...refused, why: where + refused.why };
    if (canGroupWrite(stats)) tolerated ??= `${where}can be written by group ${stats.gid}`;
  }
  if (tolerated === undefined) return undefined;
  return { kind: role === 'code' ? 'refused' : 'tolerated', why: tolerated };
}

function refusalOf(stats: Stats, owners: readonly number[] = [0]): Distrust | undefined {
  if (!owners.includes(stats.uid)) return { kind: 'refused', why: `belongs to user ${stats.uid}` };
  return canWrite(stats, 0o002) ? { kind: 'refused', why: 'can be written by everybody' } : undefined;
}

function canGroupWrite(stats: Stats): boolean {
  return stats.gid !== 0 && canWrite(stats, 0o020);
}

function canWrite(stats: Stats, bit: number): boolean {
  if (stats.isSymbolicLink()) return false; // its mode means nothing
  if (stats.isDirectory() && (stats.mode & 0o1000) !== 0) return false;
  if (stats.isCharacterDevice()) return false; // never read: whoever opens it refuses it, and says what it is
  return (stats.mode & bit) !== 0;
}

interface Step {
  readonly path: string;
  readonly stats: Stats;
}

/** As many as Linux follows. */
const MOST_LINKS = 40;

/** Every folder and link on the way to a file, from the top, and the file. Ends early where nothing is there. */
function* stepsTo(file: string): Generator<Step> {
  const rest = namesIn(file);
  let folder = '/';
  let links = 0;
  yield { path: folder, stats: lstatSync(folder) };
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    const path = name === '..' ? dirname(folder) : join(folder, name);
    const stats = lstatOf(path);
    if (stats === undefined) return;
    yield { path, stats };
    if (!stats.isSymbolicLink()) {
      folder = path;
      continue;
    }
    const target = readlinkSync(path);
    if (++links > MOST_LINKS) return; // the kernel does not follow it either
    if (target.startsWith('/')) folder = '/';
    rest.unshift(...namesIn(target));
  }
}

function namesIn(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

/** What cannot be looked at cannot be read either; whoever reads it says so. */
function lstatOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function nearestUp(name: string, folder: string): string | undefined {
  const path = join(folder, name);
  if (lstatOf(path) !== undefined) return path;
  return folder === '/' ? undefined : nearestUp(name, dirname(folder));
}
