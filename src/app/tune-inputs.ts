/** Reads the files that a profile is fitted from. */
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { MixnasError } from '../base/index.js';
import {
  type BuiltLaunch,
  fileLines,
  importOpLists,
  importOpProfile,
  type Kernel,
  kernelMacs,
  kernelOfRow,
  kernelRows,
  mapKernels,
  type MappingRules,
  type MeasuredWhole,
  type Measurements,
  networkRows,
  type Profile,
  timeKernels,
} from '../hardware/index.js';
import { lower, referenceNames } from '../models/index.js';
import { resolveArchitecture } from './architecture.js';

export interface MeasuredFiles {
  /** CSV of timed kernels, see `kernelRows`. */
  readonly kernels?: string | undefined;
  /** What `benchmark_model --enable_op_profiling` printed, text or CSV, of the architecture `profiled`. */
  readonly opProfile?: string | undefined;
  readonly profiled?: string | undefined;
  /** Whole networks, see `networkRows`. A model is a reference model, a file, or one of the next two. */
  readonly networks?: string | undefined;
  /** CSV of the kernels that networks are made of, without times. */
  readonly opLists?: string | undefined;
  /** Architectures (a reference model or a file) by the names that the networks have in their file. */
  readonly architectures?: Readonly<Record<string, string>> | undefined;
  /** Input height and width at which the networks were measured. Default: each one's own. */
  readonly resolution?: number | undefined;
  /** Which columns of several devices to read. Default: those like the profile's name. */
  readonly prefix?: string | undefined;
  readonly name: string;
}

const kernelsOf = (spec: string, rules: MappingRules, resolution: number | undefined): readonly Kernel[] =>
  mapKernels(
    lower(resolveArchitecture(spec).architecture, resolution === undefined ? {} : { resolution }),
    rules,
  );

/** The reference model or file that a model's name means: a path may be relative to the file it stands in. */
function architectureOf(
  model: string,
  path: string,
  given: MeasuredFiles['architectures'],
): string | undefined {
  const named = given?.[model];
  if (named !== undefined) return named;
  if (referenceNames.includes(model)) return model;
  if (existsSync(model)) return model;
  const beside = join(dirname(path), model);
  return !isAbsolute(model) && existsSync(beside) ? beside : undefined;
}

/**
 * The measured networks. Without `kernels` are those whose architecture nobody told: their kernels may be
 * among the timed ones.
 */
export function measuredWholes(files: MeasuredFiles, rules: MappingRules): MeasuredWhole[] {
  const { networks, opLists, architectures, resolution, prefix, name } = files;
  if (networks === undefined) return [];
  const listed = opLists === undefined ? undefined : importOpLists(fileLines(opLists), opLists);
  return [...networkRows(networks, prefix ?? name)].map(({ model, ms }) => {
    const spec = architectureOf(model, networks, architectures);
    const kernels =
      listed?.get(model) ?? (spec === undefined ? undefined : kernelsOf(spec, rules, resolution));
    return { model, kernels, endToEndUs: ms * 1000 };
  });
}

/** The timed kernels of a CSV file and of an op profile, one by one: files may be larger than memory. */
export function* timedLaunches(files: MeasuredFiles, rules: MappingRules): Generator<BuiltLaunch> {
  const { kernels, opProfile, profiled, resolution, prefix, name } = files;
  if (kernels !== undefined) yield* kernelRows(kernels, prefix ?? name);
  if (opProfile === undefined) return;
  if (profiled === undefined) {
    throw new MixnasError('bad-usage', `${opProfile}: which architecture was profiled?`, {
      remedy: 'Its rows carry no shapes: name the architecture with --profiled.',
    });
  }
  const ops = importOpProfile(fileLines(opProfile), opProfile);
  for (const launch of timeKernels(ops, kernelsOf(profiled, rules, resolution), opProfile)) {
    yield { ...launch, model: profiled };
  }
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
    pairs.flatMap(([work, us]) => (us && work >= leastMacs ? [work / us] : [])).sort((a, b) => a - b);
  const middle = (list: readonly number[]) => list[list.length >> 1];
  const launches = networks.flatMap((network) => network.launches);
  const kernelSpeed = middle(speeds(launches.map(({ kernel, us }) => [macs[kernel] as number, us[0]])));
  const workOf = (list: typeof launches) =>
    list.reduce((sum, { kernel }) => sum + (macs[kernel] as number), 0);
  const networkSpeed = middle(speeds(networks.map((n) => [workOf(n.launches), n.endToEndUs?.[0]])));
  const odd = (what: string, of: string, speed: number | undefined) =>
    speed !== undefined && (speed > fastest || speed < slowest)
      ? [`${what} would run ${speed.toPrecision(2)} million multiplications a second: are they in ${of}?`]
      : [];
  return [...odd('The kernels', 'µs', kernelSpeed), ...odd('The networks', 'ms', networkSpeed)];
}
