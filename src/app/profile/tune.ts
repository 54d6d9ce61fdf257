/** A profile from a user's own measurements. */
import { join } from 'node:path';
import { MixnasError, userProfilesFolder } from '../../base/index.js';
import {
  buildMeasurements,
  kinOf,
  loadProfile,
  type MeasuredWhole,
  type Measurements,
  type Profile,
  type ProfileDescription,
  profileNames,
  recalibrateProfile,
  type Transfer,
  transferProfile,
  tuneProfile,
} from '../../hardware/index.js';
import { checkEstimates, deviceOfVela, filled } from './tune-known.js';
import { type VelaRows, velaRows, velaRules } from './vela.js';
import { deviceOfKit, kitForFit } from './device/kit-device.js';
import type { KitResults } from './device/results.js';
import { saveProfile } from './save.js';
import { type Device, deviceOf } from './tune-device.js';
import { type MeasuredFiles, measuredWholes, opProfiles, timedRows, unlikelyUnits } from './tune-inputs.js';

export interface TuneOptions extends MeasuredFiles, Device {
  /** The folder of a kit, with its results. */
  readonly kit?: string | undefined;
  /** The new profile's name. */
  readonly name: string;
  /**
   * The profile of a sibling device: what is not said of the new one is taken over, and its kernels too
   * where none are given, recalibrated to the networks. `auto`: a mixture of all profiles that may be like it.
   */
  readonly like?: string | undefined;
  /** Where the measurements come from, their licence, and when they were taken. */
  readonly source?: string | undefined;
  readonly licence?: string | undefined;
  readonly date: string;
  /** File to write; default: NAME.json among the user's profiles, its measurements in `data` next to it. */
  readonly output?: string | undefined;
}

export interface TuneReport {
  readonly profile: Profile;
  /** What it was made from. */
  readonly data: Measurements;
  /** The file that was written. */
  readonly path: string;
  readonly warnings: readonly string[];
  /** Of `like: 'auto'`: what it was made of, and what more networks would give. */
  readonly transfer?: Omit<Transfer, 'profile'> | undefined;
}

/** Device kernels and networks together, as our own JSON; refuses what nothing can be fitted from. */
function gather(
  options: TuneOptions,
  device: ProfileDescription,
  kit: KitResults | undefined,
  estimates: VelaRows | undefined,
) {
  const { kernels, opProfile, networks, name } = options;
  if (
    kernels === undefined &&
    !opProfile?.length &&
    networks === undefined &&
    (kit ?? estimates) === undefined
  ) {
    throw new MixnasError('bad-usage', 'There is nothing to fit a profile from.', {
      remedy: 'Give a file of device kernels, of an op profile, or of networks, a kit, or files of Vela.',
    });
  }
  const odd: string[] = [];
  const warn = (sentence: string) => void odd.push(sentence);
  const listed = measuredWholes(options, device, warn);
  const wholes = [...listed, ...(kit?.wholes ?? []), ...(estimates?.wholes ?? [])];
  const profiled = opProfiles(options, device.mapping);
  const inferences = profiled.flatMap(({ model, inferenceUs }) =>
    // A time without profiling, where there is one, is the better one.
    inferenceUs === undefined || wholes.some((w) => w.model === model)
      ? []
      : [{ model, endToEndUs: inferenceUs }],
  );
  const launches = function* () {
    yield* timedRows(options, warn);
    for (const { launches: list } of profiled) yield* list;
    yield* kit?.launches ?? [];
    yield* estimates?.launches ?? [];
  };
  const [source] = device.sources;
  const built = buildMeasurements(name, source as never, launches(), [...wholes, ...inferences]);
  if (built.data.networks.length === 0 && wholes.length === 0) {
    throw new MixnasError('bad-data', `${kernels}: there is no row below the header.`);
  }
  const ran = new Set(built.data.networks.map((network) => network.name));
  const unknown = wholes.filter((w) => w.kernels === undefined && !ran.has(w.model)).map((w) => w.model);
  const known = wholes.length - unknown.length;
  const remedy = 'Give its file with --architecture NAME=FILE, or its device kernels with --op-lists.';
  if (networks !== undefined && known === 0) {
    throw new MixnasError('bad-data', `${networks}: no architecture is known of ${unknown[0]}.`, { remedy });
  }
  const skipped =
    unknown.length > 0 ? [`Left out, no architecture known: ${unknown.join(', ')}. ${remedy}`] : [];
  return {
    wholes,
    data: built.data,
    warnings: [
      ...skipped,
      ...odd,
      ...(estimates?.warnings ?? []),
      ...built.warnings,
      ...unlikelyUnits(built.data, device.unit),
    ],
  };
}

function withKernels(wholes: readonly MeasuredWhole[]) {
  return wholes.flatMap(({ kernels, ...rest }) => (kernels === undefined ? [] : [{ ...rest, kernels }]));
}

const hasTimes = ({ networks }: Measurements) =>
  networks.some(({ launches }) => launches.some(({ us }) => us[0] !== null && us[0] !== undefined));

/** Every profile there is that is not the new one itself; a broken one is of no use and no hindrance. */
function otherProfiles(name: string): Profile[] {
  return profileNames().flatMap((other) => {
    if (other === name) return [];
    try {
      return [loadProfile(other)];
    } catch {
      return [];
    }
  });
}

/** The new device under the rules of those that it is likely to be like. */
function likeOthers(options: TuneOptions, others: readonly Profile[], kit: KitResults | undefined) {
  const { name, unit, kernels, opProfile, vela } = options;
  if (unit === undefined) {
    throw new MixnasError('bad-usage', '--like auto: is it a CPU, a GPU or an NPU?', {
      remedy: 'Say so with --unit; --precision int8 where it computes with integers.',
    });
  }
  if (kernels !== undefined || opProfile?.length || vela?.length || kit?.launches.length) {
    throw new MixnasError('bad-usage', '--like auto reads whole networks only.', {
      remedy: 'Leave --like out: timed device kernels make a profile of their own.',
    });
  }
  const device = deviceOf(options, undefined);
  const [kin] = kinOf({ ...device, name }, others);
  return kin === undefined ? device : { ...device, mapping: kin.mapping };
}

/**
 * Fits a profile. With timed device kernels: table, models, and overhead from the networks if there are any. With
 * networks alone: the sibling named by `like`, recalibrated, or with `auto` a mixture of all; without one,
 * non-negative least squares over what the networks are made of.
 * @throws MixnasError `bad-usage`, `bad-profile`, `bad-config`, `bad-data` or `no-space`.
 */
export async function tune(options: TuneOptions): Promise<TuneReport> {
  const { name, like, date, source = 'own measurements', licence = 'own' } = options;
  const auto = like === 'auto';
  const others = auto ? otherProfiles(name) : [];
  const base = like === undefined || auto ? undefined : loadProfile(like);
  checkEstimates(options);
  const simulated = options.vela !== undefined && options.vela.length > 0;
  const origin = { title: source, licence, kind: simulated ? 'simulated' : 'measured' } as const;
  const kit = options.kit === undefined ? undefined : kitForFit(options.kit, options, base, auto);
  const known = simulated ? deviceOfVela : kit && deviceOfKit(kit);
  const said = known === undefined ? options : { ...options, ...filled(options, known) };
  const own = auto ? likeOthers(said, others, kit) : deviceOf(said, base);
  const mapping = simulated && base === undefined ? { ...own.mapping, ...velaRules } : own.mapping;
  const estimates = simulated ? velaRows(options, mapping) : undefined;
  const chip = options.chip ?? estimates?.accelerator ?? own.chip;
  const device = { ...own, chip, mapping, name, date, sources: [origin] };
  const { wholes, data, warnings } = gather(options, device, kit, estimates);
  const { profile, ...transfer } = auto
    ? await transferProfile(others, device, withKernels(wholes))
    : { profile: await fitted(data, device, base, wholes) };
  const path = options.output ?? join(userProfilesFolder(), `${name}.json`);
  saveProfile(path, profile, data);
  return { profile, data, path, warnings, ...('method' in transfer && { transfer }) };
}

function fitted(
  data: Measurements,
  device: ProfileDescription,
  base: Profile | undefined,
  wholes: readonly MeasuredWhole[],
): Promise<Profile> {
  if (base === undefined || hasTimes(data)) return tuneProfile(data, device);
  const sources = [...device.sources, ...base.sources];
  return recalibrateProfile(base, { ...device, sources }, withKernels(wholes));
}
