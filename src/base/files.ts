/** Reading and writing whole files with errors a user understands. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { type ErrorCode, MixnasError, messageOf } from './errors.js';

/** The text of a file. @throws MixnasError `code` when it is missing or unreadable. */
export function readTextFile(path: string, code: ErrorCode): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new MixnasError(code, missing ? `${path}: no such file.` : `${path}: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

/** A `no-space` error when the cause is a full or read-only disk, else undefined. */
export function asDiskError(error: unknown, path: string): MixnasError | undefined {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new MixnasError('no-space', `${path}: the disk is full.`, {
      remedy: 'Free some space, then run `mixnas resume` to go on.',
      cause: error,
    });
  }
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return new MixnasError('no-space', `${path}: not writable (${code}).`, {
      remedy: 'Choose a folder you may write to.',
      cause: error,
    });
  }
  return undefined;
}

/** Writes a file so that a reader, or a kill, sees the old content or the new, never a part of it. */
export function writeFileAtomic(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, 'w');
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
    rmSync(temporary, { force: true });
    throw asDiskError(error, path) ?? error;
  }
}
