/** Floor 0: what every folder may use. Errors, random streams, parsing at the border, file helpers, statistics. */
export { type ChildOptions, canPin, startModule, startThread } from './child.js';
export { commandLine, programName, shellWord } from './command-line.js';
export {
  type ClassIdentity,
  type DataIdentity,
  classDifferences,
  createDataIdentity,
  dataDifferences,
  dataIdentitySchema,
} from './data-identity.js';
export { consentTo, isConsent } from './consent.js';
export { parseJsonDocument, readDocument, readJsonDocument, withLinesOf } from './document.js';
export { type ErrorCode, InternalError, MixnasError, messageOf, unreachable } from './errors.js';
export { cacheFolder, packageRoot, packageVersion, userProfilesFolder } from './paths.js';
export { parseWith } from './parse.js';
export { type Random, type RandomState, createRandom } from './random.js';
export { canonicalJson, shortHash } from './hash.js';
export {
  formatBytes,
  formatCount,
  formatDuration,
  formatInteger,
  formatMs,
  formatPercent,
  parseDuration,
  significant,
} from './format.js';
export { mathjs } from './lazy.js';
export type { CurvePoint } from './curve.js';
export { groupBy } from './group.js';
export { createSettledCursor } from './settled.js';
export {
  type Interval,
  bisect,
  kendall,
  lowerBound,
  median,
  ranks,
  spearman,
  upperMedian,
  wilson,
} from './statistics/index.js';
export { nearest, printable, printableJson, printableLines } from './text.js';
export {
  type FileAccess,
  type FileKind,
  type ReadOptions,
  type TextEncoding,
  asDiskError,
  asSystemError,
  encodingBytes,
  freeBytes,
  isModelFile,
  kindOfBytes,
  kindOfFile,
  makeFolders,
  openNew,
  openRegular,
  ownFolder,
  ownPart,
  parseJsonText,
  readBytes,
  readJsonFile,
  readTextFile,
  removeOwn,
  removeOwnWhere,
  sizeLimits,
  textEncoding,
  syncFolder,
  writeFileAtomic,
} from './files/index.js';
export { defaultPython } from './python.js';
export { parseBandwidth, parseMilliseconds } from './rates.js';
export { heldOutCount } from './held-out.js';
