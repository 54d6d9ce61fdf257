/** From a run to the parts of its front's plot: clouds, staircase, marks and axes. */
import type { Axis } from '../draw/axes.js';
import { marks } from '../draw/glyphs.js';
import { formatApart, position, type Scale, scaleOver, shareScaleOver } from '../draw/scale.js';
import type { Cloud, Mark, ScatterSpec } from '../draw/scatter.js';
import { type Interval, significant } from '../../base/index.js';
import { accuracyInterval, imagesOf, levelWithBest } from '../../runs/index.js';
import type { Device, RunModel } from './run-model.js';
import { kinds } from './trials.js';

export interface FrontPlotOptions {
  readonly device: Device;
  readonly log: boolean;
  /** Show the region of the front only. */
  readonly zoomed: boolean;
  /** Row that the cursor is on. */
  readonly cursor: number | undefined;
  /** Rows that are marked for comparison. */
  readonly marked: readonly number[];
  /** Trials that joined the front since then are marked as new; ms since 1970. */
  readonly freshSince: number;
  readonly labels: boolean;
  /** Limits that are tried out: what each row is under them, and whether what breaks them is left out. */
  readonly tried?: { readonly kinds: Uint8Array; readonly hide: boolean } | undefined;
}

/** How far beyond everything else a reference model may lie and still be shown on a linear axis. */
const referenceReach = 1.3;

/** Front members as points of the device's plane, and which of them make its staircase. */
interface PlaneFront {
  readonly rows: readonly number[];
  /** By rising latency, accuracy rising too: the front of these two alone. */
  readonly stairs: readonly number[];
}

function planeFront(model: RunModel, device: Device): PlaneFront {
  return model.memo(`plane ${device.name}`, () => planeOf(model, device, model.table.front()));
}

/** The front as it stood at a moment; a second more or less makes no difference. */
function earlierFront(model: RunModel, device: Device, time: number): PlaneFront {
  const second = Math.floor(time / 1000);
  return model.memo(`plane ${device.name} ${second}`, () =>
    planeOf(model, device, model.table.frontAt(second * 1000)),
  );
}

function planeOf({ table }: RunModel, device: Device, members: readonly number[]): PlaneFront {
  const xs = table.column(device.metric);
  const ys = table.column('accuracy');
  const rows = members.toSorted((a, b) => (xs[a] as number) - (xs[b] as number));
  let best = Number.NEGATIVE_INFINITY;
  const stairs = rows.filter((row) => {
    if ((ys[row] as number) <= best) return false;
    best = ys[row] as number;
    return true;
  });
  return { rows, stairs };
}

/** The stairs of the front as it stood at a moment; none where they have not moved since. */
function movedFrom(model: RunModel, device: Device, time: number): readonly number[] {
  const { stairs } = planeFront(model, device);
  const before = earlierFront(model, device, time).stairs;
  const same = before.length === stairs.length && before.every((row, i) => row === stairs[i]);
  return same ? [] : before;
}

/** The row whose interval is drawn: the most accurate of the front's line. More would cover it, and one at the cursor would change the plot with every key. */
function barRow(model: RunModel, device: Device): number | undefined {
  return imagesOf(model.view) === undefined ? undefined : planeFront(model, device).stairs.at(-1);
}

/** Where the accuracy of a row lies at 95 %; only of runs that were measured on images. */
function intervalOfRow({ view, table }: RunModel, row: number): Interval {
  const accuracy = table.column('accuracy')[row] as number;
  return accuracyInterval(view, accuracy) ?? { low: accuracy, high: accuracy };
}

/** The members of the front that are level with its most accurate. */
export function levelRows(model: RunModel): ReadonlySet<number> {
  return model.memo('level', () => {
    const { table, view } = model;
    const rows = table.front();
    const accuracy = table.column('accuracy');
    return new Set(
      levelWithBest(
        view,
        rows.map((row) => accuracy[row] as number),
      ).map((i) => rows[i] as number),
    );
  });
}

/** A number for each array of kinds that limits were tried out with; none for the table's own. */
const places = new WeakMap<Uint8Array, number>();
let place = 0;
function placeOf(tried: Uint8Array): number {
  if (tried.byteLength < tried.buffer.byteLength) return 0;
  const known = places.get(tried) ?? ++place;
  places.set(tried, known);
  return known;
}

/** The finished trials that are not on the front: those within the limits, and the others. */
function cloudsOf(
  model: RunModel,
  device: Device,
  tried: Uint8Array = model.table.kinds().subarray(0, model.table.count),
): { within: Cloud; beyond: Cloud } {
  return model.memo(`clouds ${device.name} ${placeOf(tried)}`, () => {
    const { table } = model;
    const all = { xs: table.column(device.metric), ys: table.column('accuracy'), kinds: tried };
    return {
      within: { ...all, kind: kinds.beaten, role: 'dominated' },
      beyond: { ...all, kind: kinds.beyond, role: 'infeasible', glyph: marks.infeasible },
    };
  });
}

/** The range of the trials on both axes, worked out once for each change of the run. */
function ownScales(model: RunModel, { device, log, zoomed }: FrontPlotOptions): { x: Scale; y: Scale } {
  return model.memo(`scales ${device.name} ${log} ${zoomed}`, () => {
    const { table } = model;
    const { rows } = planeFront(model, device);
    const limit = zoomed || device.limitMs === undefined ? [] : [device.limitMs];
    const bar = barRow(model, device);
    const bars = bar === undefined ? [] : Object.values(intervalOfRow(model, bar));
    const of = (metric: string, positive: boolean): number[] => {
      const column = table.column(metric);
      if (zoomed) return rows.map((row) => column[row] as number);
      return endsOf(column, cloudsOf(model, device).within.kinds, positive);
    };
    return {
      x: scaleOver([...of(device.metric, log), ...limit], log),
      y: shareScaleOver([...of('accuracy', false), ...bars], 0.06),
    };
  });
}

function axes(model: RunModel, options: FrontPlotOptions): { x: Axis; y: Axis } {
  const { device, log, zoomed } = options;
  const own = ownScales(model, options);
  // Reference models much slower than anything searched would press it all into a corner.
  const references = model.view.references.models.flatMap(({ values }) => {
    const ms = values[device.metric];
    return zoomed || ms === undefined || (!log && ms > own.x.max * referenceReach) ? [] : [ms];
  });
  const { deploy } = model.view.config;
  return {
    x: {
      label: `${device.unit} on ${device.name} at ${deploy.resolution}x${deploy.resolution}${log ? ', log' : ''}`,
      scale: references.length === 0 ? own.x : widened(own.x, references),
      format: (v, gap) => (log ? significant(v, 2) : formatApart(v, gap)),
    },
    y: {
      label: 'validation accuracy',
      scale: own.y,
      format: (v, gap) => `${formatApart(100 * v, 100 * gap)} %`,
    },
  };
}

/** A scale that has room for more values, and for the label next to the last. */
function widened(scale: Scale, values: readonly number[]): Scale {
  const all = scaleOver(values, scale.log);
  return { ...scale, min: Math.min(scale.min, all.min), max: Math.max(scale.max, all.max) };
}

/** The smallest and the largest value of the finished trials; none where there are none. */
function endsOf(column: Float64Array, kindOf: Uint8Array, positive: boolean): number[] {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < kindOf.length; row++) {
    const value = column[row] as number;
    if (kindOf[row] === kinds.open || (positive && value <= 0)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return [min, max].filter(Number.isFinite);
}

/** The plot of a run's front on one device; undefined while no trial has finished. */
export function frontPlot(
  model: RunModel,
  options: FrontPlotOptions,
): Omit<ScatterSpec, 'width' | 'height' | 'glyphs'> {
  const { device, cursor, marked, freshSince, labels, tried } = options;
  const { table } = model;
  const xs = table.column(device.metric);
  const ys = table.column('accuracy');
  const at = (row: number) => ({ x: xs[row] as number, y: ys[row] as number });
  const { rows, stairs } = planeFront(model, device);
  const { x, y } = axes(model, options);
  const { within, beyond } = cloudsOf(model, device, tried?.kinds);
  const level = levelRows(model);
  const bar = barRow(model, device);
  const isOut = (row: number) => tried !== undefined && tried.kinds[row] === kinds.beyond;
  const members = rows.flatMap((row): Mark[] => {
    if (isOut(row)) {
      return tried?.hide ? [] : [{ ...at(row), glyph: marks.infeasible, role: 'infeasible' }];
    }
    const fresh = table.joinedAt(row) > freshSince;
    const glyph = level.has(row) ? marks.level : marks.front;
    return [{ ...at(row), glyph: fresh ? marks.fresh : glyph, role: fresh ? 'fresh' : 'front' }];
  });
  // Reference models were not trained here: they have a latency but no accuracy, so they stand on the axis.
  const references = model.view.references.models.flatMap(({ name, values }): Mark[] => {
    const ms = values[device.metric];
    if (ms === undefined || !(position(x.scale, ms) <= 1)) return [];
    return [
      {
        x: ms,
        y: y.scale.min,
        glyph: marks.reference,
        role: 'reference',
        ...(labels ? { label: name } : {}),
      },
    ];
  });
  const chosen = marked.map((row): Mark => ({ ...at(row), glyph: marks.marked, role: 'accent', bold: true }));
  const selected: Mark[] =
    cursor === undefined || Number.isNaN(ys[cursor])
      ? []
      : [{ ...at(cursor), glyph: marks.cursor, role: 'cursor', bold: true }];
  return {
    x,
    y,
    clouds: tried?.hide ? [within] : [within, beyond],
    staircase: stairs.filter((row) => !isOut(row)).map(at),
    before: Number.isFinite(freshSince) ? movedFrom(model, device, freshSince).map(at) : [],
    bars: bar === undefined || isOut(bar) ? [] : [{ x: xs[bar] as number, ...intervalOfRow(model, bar) }],
    marks: [...references, ...members, ...chosen, ...selected],
    limitX: device.limitMs,
    limitLabel: device.limitMs === undefined ? '' : `limit ${significant(device.limitMs)}`,
  };
}
