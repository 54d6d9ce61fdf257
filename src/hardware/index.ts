/** Hardware: profiles, and the latency of a layer graph on them. */
export { loadProfile, profileNames } from './load.js';
export {
  type MappingRules,
  type Profile,
  type ProfileSource,
  parseProfile,
  profileSchema,
} from './profile.js';
export { type KernelPrediction, type Prediction, type Predictor, createPredictor } from './predictor.js';
export type { Source } from './price.js';
export { type Kernel, type KernelOp, kernelKey, kernelMacs, kernelOps, kernelRow } from './kernel.js';
export { createKernelWalker, mapKernels } from './mapping.js';
export { type Measurements, loadMeasurements, parseMeasurements } from './measurements.js';
export { type ProfileDescription } from './fit/description.js';
export { importGpuEndToEnd, importGpuOps } from './importers/gpu-csv.js';
export { type CsvRow, csvRows } from './importers/csv.js';
export { stringifyData } from './stringify.js';

import type { ProfileDescription } from './fit/description.js';
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
  const { fitProfile } = await import('./fit/fit-profile.js');
  return fitProfile(data, head, device);
}
