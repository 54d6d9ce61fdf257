/** Folders of ours and their parts: never reached through a link, and emptied only of files whose names we made. */
import { type Stats, lstatSync, mkdirSync, readdirSync, statSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ErrorCode } from '../errors.js';
import { notWhatItMustBe } from './open.js';

const look = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false });

/**
 * A part of a folder of ours, before it is used.
 * @returns undefined where there is nothing of this name.
 * @throws MixnasError `code` where a link, or something else, is in its place.
 */
export function ownPart(path: string, wanted: 'file' | 'folder', code: ErrorCode): Stats | undefined {
  const stats = look(path);
  if (!stats) return undefined;
  if (wanted === 'file' ? stats.isFile() : stats.isDirectory()) return stats;
  throw notWhatItMustBe(path, stats, wanted, { code, own: true });
}

/** Makes a folder inside one of ours, or finds it there. @throws MixnasError `code` where something else is in its place. */
export function ownFolder(path: string, code: ErrorCode): string {
  if (!ownPart(path, 'folder', code)) {
    try {
      mkdirSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !ownPart(path, 'folder', code)) throw error;
    }
  }
  return path;
}

/** Deletes one file, or a link in its place, never what that leads to; a folder stays. Nothing there is no error. */
export function removeOwn(path: string): void {
  const stats = look(path);
  if (!stats || stats.isDirectory()) return;
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/**
 * Deletes those files of a folder of ours whose names we made, one by one.
 * @param isOurs whether a name is one that we give and that is no longer needed.
 * @throws MixnasError `code` where the folder is a link, or no folder.
 */
export function removeOwnWhere(folder: string, isOurs: (name: string) => boolean, code: ErrorCode): void {
  if (!ownPart(folder, 'folder', code)) return;
  for (const name of readdirSync(folder)) if (isOurs(name)) removeOwn(join(folder, name));
}

/**
 * Makes a folder and those around it. Node's own way says ENOENT on a disk that is read-only.
 * @returns the first folder that was made; undefined where all were there.
 */
export function makeFolders(path: string): string | undefined {
  try {
    mkdirSync(path);
    return path;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const parent = dirname(path);
    if (code === 'ENOENT' && parent !== path) {
      const first = makeFolders(parent);
      // Under /proc the folder around it is there, and yet it says so again.
      if (first === undefined) makeLast(path);
      else makeFolders(path);
      return first ?? path;
    }
    // A folder that is there is no error, whatever else the system objects to.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return undefined;
    throw code === 'EEXIST' ? Object.assign(error as Error, { code: 'ENOTDIR' }) : error;
  }
}

/** Makes a folder where the one around it is there. */
function makeLast(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Another process may have made it meanwhile.
    if (code === 'EEXIST' && statSync(path).isDirectory()) return;
    throw code === 'ENOENT' ? Object.assign(error as Error, { code: 'EACCES' }) : error;
  }
}
