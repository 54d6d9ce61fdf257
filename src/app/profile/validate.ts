/** How far a profile is off on networks that were really measured. */
import { join } from 'node:path';
import { MixnasError, packageRoot, userProfilesFolder } from '../../base/index.js';
import {
  type Agreement,
  crossValidateProfile,
  fileLines,
  fileName,
  loadMeasurements,
  loadProfile,
  measurementFiles,
  validateProfile,
} from '../../hardware/index.js';

/** `profile`, then the figures; of each network what was predicted, its band and what was measured. */
export interface ValidateReport extends Agreement {
  readonly profile: string;
}

export interface ValidateOptions {
  /** CSV of device kernels, in the columns of mobile-ml-benchmark; only shapes and fused names are read. */
  readonly ops: string;
  /** CSV of end-to-end times. */
  readonly e2e: string;
  /** Prefix of the device's columns. Default: the one that is like the profile's name. */
  readonly prefix?: string | undefined;
  /** Receives what is odd about the files. */
  readonly onWarning?: ((sentence: string) => void) | undefined;
}

const some = (names: readonly string[]) =>
  `${names.slice(0, 4).join(', ')}${names.length > 4 ? ` and ${names.length - 4} more` : ''}`;

/**
 * Compares a profile with measured networks given as two CSV files. Table entries that came from a network
 * of the same name are not used.
 * @throws MixnasError `bad-profile` or `bad-data`.
 */
export function validate(profile: string, options: ValidateOptions): ValidateReport {
  const { ops, e2e, prefix, onWarning } = options;
  const loaded = loadProfile(fileName(profile));
  const files = { ops: fileLines(ops), opsName: ops, endToEnd: fileLines(e2e), endToEndName: e2e, prefix };
  const { agreement, withoutKernels, withoutTime, seen } = validateProfile(loaded, files);
  if (withoutKernels.length > 0) {
    onWarning?.(`Left out, as ${ops} lists no device kernels of them: ${some(withoutKernels)}.`);
  }
  if (withoutTime.length > 0) onWarning?.(`Left out, as ${e2e} has no time of them: ${some(withoutTime)}.`);
  if (seen.length > 0) {
    onWarning?.(
      `${seen.length} of these ${agreement.models.length} networks are among those that ${loaded.name} was fitted to. ` +
        'Their table entries are ignored, but the fit has seen them, so the error is lower than that of new networks ' +
        'and more of them lie inside the band: --cross-validate model says what to expect of those.',
    );
  }
  return { profile: loaded.name, ...agreement };
}

/** Where measurements are kept: the user's own first, then those that the project carries. */
export function measurementFolders(): string[] {
  return [join(userProfilesFolder(), 'data'), join(packageRoot(), 'profiles', 'data')];
}

export interface CrossValidateOptions {
  /** A measurements file; default: the user's own or the project's that has this device. */
  readonly dataPath?: string | undefined;
  /** Called when there is something to fit. */
  readonly onFit?: (() => void) | undefined;
}

/**
 * Fits the profile again and again without one family, or one network, of the measurements that it was made
 * from, and predicts what was left out. Takes a minute by family, and many by model.
 * @throws MixnasError `bad-data` when there are no measurements of this device.
 */
export async function crossValidate(
  profile: string,
  leave: 'family' | 'model',
  { dataPath, onFit }: CrossValidateOptions = {},
): Promise<ValidateReport> {
  const loaded = loadProfile(fileName(profile));
  const paths = dataPath === undefined ? measurementFolders().flatMap(measurementFiles) : [dataPath];
  for (const path of paths) {
    const data = loadMeasurements(path);
    if (!data.devices.includes(loaded.name)) continue;
    onFit?.();
    return { profile: loaded.name, ...(await crossValidateProfile(data, loaded, leave)) };
  }
  throw new MixnasError('bad-data', `There are no measurements of ${loaded.name} to leave some out of.`, {
    remedy: 'Give your own with --ops and --e2e.',
  });
}
