/** Measurements put together from launches and whole networks, with what is odd about them. */
import { type Kernel, kernelKey, kernelRow } from '../kernel.js';
import type { Measurements } from '../measurements.js';
import type { ProfileSource } from '../profile.js';
import { median } from '../price.js';

/** Repeated rows of one kernel in one network beyond this are counted, but not kept. */
const mostRepeats = 1000;
/** Times that differ by about this factor are a mistake of unit. */
const unitMistake = 300;

/** One measured network: its kernels, where known, and its end-to-end time. */
export interface MeasuredWhole {
  readonly model: string;
  readonly kernels: readonly Kernel[];
  readonly endToEndUs: number;
}

export interface BuiltMeasurements {
  readonly data: Measurements;
  /** Sentences for the user: units that look wrong, rows that stray. */
  readonly warnings: readonly string[];
}

/** What stands out in the repeated times of one kernel. */
function warningsOf(
  times: ReadonlyMap<string, number[]>,
  wholes: readonly MeasuredWhole[],
  sums: Map<string, number>,
): string[] {
  const spread = [...times.values()].filter(
    (list) => Math.max(...list) > unitMistake * Math.min(...list),
  ).length;
  const impossible = wholes.filter(({ model, endToEndUs }) => {
    const sum = sums.get(model);
    return sum !== undefined && (sum > unitMistake * endToEndUs || endToEndUs > unitMistake * sum);
  });
  return [
    ...(spread > 0 ? [`${spread} kernels have times ${unitMistake}-fold apart: are all of them in µs?`] : []),
    ...impossible.map(
      ({ model }) =>
        `${model}: its kernels and its end-to-end time differ ${unitMistake}-fold: are the units µs and ms?`,
    ),
  ];
}

/**
 * Equal kernels of one network become one launch with their median, so the order of rows changes nothing.
 * Memory grows with the number of distinct kernels, not of rows.
 */
export function buildMeasurements(
  device: string,
  source: ProfileSource,
  launches: Iterable<{ readonly model: string; readonly kernel: Kernel; readonly us: number }>,
  wholes: readonly MeasuredWhole[],
): BuiltMeasurements {
  const kernels = new Map<string, Kernel>();
  const byModel = new Map<string, Map<string, number[]>>();
  const allTimes = new Map<string, number[]>();
  for (const { model, kernel, us } of launches) {
    const key = kernelKey(kernel);
    if (!kernels.has(key)) kernels.set(key, kernel);
    const times = byModel.get(model) ?? new Map<string, number[]>();
    byModel.set(model, times);
    for (const map of [times, allTimes]) {
      const list = map.get(key) ?? [];
      map.set(key, list);
      if (list.length < mostRepeats) list.push(us);
    }
  }
  for (const { kernels: own } of wholes) {
    for (const kernel of own) if (!kernels.has(kernelKey(kernel))) kernels.set(kernelKey(kernel), kernel);
  }
  const keys = [...kernels.keys()].sort();
  const index = new Map(keys.map((key, i) => [key, i]));
  const timed = [...byModel]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([model, times]) => ({
      name: model || 'kernels',
      launches: [...times]
        .map(([key, list]) => ({ kernel: index.get(key) as number, us: [median(list)] }))
        .sort((a, b) => a.kernel - b.kernel),
    }));
  const sums = new Map(
    timed.map(({ name, launches: list }) => [name, list.reduce((sum, l) => sum + (l.us[0] as number), 0)]),
  );
  const whole = wholes
    .toSorted((a, b) => (a.model < b.model ? -1 : 1))
    .map(({ model, kernels: own, endToEndUs }) => ({
      name: `${model} (end to end)`,
      family: model,
      launches: own.map((kernel) => ({ kernel: index.get(kernelKey(kernel)) as number, us: [null] })),
      endToEndUs: [endToEndUs],
    }));
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
      networks: [...timed, ...whole],
    },
    warnings: warningsOf(allTimes, wholes, sums),
  };
}
