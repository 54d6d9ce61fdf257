/** From an image file to bytes: `sniff.ts` tells the format, `image.ts` decodes, `notes.ts` says what that lost. */
export { type BrokenFile, brokenFiles, decodeAll } from './all.js';
export { decodeImage, decodePlain, greyOf } from './image.js';
export { DecodeNotes } from './notes.js';
export { sniffFile } from './sniff.js';
export type { DecodeTarget } from './target.js';
