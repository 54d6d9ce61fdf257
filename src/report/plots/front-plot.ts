/** Accuracy over a cost: fronts of one or several runs, the other trials, reference models, the limit. */
import type { Mark, SymbolShape } from 'vega';
import { type Metric, axisTitle, capital, counted } from '../model/metrics.js';
import { type Frame, type LegendItem, type Plot, chart, frameOf, legendRoom, legendY } from './chart.js';
import {
  type FrontPlot,
  type FrontPoint,
  type FrontSeries,
  type Sight,
  costsOf,
  sightOf,
} from './front-data.js';
import { type Box, placeLabels } from './labels.js';
import { type Item, path, rules, symbols, texts } from './marks.js';
import { namedLines } from './named-lines.js';
import { type Scale, costScale, qualityScale } from './scale.js';

/** From the middle of the legend to its lower edge, with a gap. */
const legendHeight = 14;
const [outerWidth, outerHeight] = [560, 450];
/** Room for the labels of the upright axis. */
const left = 58;

/** Draws it. */
export function frontPlot(plot: FrontPlot): Plot {
  const { name, title, subtitle, cost, quality, series } = plot;
  const sight = sightOf(plot);
  const sides = frameOf(outerWidth, outerHeight, { left });
  const x = costScale(costsInSight(plot, sight), sides.width);
  const named = namedLines(cost, sight, x, sides);
  const legend = legendOf(plot, sight);
  const legendEnd = legendY(subtitle.length) + legendRoom(legend, outerWidth) + legendHeight;
  const frame = frameOf(outerWidth, outerHeight, { left, top: legendEnd + named.headroom });
  const axes = axesOf(plot, sight, x, frame.height);
  const labels = labelMarks(series, axes, frame, named.obstacles(frame.height));
  const others = plot.others.map((other) => ({ ...axes.place(other), tip: other.tip }));
  return chart({
    name,
    title,
    subtitle,
    description: describe(plot, sight),
    frame,
    legend,
    x: { scale: axes.x, title: axisTitle(cost) },
    y: { scale: axes.y, title: axisTitle(quality) },
    marks: [
      ...named.marks(frame.height),
      symbols(others, { role: 'faint', size: 16, opacity: 0.65, label: 'other trials' }),
      ...series.flatMap((one) => seriesMarks(one, axes, plot)),
      symbols(trainedReferences(plot, sight, axes), {
        role: 'reference',
        size: 70,
        label: 'reference models',
      }),
      labels,
    ],
  });
}

/** The axes, and where a network stands between them. */
interface Axes {
  readonly x: Scale;
  readonly y: Scale;
  readonly place: (at: { readonly cost: number; readonly quality: number }) => { x: number; y: number };
}

const scaled = (values: readonly number[], { factor }: Metric) => values.map((value) => value * factor);

/** What the horizontal axis holds, in its units. */
function costsInSight(plot: FrontPlot, { references, limit }: Sight): number[] {
  const points = plot.series.flatMap((one) => one.points);
  const bands = points.flatMap(({ band, onLine }) => (onLine ? (band ?? []) : []));
  const others = [...references.map((reference) => reference.cost), ...(limit === undefined ? [] : [limit])];
  return scaled([...costsOf(plot), ...bands, ...others], plot.cost);
}

/** Axes that hold everything in sight. */
function axesOf(plot: FrontPlot, { references }: Sight, x: Scale, height: number): Axes {
  const { cost, quality, series, others } = plot;
  const points = series.flatMap((one) => one.points);
  const qualities = [
    ...[...points, ...others, ...references].flatMap((one) => one.quality ?? []),
    ...withBars(points).flatMap(({ interval }) => interval ?? []),
  ];
  const bounds = quality.name === 'accuracy' ? [0, 100] : [-Infinity, Infinity];
  const y = qualityScale(scaled(qualities, quality), height, bounds);
  return {
    x,
    y,
    place: (at) => ({ x: x.pixel(at.cost * cost.factor), y: y.pixel(at.quality * quality.factor) }),
  };
}

/** Reference models whose quality is known as well. */
function trainedReferences({ cost, quality }: FrontPlot, { references }: Sight, { place }: Axes): Item[] {
  return references.flatMap(({ name, cost: at, quality: reached }): Item[] => {
    if (reached === undefined) return [];
    const tip = `${name}; reference model; ${capital(quality.label)} ${quality.format(reached)}; ${capital(cost.label)} ${cost.format(at)}`;
    return [{ ...place({ cost: at, quality: reached }), tip, shape: 'diamond' }];
  });
}

/** Names next to the points, where there is room; in the colour of their front where there are several. */
function labelMarks(
  series: readonly FrontSeries[],
  { place }: Axes,
  frame: Frame,
  lines: readonly Box[],
): Mark {
  const points = series.flatMap(({ points: own, role }) => own.map((point) => ({ ...point, role })));
  const steps = series.flatMap((one) => stepBoxes(stairs(one).map(place)));
  const bars = series.flatMap((one) =>
    barEnds(one, place).map(({ low, high }) => ({
      left: low.x - 2,
      right: low.x + 2,
      top: high.y,
      bottom: low.y,
    })),
  );
  const labels = placeLabels(
    points.map((point) => ({ ...place(point), text: point.label })),
    11,
    { left: 2, top: 2, right: frame.width + frame.right - 4, bottom: frame.height - 2 },
    [...lines, ...steps, ...bars],
  );
  return texts(
    labels.map(({ index, x, y, text }) => ({
      x,
      y,
      text,
      role: series.length === 1 ? 'ink' : (points[index]?.role ?? 'ink'),
    })),
  );
}

/** More bars than these would only cover each other. */
const mostBars = 40;

/** The points whose interval is drawn: those on the line, or where they are too many the best of them. */
function withBars(points: readonly FrontPoint[]): readonly FrontPoint[] {
  const known = stairs({ points }).filter(({ interval }) => interval);
  return known.length <= mostBars ? known : known.toSorted((a, b) => b.quality - a.quality).slice(0, 1);
}

/** Lower and upper end of each bar that is drawn, in pixels. */
function barEnds({ points }: Pick<FrontSeries, 'points'>, place: Axes['place']) {
  return withBars(points).flatMap(({ cost, interval, label }) => {
    if (!interval) return [];
    const [low, high] = interval;
    return [{ label, interval, low: place({ cost, quality: low }), high: place({ cost, quality: high }) }];
  });
}

/** The steps of a front, the bands and intervals of what is on them, and its points. */
function seriesMarks(
  { name, role, shape, points }: FrontSeries,
  { x, place }: Axes,
  { cost: { factor }, quality }: FrontPlot,
): Mark[] {
  const onLine = stairs({ points });
  const bars = barEnds({ points }, place).map(
    ({ label, interval, low, high }): Item => ({
      x: low.x,
      x2: high.x,
      y: low.y,
      y2: high.y,
      tip: `${label}; at 95 % ${quality.format(interval[0])} to ${quality.format(interval[1])}`,
    }),
  );
  const bands = onLine.flatMap((point): Item[] => {
    if (!point.band) return [];
    const { y } = place(point);
    return [{ x: x.pixel(point.band[0] * factor), x2: x.pixel(point.band[1] * factor), y, y2: y }];
  });
  const items = (chosen: readonly FrontPoint[]) =>
    chosen.map((point): Item => ({ ...place(point), shape, tip: point.tip }));
  const rings = points
    .filter(({ level }) => level)
    .map((point): Item => ({ ...place(point), shape, tip: `${point.label}; level with the best` }));
  return [
    path(onLine.map(place), { role, strokeWidth: 1.5, opacity: 0.55 }, true),
    rules(bands, { role, strokeWidth: 4, opacity: 0.18 }),
    rules(bars, { role, strokeWidth: 1, opacity: 0.6, label: 'intervals at 95 %' }),
    symbols(rings, {
      role,
      hollow: true,
      size: 170,
      label: 'level with the most accurate',
    }),
    symbols(items(points.filter((point) => !point.onLine)), {
      role,
      hollow: true,
      size: 44,
      label: `front of ${name}`,
    }),
    symbols(items(onLine), { role, size: 62, label: `front of ${name}` }),
  ];
}

/** The points of a front's line, from left to right. */
const stairs = ({ points }: Pick<FrontSeries, 'points'>): FrontPoint[] =>
  points.filter(({ onLine }) => onLine).toSorted((a, b) => a.cost - b.cost);

/** What the line of a front covers: level from each point to the next, then upright. */
function stepBoxes(points: readonly { readonly x: number; readonly y: number }[]): Box[] {
  return points.slice(1).flatMap(({ x, y }, i) => {
    const from = points[i] as { x: number; y: number };
    return [
      { left: from.x, right: x, top: from.y - 1, bottom: from.y + 1 },
      { left: x - 1, right: x + 1, top: Math.min(y, from.y), bottom: Math.max(y, from.y) },
    ];
  });
}

/** A bar as the legend shows it: a path in the unit square of a symbol. */
const upright = 'M0,-0.8L0,0.8' as SymbolShape;

function legendOf({ series, others }: FrontPlot, { references }: Sight): LegendItem[] {
  const [only] = series;
  const single = series.length === 1 && only;
  const item = (label: string, { role, shape }: FrontSeries, hollow = false): LegendItem => ({
    label,
    role,
    shape,
    hollow,
  });
  return [
    ...(single ? [item('front', only)] : series.map((s) => item(s.name, s))),
    ...(single && only.points.some(({ onLine }) => !onLine)
      ? [item('on the front for another objective', only, true)]
      : []),
    ...(single && only.points.some(({ level }) => level)
      ? [{ ...item('level with the best', only), ringed: true }]
      : []),
    ...(single && withBars(only.points).length > 0
      ? [{ label: 'interval at 95 %', role: only.role, shape: upright, hollow: true, size: 150 }]
      : []),
    ...(others.length > 0
      ? [{ label: 'other trials', role: 'faint' as const, shape: 'circle' as const, size: 22 }]
      : []),
    ...(references.some(({ quality }) => quality !== undefined)
      ? [{ label: 'reference models', role: 'reference' as const, shape: 'diamond' as const }]
      : []),
  ];
}

function describe(
  { series, others, cost, quality }: FrontPlot,
  { references, limit, limitText }: Sight,
): string {
  const fronts = series.map(({ name, points }) => `${name}, ${counted(points.length, 'network')}`).join('; ');
  const leveled = series.flatMap(({ points }) => points.filter(({ level }) => level)).length;
  const models = references.map(({ name, cost: at }) => `${name} at ${cost.format(at)}`).join(', ');
  return [
    `${capital(quality.label)} (upwards) over ${cost.label} (to the right).`,
    `Fronts: ${fronts}.`,
    leveled > 0 ? `${leveled} of them level with the most accurate, within its interval at 95 %.` : '',
    others.length > 0 ? `${others.length} other trials.` : '',
    models ? `Reference models: ${models}.` : '',
    limit === undefined ? '' : `${capital(limitText)}: ${cost.format(limit)}.`,
  ]
    .filter(Boolean)
    .join(' ');
}
