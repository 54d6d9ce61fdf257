/** Images that do not fit in memory: `reader.ts` keeps and asks, `pool.ts` has the threads, `worker.ts` decodes. */
export { createImageReader } from './reader.js';
