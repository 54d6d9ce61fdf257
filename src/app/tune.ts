/** A profile from a user's own measurements. */
import { MixnasError, writeFileAtomic } from '../base/index.js';
import {
  buildMeasurements,
  fileLines,
  importKernels,
  importListing,
  importNetworks,
  importOpProfile,
  isListingLine,
  loadProfile,
  mapKernels,
  type MeasuredWhole,
  type Profile,
  recalibrateProfile,
  stringifyData,
  type TimedLaunch,
  timeKernels,
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
  /** What `benchmark_model --enable_op_profiling` printed, text or CSV, of the architecture `profiled`. */
  readonly opProfile?: string | undefined;
  readonly profiled?: string | undefined;
  /** CSV `model,ms`, or a listing of ncnn's or MNN's benchmark; a model is a reference model or a file. */
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

/** Model and milliseconds, from a listing or a CSV file. */
function timesOf(path: string) {
  for (const line of fileLines(path)) {
    if (isListingLine(line)) return importListing(fileLines(path), path);
  }
  return importNetworks(fileLines(path), path);
}

const kernelsOf = (model: string, rules: Profile['mapping'], resolution: number | undefined) =>
  mapKernels(
    lower(resolveArchitecture(model).architecture, resolution === undefined ? {} : { resolution }),
    rules,
  );

/** The measured networks with the kernels that the rules make of them. */
function measuredNetworks({ networks, resolution }: TuneOptions, rules: Profile['mapping']): MeasuredWhole[] {
  if (networks === undefined) return [];
  return [...timesOf(networks)].map(({ model, ms }) => ({
    model,
    kernels: kernelsOf(model, rules, resolution),
    endToEndUs: ms * 1000,
  }));
}

/** The timed kernels of a CSV file and of an op profile, one by one: files may be larger than memory. */
function* timedKernels(options: TuneOptions, rules: Profile['mapping']): Generator<TimedLaunch> {
  const { kernels, opProfile, profiled, resolution } = options;
  if (kernels !== undefined) yield* importKernels(fileLines(kernels), kernels);
  if (opProfile === undefined) return;
  if (profiled === undefined) {
    throw new MixnasError('bad-usage', `${opProfile}: which architecture was profiled?`, {
      remedy: 'Its rows carry no shapes: name the architecture.',
    });
  }
  const ops = importOpProfile(fileLines(opProfile), opProfile);
  for (const launch of timeKernels(ops, kernelsOf(profiled, rules, resolution), opProfile)) {
    yield { ...launch, model: profiled };
  }
}

/**
 * Fits a profile. With timed kernels: table, model, and overhead from the networks if there are any. With
 * networks alone: the sibling named by `like`, recalibrated.
 * @throws MixnasError `bad-usage`, `bad-profile`, `bad-config` or `bad-data`.
 */
export async function tune(options: TuneOptions): Promise<TuneReport> {
  const base = loadProfile(options.like);
  const { name, date, output } = options;
  const { device = name, chip = base.chip, source = 'own measurements', licence = 'own' } = options;
  const hasKernels = options.kernels !== undefined || options.opProfile !== undefined;
  if (!hasKernels && options.networks === undefined) {
    throw new MixnasError('bad-usage', 'There is nothing to fit a profile from.', {
      remedy: 'Give a file of kernels, of an op profile, or of networks.',
    });
  }
  const origin = { title: source, licence, kind: 'measured' } as const;
  const wholes = measuredNetworks(options, base.mapping);
  const { data, warnings } = buildMeasurements(name, origin, timedKernels(options, base.mapping), wholes);
  const { unit, runtime, precision, bytesPerValue, mapping } = base;
  const head = { name, device, chip, unit, runtime, precision, bytesPerValue, mapping, date };
  const profile = !hasKernels
    ? await recalibrateProfile(base, { ...head, sources: [origin, ...base.sources] }, wholes)
    : await tuneProfile(data, { ...head, sources: [origin] });
  if (output !== undefined) writeFileAtomic(output, stringifyData(profile));
  return { profile, warnings };
}
