/** A profile against networks that were measured, given as the device kernels that ran. */
import { MixnasError } from '../base/index.js';
import { importGpuEndToEnd, Keeping, kernelLists, TimeSketch } from './importers/index.js';
import { priceKernels } from './network.js';
import { createPricer } from './predict/index.js';
import type { Profile } from './profile/index.js';
import { type Agreement, agreement, compared } from './agreement.js';

/** Lines of the two CSV files, and what to call them in messages. */
export interface ValidationFiles {
  readonly ops: Iterable<string>;
  readonly opsName: string;
  readonly endToEnd: Iterable<string>;
  readonly endToEndName: string;
  /** Prefix of the columns to compare with; default: the one that is like the profile's name. */
  readonly prefix?: string | undefined;
}

/** How a profile agrees with the networks that are in both files, and the names of those in one only. */
export interface Validation {
  readonly agreement: Agreement;
  readonly withoutKernels: readonly string[];
  readonly withoutTime: readonly string[];
  /** Networks that the profile was fitted to: of them only the table entries are ignored. */
  readonly seen: readonly string[];
}

/** The µs of each network, the median where its row is repeated, in the order of the file. */
function endToEndTimes({ endToEnd, endToEndName, prefix }: ValidationFiles, device: string) {
  const times = new Map<string, TimeSketch>();
  const keeping = new Keeping(endToEndName);
  for (const { network, meanUs } of importGpuEndToEnd(endToEnd, endToEndName, prefix ?? device)) {
    if (!times.has(network)) keeping.network();
    const sketch = times.get(network) ?? new TimeSketch();
    times.set(network, sketch);
    sketch.add(meanUs);
  }
  return [...times].map(([network, sketch]) => ({ network, meanUs: sketch.medianUs() }));
}

/**
 * Predicts the networks of an ops file and compares with their end-to-end times. Table entries that came
 * from a network of the same name as one in the files are not used. Of the ops file only shapes and fused
 * names are read, never a time.
 * @throws MixnasError `bad-data` for a broken file, or when no network is in both.
 */
export function validateProfile(profile: Profile, files: ValidationFiles): Validation {
  const lists = kernelLists(files.ops, files.opsName, profile);
  const measured = endToEndTimes(files, profile.name);
  const names = new Set([...lists.keys(), ...measured.map((m) => m.network)]);
  const pricer = createPricer(profile, names);
  const models = measured.flatMap(({ network, meanUs }) => {
    const kernels = lists.get(network);
    if (kernels === undefined) return [];
    return [compared(network, meanUs, priceKernels(profile, pricer, kernels), profile.band)];
  });
  if (models.length === 0) {
    throw new MixnasError('bad-data', `No network is in both ${files.opsName} and ${files.endToEndName}.`);
  }
  const timed = new Set(measured.map((m) => m.network));
  const fittedTo = new Set(profile.table.models);
  return {
    agreement: agreement(models),
    withoutKernels: measured.map((m) => m.network).filter((name) => !lists.has(name)),
    withoutTime: [...lists.keys()].filter((name) => !timed.has(name)),
    seen: models.map((m) => m.model).filter((name) => fittedTo.has(name)),
  };
}
