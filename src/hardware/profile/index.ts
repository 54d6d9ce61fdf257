/** A hardware profile: its schema, how it is loaded, migrated and written. Read profile.ts first. */
export { fileName, ruleName } from './aliases.js';
export {
  loadProfile,
  profileNames,
  profilePath,
  registerProfile,
  registerProfileFolder,
  usualProfiles,
} from './load.js';
export { type CpuTermName, isCpuTerm, type TermName, termNames } from './model-schemas.js';
export { type TransferClass, transferClasses } from './network-schemas.js';
export {
  type KernelModel,
  type MappingRules,
  type Mixture,
  type Profile,
  type ProfileSource,
  type SurfaceModel,
  parseProfile,
  profileSchema,
  profileVersion,
} from './profile.js';
export { commonGranularity } from './granularity.js';
export { integer, row, rowColumns, source } from './shared-schemas.js';
export { stringifyData } from './stringify.js';
