/** What an expression may speak of: units, and the quantities of a search by the names of their metrics. */
import { MixnasError, nearest } from '../../base/index.js';
import { type LatencyFamily, latencyFamilies, latencyMetric, memoryMetric } from '../names.js';

/** Exponents of time and of bytes; all 0 for a plain number. */
export interface Dimension {
  readonly time: number;
  readonly bytes: number;
}

export const plain: Dimension = { time: 0, bytes: 0 };
const time: Dimension = { time: 1, bytes: 0 };
const bytes: Dimension = { time: 0, bytes: 1 };

export const sameDimension = (a: Dimension, b: Dimension) => a.time === b.time && a.bytes === b.bytes;

/** `a time`, `a number`: for messages. */
export function dimensionText({ time: t, bytes: b }: Dimension): string {
  if (t === 0 && b === 0) return 'a plain number';
  const part = (name: string, power: number) => (power === 1 ? name : `${name}^${power}`);
  const parts = [...(t === 0 ? [] : [part('time', t)]), ...(b === 0 ? [] : [part('bytes', b)])];
  return `of the dimension ${parts.join(' ')}`;
}

/** Units and multipliers: metrics are in milliseconds and bytes. */
const units: Readonly<Record<string, { readonly factor: number; readonly dimension: Dimension }>> = {
  us: { factor: 1e-3, dimension: time },
  ms: { factor: 1, dimension: time },
  s: { factor: 1e3, dimension: time },
  B: { factor: 1, dimension: bytes },
  kB: { factor: 1e3, dimension: bytes },
  MB: { factor: 1e6, dimension: bytes },
  GB: { factor: 1e9, dimension: bytes },
  KiB: { factor: 2 ** 10, dimension: bytes },
  MiB: { factor: 2 ** 20, dimension: bytes },
  GiB: { factor: 2 ** 30, dimension: bytes },
  k: { factor: 1e3, dimension: plain },
  M: { factor: 1e6, dimension: plain },
  G: { factor: 1e9, dimension: plain },
};

export const unitOf = (name: string) => (Object.hasOwn(units, name) ? units[name] : undefined);

/** `latency["mali-g76"]` and the like: families of metrics, one a device. */
const latencies: Readonly<Record<string, LatencyFamily>> = {
  latency: 'latencyMs',
  latencyHigh: 'latencyHighMs',
  latencyLow: 'latencyLowMs',
};
/** Memory with weights and the runtime's share; `memory` alone is of the activations, on the device that needs most. */
const memories = ['memoryBytes'];
const families = [...Object.keys(latencies), ...memories];

/** Whether a name in an expression stands for a family of metrics. */
export const isFamily = (name: string): boolean => families.includes(name);

/** Of the metrics of a family. */
export const dimensionOfFamily = (family: string): Dimension => (memories.includes(family) ? bytes : time);

const single: Readonly<Record<string, { readonly metric: string; readonly dimension: Dimension }>> = {
  accuracy: { metric: 'accuracy', dimension: plain },
  macs: { metric: 'macs', dimension: plain },
  params: { metric: 'params', dimension: plain },
  memory: { metric: 'peakMemoryBytes', dimension: bytes },
  peakMemoryBytes: { metric: 'peakMemoryBytes', dimension: bytes },
  splitLatency: { metric: 'splitLatencyMs', dimension: time },
};

/** Names of quantities that every search knows, and of families with one a device. */
export const singleNames = Object.keys(single);
export const familyNames = families;

/** What a search knows, and what its evaluator reports. */
export interface Quantities {
  readonly profiles: readonly string[];
  /** Metrics that the evaluation gives: accuracy, and what an outside evaluator adds. */
  readonly measured: readonly string[];
}

/** The metric that a bare name stands for. @throws MixnasError `bad-config` for an unknown one. */
export function metricOfSymbol(
  name: string,
  { measured }: Quantities,
  where: string,
): { readonly metric: string; readonly dimension: Dimension } {
  if (Object.hasOwn(single, name)) return single[name] as { metric: string; dimension: Dimension };
  if (measured.includes(name)) return { metric: name, dimension: plain };
  if (isFamily(name)) {
    throw new MixnasError('bad-config', `${where}: ${name} is one number a device.`, {
      remedy: `Write ${name}["DEVICE"], or worst(${name}) or mean(${name}) over all devices of the search.`,
    });
  }
  const known = [...Object.keys(single), ...measured, ...families, ...Object.keys(units)];
  const hint = (latencyFamilies as readonly string[]).includes(name)
    ? `${name.slice(0, -2)}["DEVICE"]`
    : nearest(name, known)[0];
  throw new MixnasError('bad-config', `${where}: ${name} is neither a quantity nor a unit.`, {
    remedy: hint === undefined ? `Known: ${known.join(', ')}.` : `Did you mean ${hint}?`,
  });
}

/** The metric of a family on a device. @throws MixnasError `bad-config` when the search does not price on it. */
export function metricOfDevice(
  family: string,
  device: string,
  { profiles }: Quantities,
  where: string,
): string {
  if (profiles.includes(device)) {
    return memories.includes(family) ? memoryMetric(device) : latencyMetric(device, latencies[family]);
  }
  const near = nearest(device, profiles)[0];
  throw new MixnasError('bad-config', `${where}: ${device} is not among the profiles of this search.`, {
    remedy:
      near === undefined
        ? `List it under \`profiles\` (now ${profiles.join(', ')}).`
        : `Did you mean ${near}?`,
  });
}

export const timeDimension = time;
