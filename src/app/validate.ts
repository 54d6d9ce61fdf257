/** How far a profile is off on networks that were really measured. */
import { join } from 'node:path';
import { MixnasError, packageRoot } from '../base/index.js';
import {
  type Agreement,
  crossValidateProfile,
  fileLines,
  loadMeasurements,
  loadProfile,
  measurementFiles,
  validateProfile,
} from '../hardware/index.js';

export interface ValidateReport extends Agreement {
  readonly profile: string;
}

export interface ValidateOptions {
  /** CSV of kernels, in the columns of mobile-ml-benchmark; only shapes and fused names are read. */
  readonly ops: string;
  /** CSV of end-to-end times. */
  readonly e2e: string;
}

/**
 * Compares a profile with measured networks given as two CSV files.
 * @throws MixnasError `bad-profile` or `bad-data`.
 */
export function validate(profile: string, { ops, e2e }: ValidateOptions): ValidateReport {
  const loaded = loadProfile(profile);
  const files = { ops: fileLines(ops), opsName: ops, endToEnd: fileLines(e2e), endToEndName: e2e };
  return { profile: loaded.name, ...validateProfile(loaded, files) };
}

/**
 * Fits the profile again and again without one family, or one network, of the measurements that the project
 * carries, and predicts what was left out. Takes a minute by family, and many by model.
 * @throws MixnasError `bad-data` when the project carries no measurements of this device.
 */
export async function crossValidate(profile: string, leave: 'family' | 'model'): Promise<ValidateReport> {
  const loaded = loadProfile(profile);
  const folder = join(packageRoot(), 'profiles', 'data');
  for (const path of measurementFiles(folder)) {
    const data = loadMeasurements(path);
    if (!data.devices.includes(loaded.name)) continue;
    return { profile: loaded.name, ...(await crossValidateProfile(data, loaded, leave)) };
  }
  throw new MixnasError('bad-data', `The project carries no measurements of ${loaded.name}.`, {
    remedy: 'Give your own with --ops and --e2e.',
  });
}
