/** Redis itself: for what is small, where no store is given. Content is forgotten after a day. */
import type { Redis } from 'ioredis';
import type { Shelf } from './store.js';

const mostBytes = 64 << 20;
const keptSeconds = 86_400;

/** The connection stays its owner's. */
export function redisShelf(redis: Redis, keyOf: (name: string) => string): Shelf {
  return {
    place: 'Redis',
    mostBytes,
    holdsImages: false,
    has: async (name) => (await redis.expire(keyOf(name), keptSeconds)) === 1,
    async put(name, bytes) {
      await redis.set(keyOf(name), Buffer.from(bytes), 'EX', keptSeconds);
    },
    async get(name, most) {
      // What is longer than it says is not read at all.
      if ((await redis.strlen(keyOf(name))) > most) return undefined;
      return (await redis.getBuffer(keyOf(name))) ?? undefined;
    },
    async drop(name) {
      await redis.del(keyOf(name));
    },
    close: async () => {},
  };
}
