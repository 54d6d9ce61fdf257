/** The cache of decoded data sets, and the lock under which one process fills it. */
export { decodedBytes, openDecoded, readDecoded } from './decoded.js';
export { DecodedWriter, writeDecoded } from './write.js';
export { withLock } from './lock.js';
