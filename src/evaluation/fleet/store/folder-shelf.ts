/** A folder that all machines share: a file for each piece of content, in sub-folders by the first two digits. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { asDiskError, makeFolders, readBytes, sizeLimits, writeFileAtomic } from '../../../base/index.js';
import type { Shelf } from './store.js';

export function folderShelf(folder: string): Shelf {
  const root = resolve(folder);
  const pathOf = (name: string) => join(root, name.slice(0, 2), name);
  return {
    place: `the store ${root}`,
    mostBytes: sizeLimits.weights,
    holdsImages: true,
    has: async (name) => existsSync(pathOf(name)),
    put: async (name, bytes) => {
      const path = pathOf(name);
      // A name of its own: another machine may store the same at the same time.
      const temporary = `${path}.${randomUUID()}`;
      try {
        makeFolders(dirname(path));
        writeFileAtomic(temporary, bytes);
        renameSync(temporary, path);
      } catch (error) {
        rmSync(temporary, { force: true });
        throw asDiskError(error, path) ?? error;
      }
    },
    // No more than was promised is read, whatever lies there.
    get: async (name, most) =>
      existsSync(pathOf(name)) ? readBytes(pathOf(name), 'failed', { limit: most }) : undefined,
    drop: async (name) => rmSync(pathOf(name), { force: true }),
    close: async () => {},
  };
}
