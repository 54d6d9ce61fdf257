/**
 * Files from elsewhere and files of ours. Whatever is read is a regular file and no larger than its kind may be;
 * the parts of a folder of ours are never reached through a link, and only files whose names we made are deleted.
 */
export { isTooDeep, looksTooDeep, mostDepth } from './depth.js';
export { asDiskError, asSystemError } from './disk-error.js';
export { type TextEncoding, encodingBytes, textEncoding } from './encoding.js';
export { freeBytes } from './free.js';
export { type FileKind, isModelFile, kindOfBytes, kindOfFile } from './kind.js';
export { type FileAccess, openRegular } from './open.js';
export { makeFolders, ownFolder, ownPart, removeOwn, removeOwnWhere } from './own.js';
export {
  type ReadOptions,
  parseJsonText,
  readBytes,
  readJsonFile,
  readTextFile,
  sizeLimits,
} from './read.js';
export { openNew, syncFolder, writeFileAtomic } from './write.js';
