/** Images that do not fit in memory: `reader.ts` keeps and asks, `pool.ts` has the threads, `worker.ts` reads and decodes. */
export { createImageReader, imageFiles, storedImages } from './reader.js';
