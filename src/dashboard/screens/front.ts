/** The front: accuracy over latency, on one device or on all. */
import {
  type Block,
  sideBySide,
  emptyLines,
  fit,
  fitBlock,
  type Line,
  lineWidth,
  type Role,
  span,
} from '../draw/block.js';
import { legend, type Scatter, scatter } from '../draw/scatter.js';
import { frontPlot, levelRows } from '../model/front-plot.js';
import { marks } from '../draw/glyphs.js';
import { imagesOf } from '../../runs/index.js';
import type { Device } from '../model/run-model.js';
import { formatMs, formatPercent } from '../../base/index.js';
import { type Column, table } from '../draw/table.js';
import { markedRows, selectedRow, shownDevice, step, stopsBy } from '../model/selection.js';
import { trialSheet } from '../model/sheets.js';
import { type DrawContext, type Screen, dotsOf } from './screen.js';
import { editSelected, findTrials, markSelected, openCandidate } from './trial-keys.js';
import { trialLine, trialSummary } from './summary.js';

/** How long a new member of the front is marked. */
const freshMs = 5 * 60_000;
const sideWidth = 36;
/** How near a click must be to a point, in columns. */
const clickReach = 6;

function plot(context: DrawContext, device: Device, width: number, height: number): Scatter {
  const { model, ui, now } = context;
  const spec = frontPlot(model, {
    device,
    log: ui.log,
    zoomed: ui.zoomed,
    cursor: selectedRow(model, ui),
    marked: markedRows(model, ui),
    freshSince: model.view.live ? now - freshMs : Number.POSITIVE_INFINITY,
    labels: width >= 50,
  });
  return scatter({ ...spec, width, height, glyphs: dotsOf(context) });
}

type Plots = Pick<Scatter, 'block' | 'shown'>;

const union = (plots: readonly Plots[]): ReadonlySet<Role> =>
  new Set(plots.flatMap(({ shown }) => [...shown]));

/** All devices: side by side where they fit, else one above the other, else the first of them. */
function allPlots(context: DrawContext, width: number, height: number): Plots {
  const { devices } = context.model;
  if (width >= devices.length * 34) {
    const each = Math.floor(width / devices.length);
    const plots = devices.map((device) => plot(context, device, each, height));
    return {
      block: sideBySide(...plots.map(({ block }) => ({ block, width: each }))),
      shown: union(plots),
    };
  }
  const shown = devices.slice(0, Math.max(1, Math.floor(height / 8)));
  const each = Math.floor(height / shown.length);
  const plots = shown.map((device) => plot(context, device, width, each));
  return { block: plots.flatMap(({ block }) => block), shown: union(plots) };
}

/** What the marks mean that are in view, as far as there is room: none is cut off. */
function legendLine({ model }: DrawContext, seen: ReadonlySet<Role>, width: number): Line {
  const { live, config } = model.view;
  const level = { glyph: marks.level, role: 'front' as const, text: 'level with the best' };
  const bar = { glyph: '│', role: 'muted' as const, text: '95 % of accuracy' };
  const high = { glyph: 'high', role: 'front' as const, text: 'upper end of the 90 % band' };
  const moved = { glyph: '··', role: 'fresh' as const, text: 'front 5 min ago' };
  const [front, ...others] = legend.filter(({ role }) => role === 'front' || seen.has(role));
  const parts = [
    ...(config.robust ? [high] : []),
    ...(front ? [front] : []),
    ...(levelRows(model).size > 0 ? [level] : []),
    ...(imagesOf(model.view) === undefined ? [] : [bar]),
    ...others,
    ...(live && seen.has('fresh') ? [moved] : []),
  ];
  const spans: Line[] = parts.map(({ glyph, role, text }) => [
    span(` ${glyph}`, role),
    span(` ${text} `, 'muted'),
  ]);
  while (spans.length > 1 && lineWidth(spans.flat()) > width) spans.pop();
  return fit(spans.flat(), width);
}

/** The width of the plot, and whether the summary stands to its right or below it. */
function layout({ width, height }: DrawContext): { plotWidth: number; plotHeight: number; side: boolean } {
  const side = width >= 96;
  return { plotWidth: side ? width - sideWidth - 2 : width, plotHeight: height - (side ? 1 : 2), side };
}

function draw(context: DrawContext): Block {
  const { model, ui, width, height } = context;
  const { plotWidth, plotHeight, side } = layout(context);
  const device = shownDevice(model, ui);
  if (!device || model.table.counts.complete === 0) return waiting(context);
  const all = showsAll(context);
  const plots = all ? allPlots(context, plotWidth, plotHeight) : plot(context, device, plotWidth, plotHeight);
  const row = selectedRow(model, ui);
  const left = [...fitBlock(plots.block, plotWidth, plotHeight), legendLine(context, plots.shown, plotWidth)];
  if (!side) return [...left, row === undefined ? [] : trialLine(model, row, width)];
  const summary = row === undefined ? [] : trialSummary(model, row);
  const list = frontList(context, device, row, height - summary.length - 4);
  return fitBlock(
    sideBySide(
      { block: left, width: plotWidth + 2 },
      { block: [[], ...summary, [], ...list], width: sideWidth },
    ),
    width,
    height,
  );
}

/** The members of the front around the cursor, most accurate first: as many as there is room for. */
function frontList({ model, ui }: DrawContext, device: Device, row: number | undefined, room: number): Block {
  if (room < 3) return [];
  const rows = stopsBy(model, 'accuracy', false).toReversed();
  const at = Math.max(0, row === undefined ? 0 : rows.indexOf(row));
  const first = Math.max(0, Math.min(at - Math.floor(room / 2), rows.length - room));
  const marked = new Set(markedRows(model, ui));
  const accuracy = model.table.column('accuracy');
  const level = levelRows(model);
  const latency = model.table.column(device.metric);
  const columns: readonly Column[] = [
    { title: ' trial', align: 'right' },
    { title: 'accuracy', align: 'right' },
    { title: device.unit === 'ms' ? device.name : `${device.name} high`, align: 'right' },
  ];
  const cells = Array.from(rows.subarray(first, first + room), (member): Line[] => [
    [
      span(member === row ? '▸' : marked.has(member) ? '■' : ' ', member === row ? 'cursor' : 'accent'),
      span(String(model.row(member).id)),
    ],
    [
      span(
        `${level.has(member) ? `${marks.level} ` : ''}${formatPercent(accuracy[member] as number, 2)}`,
        'front',
      ),
    ],
    [span(formatMs(latency[member] as number))],
  ]);
  return [
    [span(`front, ${rows.length} trials`, 'accent', { bold: true })],
    ...table(columns, cells, sideWidth),
  ];
}

function showsAll({ model, ui }: DrawContext): boolean {
  return ui.device % (model.devices.length + 1) === model.devices.length;
}

function waiting({ model, width, height }: DrawContext): Block {
  const begun = model.view.live ? 'The first trials are being trained.' : 'No trial was completed.';
  const text = model.table.count === 0 ? 'No trials yet.' : begun;
  return fitBlock(
    [...emptyLines(Math.floor(height / 2)), fit([span(text, 'muted')], width, 'center')],
    width,
    height,
  );
}

export const frontScreen: Screen = {
  id: 'front',
  title: 'Front',
  draw,
  act(action, context) {
    const { model, ui } = context;
    const device = shownDevice(model, ui);
    const from = selectedRow(model, ui);
    const move = (metric: string, by: number) => {
      const row = step(stopsBy(model, metric, ui.allStops), from, by, model.table.column(metric));
      return row === undefined ? undefined : { selected: model.row(row).id };
    };
    const latency = device?.metric ?? 'accuracy';
    const far = Number.MAX_SAFE_INTEGER;
    switch (action) {
      case 'left':
        return move(latency, -1);
      case 'right':
        return move(latency, 1);
      case 'down':
        return move('accuracy', -1);
      case 'up':
        return move('accuracy', 1);
      case 'first':
        return move(latency, -far);
      case 'last':
        return move(latency, far);
      case 'device':
        return { device: (ui.device + 1) % (model.devices.length + 1) };
      case 'stops':
        return { allStops: !ui.allStops };
      case 'log':
        return { log: !ui.log };
      case 'zoom':
        return { zoomed: !ui.zoomed };
      case 'open':
        return openCandidate(from, context);
      case 'knee':
        return { selected: undefined };
      case 'filter':
        return findTrials(context);
      case 'mark':
        return markSelected(from, context);
      case 'edit':
        return editSelected(from);
      default:
        return undefined;
    }
  },
  click(column, row, context) {
    const { model, ui } = context;
    const device = shownDevice(model, ui);
    if (!device || showsAll(context)) return undefined;
    const { plotWidth, plotHeight } = layout(context);
    const { place } = plot(context, device, plotWidth, plotHeight);
    const [xs, ys] = [model.table.column(device.metric), model.table.column('accuracy')];
    let best: number | undefined;
    let distance = clickReach;
    for (const stop of stopsBy(model, device.metric, ui.allStops)) {
      const at = place(xs[stop] as number, ys[stop] as number);
      // A row is about twice as high as a column is wide.
      const away = at ? Math.hypot(at.column - column, 2 * (at.row - row)) : Number.POSITIVE_INFINITY;
      if (away < distance) [best, distance] = [stop, away];
    }
    return best === undefined ? undefined : { selected: model.row(best).id };
  },
  sheet: (context) => trialSheet(context.model, stopsBy(context.model, 'accuracy', false).toReversed()),
};
