/** Writing a profile, and the measurements that it was made from next to it. */
import { basename, dirname, join } from 'node:path';
import { asDiskError, makeFolders, writeFileAtomic } from '../../base/index.js';
import { type Measurements, type Profile, parseProfile, stringifyData } from '../../hardware/index.js';

/** Where the measurements of the profile at `path` are kept. */
export function dataPathOf(path: string): string {
  return join(dirname(path), 'data', basename(path));
}

/**
 * Writes `path`, and `data/NAME.json` next to it. What was written is a valid profile, or nothing was.
 * @throws MixnasError `bad-profile` for a name or figure that no profile may have, `no-space`.
 */
export function saveProfile(path: string, profile: Profile, data: Measurements): void {
  const text = stringifyData(profile);
  parseProfile(JSON.parse(text), 'The new profile');
  try {
    makeFolders(dirname(dataPathOf(path)));
    writeFileAtomic(dataPathOf(path), stringifyData(data));
    writeFileAtomic(path, text);
  } catch (error) {
    throw asDiskError(error, path) ?? error;
  }
}
