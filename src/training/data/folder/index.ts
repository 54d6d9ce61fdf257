/** A user's own images: `listing.ts` says what a folder holds, `folder.ts` decodes and caches it. */
export { folder } from './folder.js';
