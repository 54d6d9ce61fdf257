/** Getting files: downloads that resume, pinned npm packages, and reading tar archives in place. */
export { download, hasIntegrity } from './download.js';
export { type Npm, type PinnedPackage, fetchPackage } from './npm-package.js';
export { largestEntry, readTar } from './tar.js';
