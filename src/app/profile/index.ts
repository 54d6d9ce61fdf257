/** Hardware profiles: listed, tuned, validated, measured. Read measure.ts and tune.ts first. */
export { type CatalogueChip, type CatalogueEntry, catalogue, howMade } from './catalogue.js';
export { type ProfileSummary, listProfiles, showProfile } from './list.js';
export {
  type HostOptions,
  type HostReport,
  type MeasureOptions,
  type MeasureReport,
  hostTarget,
  measureProfile,
  validateHost,
} from './measure.js';
export { profileAgreement } from './measured.js';
export {
  type MeasureDeviceOptions,
  type MeasureDeviceReport,
  measureDeviceProfile,
} from './device/measure.js';
export { type KitOptions, type KitReport, writeKit } from './device/kit.js';
export { type SuggestOptions, type SuggestedNetwork, suggestNetworks } from './suggest.js';
export { type TuneOptions, type TuneReport, tune } from './tune.js';
export { type ValidateOptions, type ValidateReport, crossValidate, validate } from './validate.js';
