/** Parallel coordinates: a line for each network across its objectives and sizes. */
import { formatCount, formatPercent, significant } from '../../base/index.js';
import { type Block, type Line, type Role, fit, span } from '../draw/block.js';
import { createCanvas } from '../draw/canvas.js';
import { markedRows, selectedRow } from '../model/selection.js';
import { kinds } from '../model/trials.js';
import type { DrawContext } from '../screens/screen.js';

/** Columns between two axes at least. */
const axisGap = 18;

/** Trials off the front that are drawn, spread evenly over the run. */
const mostOthers = 200;

interface Axis {
  readonly title: string;
  readonly column: ArrayLike<number>;
  /** Whether more is better: it is at the top. */
  readonly more: boolean;
  readonly format: (value: number) => string;
}

function axesOf({ model }: DrawContext): Axis[] {
  const { table, devices } = model;
  const others = model.view.manifest.objectives.filter(
    ({ name }) =>
      name !== 'accuracy' &&
      !devices.some(({ metric, latencyMetric }) => name === metric || name === latencyMetric),
  );
  return [
    { title: 'accuracy', column: table.column('accuracy'), more: true, format: (v) => formatPercent(v, 1) },
    ...devices.map(({ name, metric }) => ({
      title: name,
      column: table.column(metric),
      more: false,
      format: (v: number) => `${significant(v)} ms`,
    })),
    ...others.map(({ name, direction }) => ({
      title: name,
      column: table.column(name),
      more: direction === 'maximize',
      format: (v: number) => significant(v),
    })),
    { title: 'params', column: table.column('params'), more: false, format: formatCount },
    { title: 'MACs', column: table.column('macs'), more: false, format: formatCount },
  ];
}

/** Complete trials off the front, thinned out. */
function othersOf({ model }: DrawContext): number[] {
  return model.memo('parallel', () => {
    const kindOf = model.table.kinds();
    const rows: number[] = [];
    for (let row = 0; row < model.table.count; row++) {
      if (kindOf[row] === kinds.beaten || kindOf[row] === kinds.beyond) rows.push(row);
    }
    const step = Math.max(1, rows.length / mostOthers);
    return Array.from(
      { length: Math.min(rows.length, mostOthers) },
      (_, i) => rows[Math.floor(i * step)] as number,
    );
  });
}

/** The lines, the front's over the others', the selected one over all; the best of each axis at the top. */
export function parallelBlock(context: DrawContext, width: number, height: number): Block {
  const { model, ui, glyphs } = context;
  const all = axesOf(context);
  // The first and the last have half a gap for their texts; the last are left out first.
  const axes = all.slice(0, Math.max(2, Math.min(all.length, 1 + Math.floor(width / axisGap))));
  const front = model.table.front();
  const others = othersOf(context);
  if (front.length === 0 || height < 5) return [[span('No trial is on the front yet.', 'muted')]];
  const canvas = createCanvas(width, height - 3, glyphs);
  const scales = axes.map(({ column }) => {
    const values = [...others, ...front].map((row) => column[row] as number).filter(Number.isFinite);
    return { low: Math.min(...values), high: Math.max(...values) };
  });
  const x = (axis: number) => (axis / (axes.length - 1)) * (canvas.dotWidth - 1);
  const y = (axis: number, row: number) => {
    const { low, high } = scales[axis] as (typeof scales)[number];
    const { column, more } = axes[axis] as Axis;
    const share = high > low ? ((column[row] as number) - low) / (high - low) : 0.5;
    return (more ? 1 - share : share) * (canvas.dotHeight - 1);
  };
  const draw = (row: number, role: Role, rank: number, every = 1) => {
    for (let axis = 1; axis < axes.length; axis++) {
      canvas.segment(x(axis - 1), y(axis - 1, row), x(axis), y(axis, row), role, rank, every);
    }
  };
  for (const row of others) draw(row, 'dominated', 1, 4);
  for (const row of front) draw(row, 'front', 2);
  for (const row of markedRows(model, ui)) draw(row, 'accent', 3);
  const selected = selectedRow(model, ui);
  if (selected !== undefined) draw(selected, 'cursor', 4);
  for (let axis = 0; axis < axes.length; axis++) {
    for (let dot = 0; dot < canvas.dotHeight; dot += 2)
      canvas.dot(Math.min(canvas.dotWidth - 1, x(axis)), dot, 'muted', 0);
  }
  const end = (pick: 'top' | 'bottom') =>
    spread(
      axes.map(({ format, more }, i) => {
        const { low, high } = scales[i] as (typeof scales)[number];
        return format((pick === 'top') === more ? high : low);
      }),
      width,
      'muted',
    );
  return [
    spread(
      axes.map(({ title }) => title),
      width,
      'accent',
    ),
    end('top'),
    ...canvas.toBlock(),
    end('bottom'),
  ];
}

/** Texts at the places of the axes: the first to the left, the last to the right, the others in the middle. */
function spread(texts: readonly string[], width: number, role: Role): Line {
  const gap = width / (texts.length - 1);
  let left = width;
  return texts.flatMap((text, i) => {
    const isLast = i === texts.length - 1;
    const size = isLast ? left : Math.floor(i === 0 ? gap / 2 : gap);
    left -= size;
    return fit([span(text, role)], size, i === 0 ? 'left' : isLast ? 'right' : 'center');
  });
}
