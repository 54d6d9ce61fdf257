/** How alike devices are: whether what is fast on one is fast on the other. */
import type { Device, RunModel } from './run-model.js';

/** Trials that a rank correlation is taken over, spread evenly over the run. */
const sampleSize = 300;

/**
 * Kendall's tau-a of two lists: 1 when they order everything alike, -1 when one turns the other around
 * (Kendall, "A new measure of rank correlation", 1938).
 */
export function kendallTau(a: readonly number[], b: readonly number[]): number {
  let agree = 0;
  let pairs = 0;
  for (let i = 0; i < a.length; i++) {
    for (let j = i + 1; j < a.length; j++) {
      const order = Math.sign(((a[i] as number) - (a[j] as number)) * ((b[i] as number) - (b[j] as number)));
      agree += order;
      pairs++;
    }
  }
  return pairs === 0 ? Number.NaN : agree / pairs;
}

/** The correlation of two devices' latencies over the run's trials; NaN for fewer than two. */
export function rankCorrelation(model: RunModel, a: Device, b: Device): number {
  return model.memo(`tau ${a.name} ${b.name}`, () => {
    const { table } = model;
    const step = Math.max(1, Math.floor(table.count / sampleSize));
    const [xs, ys]: [number[], number[]] = [[], []];
    for (let row = 0; row < table.count; row += step) {
      xs.push(table.column(a.latencyMetric)[row] as number);
      ys.push(table.column(b.latencyMetric)[row] as number);
    }
    return kendallTau(xs, ys);
  });
}

/** Rows in the order of their latency on each device, fastest first. */
export function rankings(model: RunModel, rows: readonly number[]): readonly (readonly number[])[] {
  return model.devices.map(({ metric }) => {
    const latency = model.table.column(metric);
    return rows.toSorted((a, b) => (latency[a] as number) - (latency[b] as number) || a - b);
  });
}
