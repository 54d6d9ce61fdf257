/** Writing whole files. */
import { closeSync, constants, fsyncSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { asDiskError } from './disk-error.js';
import { removeOwn } from './own.js';

/**
 * Writes a file so that a reader, or a kill, sees the old content or the new, never a part of it. A link in the
 * file's place is replaced, not followed.
 * @throws MixnasError `no-space` when it cannot be written.
 */
export function writeFileAtomic(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = openNew(temporary);
    try {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      let written = 0;
      while (written < bytes.length) written += writeSync(file, bytes, written);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    removeOwn(temporary);
    throw asDiskError(error, path) ?? error;
  }
}

/** A new file of this name; what an earlier process of the same number left there is removed. */
export function openNew(path: string): number {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
  try {
    return openSync(path, flags, 0o666);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    unlinkSync(path);
    return openSync(path, flags, 0o666);
  }
}

/** Brings to the disk which files a folder has, where the system can. */
export function syncFolder(path: string): void {
  let folder: number | undefined;
  try {
    folder = openSync(path, constants.O_RDONLY);
    fsyncSync(folder);
  } catch (error) {
    // Windows opens no folders, and some file systems have nothing to say of them.
    if (
      !['EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP', 'EACCES'].includes(
        (error as NodeJS.ErrnoException).code ?? '',
      )
    )
      throw error;
  } finally {
    if (folder !== undefined) closeSync(folder);
  }
}
