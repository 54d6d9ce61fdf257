/** A profile from a user's own measurements. */
import { MixnasError, writeFileAtomic } from '../base/index.js';
import {
  buildMeasurements,
  fileLines,
  importKernels,
  importNetworks,
  loadProfile,
  mapKernels,
  type MeasuredWhole,
  type Profile,
  recalibrateProfile,
  stringifyData,
  tuneProfile,
} from '../hardware/index.js';
import { lower } from '../models/index.js';
import { resolveArchitecture } from './architecture.js';

export interface TuneOptions {
  /** The new profile's name. */
  readonly name: string;
  /** The profile of the likest device: its fusion rules are taken over, and its kernels where none are given. */
  readonly like: string;
  readonly device?: string | undefined;
  readonly chip?: string | undefined;
  /** CSV of timed kernels, see `importKernels`. */
  readonly kernels?: string | undefined;
  /** CSV `model,ms`; a model is a reference model's name or an architecture file. */
  readonly networks?: string | undefined;
  /** Input height and width at which the networks were measured. Default: each one's own. */
  readonly resolution?: number | undefined;
  /** Where the measurements come from, their licence, and when they were taken. */
  readonly source?: string | undefined;
  readonly licence?: string | undefined;
  readonly date: string;
  /** File to write; nothing is written without. */
  readonly output?: string | undefined;
}

export interface TuneReport {
  readonly profile: Profile;
  readonly warnings: readonly string[];
}

/** The networks of a CSV file with the kernels that the rules make of them. */
function measuredNetworks({ networks, resolution }: TuneOptions, rules: Profile['mapping']): MeasuredWhole[] {
  if (networks === undefined) return [];
  return [...importNetworks(fileLines(networks), networks)].map(({ model, ms }) => {
    const { architecture } = resolveArchitecture(model);
    const graph = lower(architecture, resolution === undefined ? {} : { resolution });
    return { model, kernels: mapKernels(graph, rules), endToEndUs: ms * 1000 };
  });
}

/**
 * Fits a profile. With timed kernels: table, model, and overhead from the networks if there are any. With
 * networks alone: the sibling named by `like`, recalibrated.
 * @throws MixnasError `bad-usage`, `bad-profile`, `bad-config` or `bad-data`.
 */
export async function tune(options: TuneOptions): Promise<TuneReport> {
  const base = loadProfile(options.like);
  const { name, kernels, date, output } = options;
  const { device = name, chip = base.chip, source = 'own measurements', licence = 'own' } = options;
  if (kernels === undefined && options.networks === undefined) {
    throw new MixnasError('bad-usage', 'There is nothing to fit a profile from.', {
      remedy: 'Give --kernels FILE.csv, --networks FILE.csv, or both.',
    });
  }
  const origin = { title: source, licence, kind: 'measured' } as const;
  const wholes = measuredNetworks(options, base.mapping);
  const launches = kernels === undefined ? [] : importKernels(fileLines(kernels), kernels);
  const { data, warnings } = buildMeasurements(name, origin, launches, wholes);
  const { unit, runtime, precision, bytesPerValue, mapping } = base;
  const head = { name, device, chip, unit, runtime, precision, bytesPerValue, mapping, date };
  const profile =
    kernels === undefined
      ? await recalibrateProfile(base, { ...head, sources: [origin, ...base.sources] }, wholes)
      : await tuneProfile(data, { ...head, sources: [origin] });
  if (output !== undefined) writeFileAtomic(output, stringifyData(profile));
  return { profile, warnings };
}
