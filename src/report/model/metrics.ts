/** The numbers of a run as people read them: name, unit, and how many of the unit one stored number is. */
import { formatBytes, formatCount, formatMs, formatPercent, significant } from '../../base/index.js';
import { type LatencyFamily, deviceOfMemory, parseLatencyMetric } from '../../metrics/index.js';

/** A metric of trials, ready for an axis, a table column or a sentence. */
export interface Metric {
  /** As the journal calls it. */
  readonly name: string;
  /** `latency on mali-g76`: inside a sentence. */
  readonly label: string;
  /** Unit on an axis; empty where there is none. */
  readonly unit: string;
  /** Axis numbers in one stored number: 100 for a share shown in percent. */
  readonly factor: number;
  readonly format: (value: number) => string;
}

/** Which latency of a device a family is, as a label ends. */
const whichLatency: Readonly<Record<LatencyFamily, string>> = {
  latencyMs: '',
  latencyHighMs: ', upper end of its band',
  latencyLowMs: ', lower end of its band',
};

const known: Readonly<Record<string, Omit<Metric, 'name'>>> = {
  accuracy: { label: 'accuracy', unit: '%', factor: 100, format: (value) => formatPercent(value) },
  macs: { label: 'FLOPs (multiply-adds)', unit: 'millions', factor: 1e-6, format: formatCount },
  params: { label: 'parameters', unit: 'millions', factor: 1e-6, format: formatCount },
  peakMemoryBytes: { label: 'peak memory of activations', unit: 'MB', factor: 1e-6, format: formatBytes },
  splitLatencyMs: { label: 'latency of phone and server', unit: 'ms', factor: 1, format: formatMs },
};

/** How to show the metric of this name. */
export function metricOfName(name: string): Metric {
  const latency = parseLatencyMetric(name);
  if (latency) {
    const label = `latency on ${latency.device}${whichLatency[latency.family]}`;
    return { name, label, unit: 'ms', factor: 1, format: formatMs };
  }
  const device = deviceOfMemory(name);
  if (device !== undefined) {
    return { name, label: `memory on ${device}`, unit: 'MB', factor: 1e-6, format: formatBytes };
  }
  const plain = { label: name, unit: '', factor: 1, format: (value: number) => significant(value) };
  return { name, ...(Object.hasOwn(known, name) ? (known[name] as Omit<Metric, 'name'>) : plain) };
}

/** `Latency on mali-g76 (ms)`. */
export function axisTitle({ label, unit }: Metric): string {
  return `${capital(label)}${unit && ` (${unit})`}`;
}

/** `1 network`, `12 networks`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** A text with its first letter in upper case. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
