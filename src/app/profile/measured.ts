/** Predicted over measured, of a profile whose measurements are at hand. */
import {
  type Agreement,
  fileName,
  loadMeasurements,
  loadProfile,
  measuredAgreement,
  measurementFiles,
} from '../../hardware/index.js';
import { measurementFolders } from './validate.js';

/**
 * A profile's networks as it predicts them, next to what was measured.
 * @returns undefined where there are no measurements of it.
 * @throws MixnasError `bad-profile` or `bad-data`.
 */
export function profileAgreement(nameOrPath: string): Agreement | undefined {
  const profile = loadProfile(fileName(nameOrPath));
  for (const path of measurementFolders().flatMap(measurementFiles)) {
    const data = loadMeasurements(path);
    if (data.devices.includes(profile.name)) return measuredAgreement(data, profile, profile.name);
  }
  return undefined;
}
