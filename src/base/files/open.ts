/** Opening a file that must be a regular one, without waiting for a pipe's other end. */
import { type Stats, closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs';
import { type ErrorCode, MixnasError, messageOf } from '../errors.js';
import { asDiskError } from './disk-error.js';

export interface FileAccess {
  /** Of the error for a file that is not what it must be. */
  readonly code: ErrorCode;
  /** The file is a part of a folder of ours: a link in its place is refused. */
  readonly own?: boolean | undefined;
}

/** What a path leads to, in words. */
function kindOf(stats: Stats): string {
  if (stats.isSymbolicLink()) return 'a symbolic link';
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a named pipe';
  if (stats.isSocket()) return 'a socket';
  return stats.isFile() ? 'a file' : 'a device';
}

/** The error for a path that leads to something else than it must. */
export function notWhatItMustBe(
  path: string,
  stats: Stats,
  wanted: 'file' | 'folder',
  { code, own }: FileAccess,
): MixnasError {
  const what = wanted === 'file' ? 'a regular file' : 'a folder';
  const remedy = own
    ? `Nothing was touched. mixnas keeps its files in a folder of their own, without links: put ${what} there.`
    : `Name ${what}.`;
  return new MixnasError(code, `${path} is ${kindOf(stats)}, not ${what}.`, { remedy });
}

/**
 * Opens a regular file.
 * @param flags as of `open`, in numbers; without those that create a file.
 * @throws MixnasError with the code of `access` when it is missing, unreadable, or no regular file.
 */
export function openRegular(
  path: string,
  flags: number,
  access: FileAccess,
): { readonly file: number; readonly stats: Stats } {
  let file: number;
  try {
    // Where the system cannot refuse links by itself, look first.
    if (access.own && constants.O_NOFOLLOW === undefined) refuseLink(path, access);
    const more = (constants.O_NONBLOCK ?? 0) | (access.own ? (constants.O_NOFOLLOW ?? 0) : 0);
    file = openSync(path, flags | more);
  } catch (error) {
    throw openError(path, error, access);
  }
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw notWhatItMustBe(path, stats, 'file', access);
    return { file, stats };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function refuseLink(path: string, access: FileAccess): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isSymbolicLink()) throw notWhatItMustBe(path, stats, 'file', access);
}

function openError(path: string, error: unknown, access: FileAccess): unknown {
  if (error instanceof MixnasError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new MixnasError(access.code, `${path}: no such file.`, { cause: error });
  // EISDIR for writing, ENXIO for a pipe without a reader, ELOOP for a link: say what it is.
  const stats = statOf(path, access);
  if (stats && !stats.isFile()) return notWhatItMustBe(path, stats, 'file', access);
  if (code === 'EMFILE' || code === 'ENFILE') return asDiskError(error, path);
  return new MixnasError(access.code, `${path}: ${messageOf(error)}.`, { cause: error });
}

function statOf(path: string, { own }: FileAccess): Stats | undefined {
  try {
    const stats = lstatSync(path);
    return stats.isSymbolicLink() && !own ? undefined : stats;
  } catch {
    return undefined;
  }
}
