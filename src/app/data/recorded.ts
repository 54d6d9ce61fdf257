/** Data as a run or weights recorded it: found again, or asked for by name where it was moved. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { MixnasError, commandLine } from '../../base/index.js';
import { type DataSpec, type ResolvedDataSpec, dataSpecSchema } from '../../training/index.js';

/** What asks for recorded data, for messages. */
export interface DataUser {
  /** What it was recorded with: `The weights of run#3`. */
  readonly what: string;
  /** The command, to which `--dataset FOLDER` can be added. */
  readonly command: readonly string[];
}

/** What data is called: its name, or a folder's path. */
export const dataText = (spec: ResolvedDataSpec): string => (spec.name === 'folder' ? spec.path : spec.name);

/** @throws MixnasError `bad-data` where a folder of the user's is no longer where it was. */
export function requireData(spec: ResolvedDataSpec, { what, command }: DataUser): void {
  if (spec.name !== 'folder' || existsSync(spec.path)) return;
  throw new MixnasError('bad-data', `${what}: the data was ${resolve(spec.path)}, which is not there now.`, {
    remedy: `Name where it is: ${commandLine(...command, '--dataset')} FOLDER`,
  });
}

/** Given data, with the options of the recorded where it is of the same kind: the same share is for testing. */
export const likeRecorded = (given: DataSpec, recorded: ResolvedDataSpec): DataSpec =>
  given.name === recorded.name ? { ...recorded, ...given } : given;

/**
 * The recorded data at the place that is given.
 * @throws MixnasError `bad-usage` where that is data of another kind.
 */
export function sameAt(recorded: ResolvedDataSpec, given: DataSpec, what: string): ResolvedDataSpec {
  if (given.name !== recorded.name) {
    throw new MixnasError('bad-usage', `${what} began with ${dataText(recorded)}, not with ${given.name}.`, {
      remedy: 'Name where the same data is now, or leave --dataset out.',
    });
  }
  const spec = dataSpecSchema.parse(likeRecorded(given, recorded));
  return 'path' in spec && spec.path !== undefined ? { ...spec, path: resolve(spec.path) } : spec;
}
