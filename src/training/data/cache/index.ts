/** The cache of decoded data sets, and the lock under which one process fills it. */
export { decodedBytes, readDecoded, writeDecoded } from './decoded.js';
export { withLock } from './lock.js';
