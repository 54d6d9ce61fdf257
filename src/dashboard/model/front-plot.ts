/** From a run to the parts of its front's plot: clouds, staircase, marks and axes. */
import type { Axis } from '../draw/axes.js';
import { marks } from '../draw/glyphs.js';
import { position, scaleOver } from '../draw/scale.js';
import type { Cloud, Mark, ScatterSpec } from '../draw/scatter.js';
import { formatPercent, significant } from '../format.js';
import type { Device, RunModel } from './run-model.js';

export interface FrontPlotOptions {
  readonly device: Device;
  readonly log: boolean;
  /** Show the region of the front only. */
  readonly zoomed: boolean;
  /** Trial that the cursor is on. */
  readonly cursor: number | undefined;
  /** Trials that joined the front since then are marked as new; ms since 1970. */
  readonly freshSince: number;
  readonly labels: boolean;
}

/** How far beyond everything else a reference model may lie and still be shown on a linear axis. */
const landmarkReach = 1.3;

/** Front members as points of the device's plane, and which of them make its staircase. */
interface PlaneFront {
  readonly rows: readonly number[];
  /** By rising latency, accuracy rising too: the front of these two alone. */
  readonly stairs: readonly number[];
}

function planeFront(model: RunModel, device: Device): PlaneFront {
  return model.memo(`plane ${device.name}`, () => {
    const { table } = model;
    const xs = table.column(device.metric);
    const ys = table.column('accuracy');
    const rows = table.front().toSorted((a, b) => (xs[a] as number) - (xs[b] as number));
    let best = Number.NEGATIVE_INFINITY;
    const stairs = rows.filter((row) => {
      if ((ys[row] as number) <= best) return false;
      best = ys[row] as number;
      return true;
    });
    return { rows, stairs };
  });
}

/** The finished trials that are not on the front. */
function cloudOf(model: RunModel, device: Device): Cloud {
  return model.memo(`cloud ${device.name}`, () => {
    const { table } = model;
    const xs: number[] = [];
    const ys: number[] = [];
    const latency = table.column(device.metric);
    const accuracy = table.column('accuracy');
    for (let row = 0; row < table.count; row++) {
      if (table.stateOf(row) !== 'complete' || table.onFront(row)) continue;
      xs.push(latency[row] as number);
      ys.push(accuracy[row] as number);
    }
    return { xs, ys, role: 'dominated' };
  });
}

function axes(model: RunModel, options: FrontPlotOptions): { x: Axis; y: Axis } {
  const { device, log, zoomed } = options;
  const { rows } = planeFront(model, device);
  const latency = model.table.column(device.metric);
  const accuracy = model.table.column('accuracy');
  const cloud = zoomed ? { xs: [], ys: [] } : cloudOf(model, device);
  const limit = zoomed || device.limitMs === undefined ? [] : [device.limitMs];
  const own = [...rows.map((row) => latency[row] as number), ...limit];
  const scale = scaleOver(chain(own, cloud.xs), log);
  // Reference models much slower than anything searched would press it all into a corner.
  const landmarks = model.view.landmarks.models.flatMap(({ values }) => {
    const ms = values[device.metric];
    return zoomed || ms === undefined || (!log && ms > scale.max * landmarkReach) ? [] : [ms];
  });
  const xs = [...own, ...landmarks];
  const ys = rows.map((row) => accuracy[row] as number);
  const { deploy } = model.view.config;
  return {
    x: {
      label: `ms on ${device.name} at ${deploy.resolution}x${deploy.resolution}${log ? ', log' : ''}`,
      scale: scaleOver(chain(xs, cloud.xs), log),
      format: (v) => significant(v, 2),
    },
    y: {
      label: 'validation accuracy',
      scale: scaleOver(chain(ys, cloud.ys), false, 0.06),
      format: (v) => formatPercent(v, 0),
    },
  };
}

function* chain(first: readonly number[], second: ArrayLike<number>): Iterable<number> {
  yield* first;
  for (let i = 0; i < second.length; i++) yield second[i] as number;
}

/** The plot of a run's front on one device; undefined while no trial has finished. */
export function frontPlot(
  model: RunModel,
  options: FrontPlotOptions,
): Omit<ScatterSpec, 'width' | 'height' | 'glyphs'> {
  const { device, cursor, freshSince, labels } = options;
  const { table } = model;
  const xs = table.column(device.metric);
  const ys = table.column('accuracy');
  const at = (row: number) => ({ x: xs[row] as number, y: ys[row] as number });
  const { rows, stairs } = planeFront(model, device);
  const { x, y } = axes(model, options);
  const members = rows.map((row): Mark => {
    const fresh = table.joinedAt(row) > freshSince;
    return { ...at(row), glyph: fresh ? marks.fresh : marks.front, role: fresh ? 'fresh' : 'front' };
  });
  // Reference models were not trained here: they have a latency but no accuracy, so they stand on the axis.
  const landmarks = model.view.landmarks.models.flatMap(({ name, values }): Mark[] => {
    const ms = values[device.metric];
    if (ms === undefined || !(position(x.scale, ms) <= 1)) return [];
    return [
      { x: ms, y: y.scale.min, glyph: marks.landmark, role: 'landmark', ...(labels ? { label: name } : {}) },
    ];
  });
  const selected: Mark[] =
    cursor === undefined || Number.isNaN(ys[cursor])
      ? []
      : [{ ...at(cursor), glyph: marks.cursor, role: 'cursor', bold: true }];
  return {
    x,
    y,
    clouds: [cloudOf(model, device)],
    staircase: stairs.map(at),
    marks: [...landmarks, ...members, ...selected],
    limitX: device.limitMs,
    limitLabel: device.limitMs === undefined ? '' : `limit ${significant(device.limitMs)}`,
  };
}
