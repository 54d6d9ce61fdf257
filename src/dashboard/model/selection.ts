/** Which trials the cursor can be on, and where it goes from there. */
import { kneePoint } from '../../pareto/index.js';
import type { UiState } from '../state.js';
import { sortByKey } from './order.js';
import type { Device, RunModel } from './run-model.js';
import { kinds } from './trials.js';

/** The device that a plot shows: the first where all are shown. */
export function shownDevice(model: RunModel, ui: Pick<UiState, 'device'>): Device | undefined {
  return model.devices[ui.device % (model.devices.length + 1)] ?? model.devices[0];
}

/** The row under the cursor; without one the knee of the front on the shown device, else the newest trial. */
export function selectedRow(model: RunModel, ui: Pick<UiState, 'selected' | 'device'>): number | undefined {
  const { table } = model;
  const chosen = ui.selected === undefined ? undefined : table.rowOf(ui.selected);
  if (chosen !== undefined) return chosen;
  const device = shownDevice(model, ui);
  return model.memo(`knee ${device?.name}`, () => {
    const rows = table.front();
    const accuracy = table.column('accuracy');
    const latency = device && table.column(device.metric);
    const points = rows.map((row) => [-(accuracy[row] as number), latency?.[row] ?? 0]);
    const knee = kneePoint(points);
    return knee === undefined ? (table.count > 0 ? table.count - 1 : undefined) : rows[knee];
  });
}

/** The rows that are marked for comparison. */
export function markedRows(model: RunModel, ui: Pick<UiState, 'marked'>): number[] {
  return ui.marked.map((id) => model.table.rowOf(id)).filter((row) => row !== undefined);
}

/** Rows that the cursor of the front moves over, ordered by a metric. */
export function stopsBy(model: RunModel, metric: string, all: boolean): Uint32Array {
  return model.memo(`stops ${metric} ${all}`, () => {
    const { table } = model;
    const values = table.column(metric);
    if (!all) return sortByKey(Uint32Array.from(table.front()).sort(), values);
    const kindOf = table.kinds();
    const rows = new Uint32Array(table.count);
    let finished = 0;
    for (let row = 0; row < table.count; row++) if (kindOf[row] !== kinds.open) rows[finished++] = row;
    return sortByKey(rows.subarray(0, finished), values);
  });
}

/** The next row of an ordered list in a direction; stays at the ends, and comes in from outside at the nearest. */
export function step(
  rows: Uint32Array,
  from: number | undefined,
  by: number,
  values: Float64Array,
): number | undefined {
  if (rows.length === 0) return undefined;
  const at = from === undefined ? -1 : rows.indexOf(from);
  if (at >= 0) return rows[Math.min(rows.length - 1, Math.max(0, at + by))];
  const value = from === undefined ? Number.NaN : (values[from] as number);
  const next = rows.findIndex((row) => (values[row] as number) >= value);
  return rows[next < 0 ? rows.length - 1 : next];
}
