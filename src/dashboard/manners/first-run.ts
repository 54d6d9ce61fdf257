/** Whether this user has opened the dashboard before: a mark in the cache, nothing where that cannot be written. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, makeFolders, writeFileAtomic } from '../../base/index.js';

const mark = () => join(cacheFolder(), 'dashboard-seen');

/** Whether this is the first time; the next is not. */
export function isFirstRun(): boolean {
  try {
    if (existsSync(mark())) return false;
    makeFolders(cacheFolder());
    writeFileAtomic(mark(), '');
    return true;
  } catch {
    return false; // a line about keys needs no message about a cache
  }
}

/** What someone new reads until the first key. */
export const firstHint = 'New here? 1 to 9 change the screen, arrows move, Enter opens, ? help, q quit';
