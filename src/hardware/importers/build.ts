/** Measurements put together from launches and whole networks, with what is odd about them. */
import { median } from '../../base/index.js';
import { type Kernel, kernelKey, kernelRow } from '../kernel.js';
import type { Measurements } from '../measurements.js';
import type { ProfileSource } from '../profile/index.js';
import { type CollectedKernel, LaunchCollector } from './collect.js';

/** Times that differ by about this factor are a mistake of unit. */
const unitMistake = 300;
/** A network whose rows are repeated more often than this is taken as one that was measured repeatedly. */
const mostLaunches = 5000;

/** One measured network: its kernels and its end-to-end time. */
export interface MeasuredWhole {
  readonly model: string;
  /** Undefined: they are those of the launches of the same model. */
  readonly kernels?: readonly Kernel[] | undefined;
  readonly endToEndUs: number;
}

/** One launch; without a time it is known to have run, but was not timed. */
export interface BuiltLaunch {
  readonly model: string;
  readonly kernel: Kernel;
  readonly us?: number | undefined;
}

export interface BuiltMeasurements {
  readonly data: Measurements;
  /** Sentences for the user: units that look wrong, rows that stray. */
  readonly warnings: readonly string[];
}

type Network = Measurements['networks'][number];
type IndexOf = (key: string) => number;

const sumUs = (kernels: readonly CollectedKernel[]) =>
  kernels.reduce((sum, { count, us }) => sum + count * (us ?? 0), 0);

/** What is odd about repeated times, and about kernels against their network. */
function warningsOf(collector: LaunchCollector, wholes: readonly MeasuredWhole[]): string[] {
  const { spread } = collector.oddities(unitMistake);
  const impossible = wholes.filter(({ model, endToEndUs }) => {
    const sum = sumUs(collector.kernelsOf(model) ?? []);
    return sum > 0 && (sum > unitMistake * endToEndUs || endToEndUs > unitMistake * sum);
  });
  return [
    ...(spread > 0 ? [`${spread} kernels have times ${unitMistake}-fold apart: are all of them in µs?`] : []),
    ...impossible.map(
      ({ model }) =>
        `${model}: its kernels and its end-to-end time differ ${unitMistake}-fold: are the units µs and ms, and no rows repeated?`,
    ),
    ...(collector.sampled
      ? ['There are more distinct kernels than a profile can hold: a sample of them is used.']
      : []),
  ];
}

/** A timed network: every kernel once, or as often as it ran when its end-to-end time is known. */
function timedNetwork(
  model: string,
  kernels: readonly CollectedKernel[],
  endToEndUs: number | undefined,
  indexOf: IndexOf,
): Network {
  const total = kernels.reduce((sum, { count }) => sum + count, 0);
  const whole = endToEndUs !== undefined && total <= mostLaunches;
  const launches = kernels
    .flatMap(({ key, count, us }) =>
      Array.from({ length: whole ? count : 1 }, () => ({ kernel: indexOf(key), us: [us ?? null] })),
    )
    .sort((a, b) => a.kernel - b.kernel);
  return { name: model || 'kernels', launches, ...(whole ? { endToEndUs: [endToEndUs] } : {}) };
}

/** One end-to-end time a network: the median of repeated rows. */
function distinctWholes(wholes: readonly MeasuredWhole[]): MeasuredWhole[] {
  const byModel = new Map<string, MeasuredWhole[]>();
  for (const whole of wholes) byModel.set(whole.model, [...(byModel.get(whole.model) ?? []), whole]);
  return [...byModel]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([model, list]) => ({
      model,
      kernels: list[0]?.kernels,
      endToEndUs: median(list.map((whole) => whole.endToEndUs)),
    }));
}

/**
 * Equal kernels of one network become one with their median, so the order of rows changes nothing. Memory
 * grows with the number of distinct kernels, up to a limit, not with the number of rows.
 */
export function buildMeasurements(
  device: string,
  source: ProfileSource,
  launches: Iterable<BuiltLaunch>,
  wholes: readonly MeasuredWhole[],
): BuiltMeasurements {
  const collector = new LaunchCollector();
  for (const { model, kernel, us } of launches) collector.add(model, kernel, us);
  const distinct = distinctWholes(wholes);
  const kernels = collector.distinctKernels();
  for (const { kernels: own = [] } of distinct) {
    for (const kernel of own) if (!kernels.has(kernelKey(kernel))) kernels.set(kernelKey(kernel), kernel);
  }
  const keys = [...kernels.keys()].sort();
  const index = new Map(keys.map((key, i) => [key, i]));
  const indexOf = (key: string) => index.get(key) as number;
  const endToEnd = new Map(
    distinct.flatMap((w) => (w.kernels === undefined ? [[w.model, w.endToEndUs] as const] : [])),
  );
  const timed = collector.models().map((model) => {
    const whole = collector.sampled ? undefined : endToEnd.get(model);
    return timedNetwork(model, collector.kernelsOf(model) ?? [], whole, indexOf);
  });
  const listed = distinct.flatMap(({ model, kernels: own, endToEndUs }) =>
    own === undefined
      ? []
      : [
          {
            name: `${model} (end to end)`,
            launches: own.map((kernel) => ({ kernel: indexOf(kernelKey(kernel)), us: [null] })),
            endToEndUs: [endToEndUs],
          },
        ],
  );
  return {
    data: {
      format: 'mixnas-measurements',
      version: 1,
      source,
      devices: [device],
      kernels: keys.map((key) => {
        const kernel = kernels.get(key) as Kernel;
        return { op: kernel.op, shape: kernelRow(kernel) };
      }),
      networks: [...timed, ...listed],
    },
    warnings: warningsOf(collector, distinct),
  };
}
