/** How alike devices are: whether what is fast on one is fast on the other. */
import { kendall } from '../../base/index.js';
import type { Device, RunModel } from './run-model.js';

/** Trials that a rank correlation is taken over, spread evenly over the run. */
const sampleSize = 300;

/** Kendall's tau of two devices' latencies over the run's trials; 0 where a device takes equally long for all. */
export function deviceCorrelation(model: RunModel, a: Device, b: Device): number {
  return model.memo(`tau ${a.name} ${b.name}`, () => {
    const { table } = model;
    const step = Math.max(1, Math.floor(table.count / sampleSize));
    const [xs, ys]: [number[], number[]] = [[], []];
    for (let row = 0; row < table.count; row += step) {
      xs.push(table.column(a.latencyMetric)[row] as number);
      ys.push(table.column(b.latencyMetric)[row] as number);
    }
    return kendall(xs, ys) ?? 0;
  });
}

/** Rows in the order of their latency on each device, fastest first. */
export function rankings(model: RunModel, rows: readonly number[]): readonly (readonly number[])[] {
  return model.devices.map(({ metric }) => {
    const latency = model.table.column(metric);
    return rows.toSorted((a, b) => (latency[a] as number) - (latency[b] as number) || a - b);
  });
}
