/** Hardware: profiles, and the latency of a layer graph on them. */
export { loadProfile, profileNames, profilePath } from './load.js';
export {
  type MappingRules,
  type Profile,
  type ProfileSource,
  parseProfile,
  profileSchema,
} from './profile.js';
export { type KernelPrediction, type Prediction, type Predictor, createPredictor } from './predictor.js';
export { type EnergyEstimate, estimateEnergy } from './energy.js';
export { type Source, median } from './price.js';
export {
  type Kernel,
  type KernelOp,
  kernelKey,
  kernelMacs,
  kernelOfRow,
  kernelOps,
  kernelReads,
  kernelRow,
  kernelWeights,
  kernelWrites,
} from './kernel.js';
export { createKernelWalker, mapKernels } from './mapping.js';
export { launchedAs } from './algorithms.js';
export { type MemoryPlan, peakMemoryBytes, planMemory } from './memory.js';
export {
  type Measurements,
  loadMeasurements,
  measurementFiles,
  measurementsSchema,
  parseMeasurements,
} from './measurements.js';
export { type ProfileDescription } from './fit/description.js';
export { type ImportedLaunch, importGpuEndToEnd, importGpuOps } from './importers/gpu-csv.js';
export { impliedAfter } from './importers/implied.js';
export { type CsvRow, csvRows } from './importers/csv.js';
export type { BenchmarkRow } from './fit/compare.js';
export { importOpLists } from './importers/measured-csv.js';
export { type BuiltLaunch, type MeasuredWhole, buildMeasurements } from './importers/build.js';
export { importWholes, kernelRows } from './importers/detect.js';
export { importOpProfile, timeKernels } from './importers/tflite-profile.js';
export { type Suggestion, suggestMeasurements } from './suggest.js';
export { fileLines } from './importers/lines.js';
export { type Agreement, type Compared, agreement, spearman } from './statistics.js';
export { type Validation, type ValidationFiles, validateProfile } from './validate.js';
export { stringifyData } from './stringify.js';

import type { Agreement } from './statistics.js';
import type { BenchmarkRow } from './fit/compare.js';
import type { ProfileDescription } from './fit/description.js';
import type { Kernel } from './kernel.js';
import type { MeasuredWhole } from './importers/build.js';
import type { Measurements } from './measurements.js';
import type { Profile } from './profile.js';

/**
 * Fits a profile from measurements (loads the linear algebra first, which takes a second).
 * @param device whose times to use, when they are not under the profile's own name.
 * @throws MixnasError `bad-data` when the measurements hold nothing of this device.
 */
export async function tuneProfile(
  data: Measurements,
  head: ProfileDescription,
  device?: string,
): Promise<Profile> {
  const { tune } = await import('./fit/tune.js');
  return tune(data, head, device);
}

/**
 * Cross-validates a profile: tables, fits, overhead and band are all fitted without what is left out.
 * @throws MixnasError `bad-data` when the measurements hold nothing of this device.
 */
export async function crossValidateProfile(
  data: Measurements,
  profile: Profile,
  leave: 'family' | 'model',
): Promise<Agreement> {
  const { crossValidatedAgreement } = await import('./fit/tune.js');
  return crossValidatedAgreement(data, profile, leave);
}

/**
 * Cross-validates the simpler methods and our own on the same left-out networks of one device.
 * @throws MixnasError `bad-data` when the measurements hold nothing of this device.
 */
export async function benchmarkDevice(
  data: Measurements,
  profile: Profile,
  leave: 'family' | 'tenth' | 'model',
): Promise<BenchmarkRow[]> {
  const { compareMethods } = await import('./fit/compare.js');
  return compareMethods(data, profile, leave);
}

/**
 * A profile for a device from a sibling's, recalibrated on a few networks that were measured end to end.
 * @param head what is different about the device.
 */
export async function recalibrateProfile(
  base: Profile,
  head: Partial<ProfileDescription> & Pick<Profile, 'name' | 'sources'>,
  networks: readonly (MeasuredWhole & { readonly kernels: readonly Kernel[] })[],
): Promise<Profile> {
  const { recalibrate } = await import('./fit/recalibrate.js');
  return recalibrate(base, head, networks);
}
