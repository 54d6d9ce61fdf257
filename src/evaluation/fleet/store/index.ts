/** Where content lies between machines: `store.ts` is the contract, the shelves keep it. */
import type { Redis } from 'ioredis';
import { folderShelf } from './folder-shelf.js';
import { redisShelf } from './redis-shelf.js';
import { s3Shelf } from './s3-shelf.js';
import { type Store, createStore } from './store.js';

export { metered } from './metered.js';
export type { Store };

/** The store of this name: a folder, `s3://bucket/prefix`, or Redis where none is given. */
export async function openStore(
  given: string | undefined,
  redis: Redis,
  keyOf: (name: string) => string,
): Promise<Store> {
  if (given === undefined) return createStore(redisShelf(redis, keyOf));
  return createStore(given.startsWith('s3://') ? await s3Shelf(given) : folderShelf(given));
}
