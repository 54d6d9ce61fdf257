/** Room on a disk. */
import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/** Free bytes where a folder is or would be made. */
export function freeBytes(folder: string): number {
  let there = folder;
  while (!existsSync(there)) there = dirname(there);
  const { bavail, bsize } = statfsSync(there);
  return bavail * bsize;
}
