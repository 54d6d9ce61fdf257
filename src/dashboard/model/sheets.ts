/** Trials as a table of values, for export. */
import type { Sheet } from '../screens/screen.js';
import type { RunModel } from './run-model.js';

/** Everything about some trials that is a number or a word. */
export function trialSheet(model: RunModel, rows: Iterable<number>): Sheet {
  const { table } = model;
  const metrics = [
    'accuracy',
    ...new Set(model.devices.flatMap(({ latencyMetric, metric }) => [latencyMetric, metric])),
    'params',
    'macs',
    'peakMemoryBytes',
    ...(model.view.manifest.metrics.includes('splitLatencyMs') ? ['splitLatencyMs'] : []),
  ];
  return {
    head: ['trial', 'state', 'front', ...metrics, 'seconds', 'origin', 'parents'],
    rows: Array.from(rows, (row) => {
      const { id, state, seconds, origin, parents } = model.row(row);
      const values = metrics.map((metric) => table.column(metric)[row] ?? Number.NaN);
      const known = values.map((value) => (Number.isNaN(value) ? undefined : value));
      return [id, state, table.onFront(row) ? 1 : 0, ...known, seconds, origin, parents.join(' ')];
    }),
  };
}
