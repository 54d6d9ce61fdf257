/**
 * Hardware: profiles, and the latency of a layer graph on them.
 *
 * In this room and in src/measure a kernel is a device kernel, what a runtime launches; a convolution kernel is always
 * called one, or a window.
 */
export {
  commonGranularity,
  fileName,
  loadProfile,
  profileNames,
  profilePath,
  registerProfile,
  registerProfileFolder,
  ruleName,
  usualProfiles,
  type MappingRules,
  type Profile,
  type ProfileSource,
  parseProfile,
  profileSchema,
  stringifyData,
} from './profile/index.js';
export {
  type KernelPrediction,
  type Prediction,
  type Predictor,
  createPredictor,
  type EnergyEstimate,
  estimateEnergy,
  type Source,
  type MemoryPlan,
  type MemoryUse,
  memoryUse,
  peakMemoryBytes,
  planMemory,
} from './predict/index.js';
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
export { createNpuPricer, type ExplainedOperation, type MapPlace } from './npu/index.js';
export { launchedAs } from './algorithms.js';
export {
  type Measurements,
  loadMeasurements,
  measurementFiles,
  measurementsSchema,
  parseMeasurements,
} from './measurements.js';
export type { BenchmarkRow, ProfileDescription } from './fit/index.js';
export type { Transfer } from './transfer/index.js';
export { kinOf } from './kin.js';
export {
  type BuiltLaunch,
  type CsvRow,
  type ImportedLaunch,
  type MeasuredWhole,
  buildMeasurements,
  csvRows,
  fileLines,
  impliedAfter,
  importGpuEndToEnd,
  importGpuOps,
  importInference,
  importOpProfile,
  importVelaLayers,
  importVelaSummary,
  importWholes,
  isOwnOp,
  kernelRows,
  networkLists,
  separateKernels,
  timeGraph,
  timeKernels,
  timeVela,
  type VelaNetwork,
  velaKind,
} from './importers/index.js';
export { type Suggestion, suggestMeasurements } from './suggest.js';
export { type Agreement, type Compared, agreement } from './agreement.js';
export { measuredAgreement } from './measured.js';
export { type Validation, type ValidationFiles, validateProfile } from './validate.js';
import type { Agreement } from './agreement.js';
import type { BenchmarkRow, ProfileDescription } from './fit/index.js';
import type { Kernel } from './kernel.js';
import type { MeasuredWhole } from './importers/index.js';
import type { Measurements } from './measurements.js';
import type { Profile } from './profile/index.js';
import type { Transfer } from './transfer/index.js';

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
  const { tune } = await import('./fit/index.js');
  return tune(data, head, device);
}

/**
 * A profile from a handful of whole networks, held near that of a device which computes alike, or near what GPUs with
 * tensor cores usually cost.
 * @throws MixnasError `bad-data` when fewer than two networks were measured.
 */
export async function tuneFromHandful(
  data: Measurements,
  head: ProfileDescription,
  base?: Profile,
): Promise<Profile> {
  const { tuneHandful } = await import('./fit/index.js');
  return tuneHandful(data, head, base);
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
  if (profile.mixture) {
    const { transferredAgreement } = await import('./transfer/index.js');
    return transferredAgreement(data, profile);
  }
  const { crossValidatedAgreement } = await import('./fit/index.js');
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
  const { compareMethods } = await import('./fit/index.js');
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
  const { recalibrate } = await import('./fit/index.js');
  return recalibrate(base, head, networks);
}

/**
 * A profile for a device from those of others, mixed and bent as far as a few networks measured end to end carry.
 * @param profiles all that may be transferred from; those that are like the device are chosen.
 * @throws MixnasError `bad-data` without networks or profiles.
 */
export async function transferProfile(
  profiles: readonly Profile[],
  head: ProfileDescription,
  networks: readonly (MeasuredWhole & { readonly kernels: readonly Kernel[] })[],
): Promise<Transfer> {
  const { transfer } = await import('./transfer/index.js');
  return transfer(profiles, head, networks);
}
