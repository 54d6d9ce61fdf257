/** Reads the files that a profile is fitted from. */
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { MixnasError, upperMedian } from '../../base/index.js';
import {
  type BuiltLaunch,
  fileLines,
  importOpProfile,
  importWholes,
  type Kernel,
  kernelMacs,
  kernelOfRow,
  kernelRows,
  mapKernels,
  type MappingRules,
  type MeasuredWhole,
  type Measurements,
  networkLists,
  type Profile,
  timeKernels,
} from '../../hardware/index.js';
import { type AnyGraph, referenceNames } from '../../models/index.js';
import { isGraphFile, resolveGraph } from '../network/index.js';

export interface MeasuredFiles {
  /** CSV of timed device kernels, see `kernelRows`. */
  readonly kernels?: string | undefined;
  /** What `benchmark_model --enable_op_profiling` printed, text or CSV: a file each for `profiled`. */
  readonly opProfile?: readonly string[] | undefined;
  /** The architectures that the op profiles are of, in their order. */
  readonly profiled?: readonly string[] | undefined;
  /** Summaries and operators of Arm's compiler Vela. */
  readonly vela?: readonly string[] | undefined;
  /** MHz of the NPU, where no summary says it. */
  readonly clockMhz?: number | undefined;
  /** Whole networks, see `importWholes`. A model is a reference model, a file, or one of the next two. */
  readonly networks?: string | undefined;
  /** CSV of the device kernels that networks are made of, without times. */
  readonly opLists?: string | undefined;
  /** Architectures (a reference model, an architecture or model file) by the names that the networks have in their file. */
  readonly architectures?: Readonly<Record<string, string>> | undefined;
  /** Input height and width at which the networks were measured. Default: each one's own. */
  readonly resolution?: number | undefined;
  /** Which columns, or runs of a listing, of several devices to read. Default: those like the profile's name. */
  readonly prefix?: string | undefined;
  readonly name: string;
}

/** The layer graph of a measured network. A model file is measured at its own size. */
export const graphFor = (spec: string, resolution: number | undefined): AnyGraph =>
  resolveGraph(spec, isGraphFile(spec) ? {} : { resolution }).graph;

const kernelsOf = (spec: string, rules: MappingRules, resolution: number | undefined): readonly Kernel[] =>
  mapKernels(graphFor(spec, resolution), rules);

/** The reference model or file that a model's name means: a path may be relative to the file it stands in. */
export function architectureOf(
  model: string,
  path: string,
  given: MeasuredFiles['architectures'],
): string | undefined {
  const named = given?.[model];
  if (named !== undefined) return named;
  if (referenceNames.includes(model)) return model;
  if (existsSync(model)) return model;
  const neighbour = join(dirname(path), model);
  return !isAbsolute(model) && existsSync(neighbour) ? neighbour : undefined;
}

/**
 * The measured networks. Without `kernels` are those whose architecture is not given: their device kernels may be
 * among the timed ones.
 */
export function measuredWholes(
  files: MeasuredFiles,
  device: Pick<Profile, 'mapping' | 'unit'>,
  onWarning?: (sentence: string) => void,
): MeasuredWhole[] {
  const { networks, opLists, architectures, resolution, prefix, name } = files;
  if (networks === undefined) return [];
  const listed = opLists === undefined ? undefined : networkLists(opLists, device, onWarning);
  return importWholes(networks, prefix ?? name, onWarning).map(({ model, ms }) => {
    const spec = architectureOf(model, networks, architectures);
    const kernels =
      listed?.get(model) ?? (spec === undefined ? undefined : kernelsOf(spec, device.mapping, resolution));
    return { model, kernels, endToEndUs: ms * 1000 };
  });
}

/** An op profile as a network: one that was profiled twice is two. */
interface Profiled {
  readonly model: string;
  readonly inferenceUs: number | undefined;
  readonly launches: readonly BuiltLaunch[];
}

/** @throws MixnasError `bad-usage` when not every file has its architecture, `bad-data` that names the line. */
export function opProfiles(files: MeasuredFiles, rules: MappingRules): Profiled[] {
  const { opProfile = [], profiled = [], resolution } = files;
  if (opProfile.length !== profiled.length) {
    const sentence = `${opProfile[profiled.length] ?? profiled[opProfile.length]}: which architecture was profiled?`;
    throw new MixnasError('bad-usage', sentence, {
      remedy: 'Rows of an op profile carry no shapes: give --profiled once for each --op-profile.',
    });
  }
  return opProfile.map((path, i) => {
    const spec = profiled[i] as string;
    const before = profiled.slice(0, i).filter((other) => other === spec).length;
    const model = before === 0 ? spec : `${spec} (${before + 1})`;
    const profile = importOpProfile(fileLines(path), path);
    const launches = timeKernels(profile, kernelsOf(spec, rules, resolution), path);
    return {
      model,
      inferenceUs: profile.inferenceUs,
      launches: launches.map((launch) => ({ ...launch, model })),
    };
  });
}

/** The timed device kernels of a CSV file, one by one: it may be larger than memory. */
export function timedRows(
  { kernels, prefix, name }: MeasuredFiles,
  onWarning?: (sentence: string) => void,
): Iterable<BuiltLaunch> {
  return kernels === undefined ? [] : kernelRows(kernels, prefix ?? name, onWarning);
}

/** Multiplications a µs beyond which no device of a kind is in reality, slow and fast. */
const believable = { CPU: [50, 2e6], GPU: [200, 1e7], NPU: [200, 5e7] } as const;
/** Less work than this is all launch. */
const leastMacs = 1e6;

/** A sentence for times whose speed no device has: their unit is another than was taken. */
export function unlikelyUnits({ kernels, networks }: Measurements, unit: Profile['unit']): string[] {
  const [slowest, fastest] = believable[unit];
  const macs = kernels.map(({ op, shape }) => kernelMacs(kernelOfRow(op, shape)));
  const speeds = (pairs: readonly (readonly [work: number, us: number | null | undefined])[]) =>
    pairs.flatMap(([work, us]) => (us && work >= leastMacs ? [work / us] : []));
  const launches = networks.flatMap((network) => network.launches);
  const kernelSpeed = upperMedian(speeds(launches.map(({ kernel, us }) => [macs[kernel] as number, us[0]])));
  const workOf = (list: typeof launches) =>
    list.reduce((sum, { kernel }) => sum + (macs[kernel] as number), 0);
  const networkSpeed = upperMedian(speeds(networks.map((n) => [workOf(n.launches), n.endToEndUs?.[0]])));
  const odd = (what: string, of: string, speed: number) =>
    speed > fastest || speed < slowest
      ? [`${what} would run ${speed.toPrecision(2)} million multiplications a second: are they in ${of}?`]
      : [];
  return [...odd('The device kernels', 'µs', kernelSpeed), ...odd('The networks', 'ms', networkSpeed)];
}
