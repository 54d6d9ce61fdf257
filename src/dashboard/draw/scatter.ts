/** Points over two axes, with the front as a staircase, limits as lines and references by name. */
import { type Block, type Role, textWidth } from './block.js';
import { type Axis, createPlot, type PlotArea } from './axes.js';
import { type Dots as PlotDots, marks } from './glyphs.js';

/** Many points of one kind, drawn as dots, or as characters where it has a glyph. */
export interface Cloud {
  readonly xs: ArrayLike<number>;
  readonly ys: ArrayLike<number>;
  /** Which points are meant: those of this kind, among as many as have one. */
  readonly kinds: Uint8Array;
  readonly kind: number;
  readonly role: Role;
  readonly glyph?: string;
}

/** The dots of a cloud on a plot, each once: what is left of 100,000 points. */
interface Dots {
  readonly plot: string;
  readonly xs: number[];
  readonly ys: number[];
}
/** A cloud is drawn again and again, as the cursor moves; only the last plot's dots are kept. */
const dotsOfCloud = new WeakMap<Cloud, Dots>();

function dotsOf(cloud: Cloud, plot: PlotArea, key: string): Dots {
  const known = dotsOfCloud.get(cloud);
  if (known?.plot === key) return known;
  const { dotWidth, dotHeight } = plot.canvas;
  const taken = new Uint8Array(dotWidth * dotHeight);
  const dots: Dots = { plot: key, xs: [], ys: [] };
  const { kinds, kind, xs, ys } = cloud;
  for (let i = 0; i < kinds.length; i++) {
    if (kinds[i] !== kind) continue;
    const x = Math.floor(plot.dotX(xs[i] as number));
    const y = Math.floor(plot.dotY(ys[i] as number));
    if (!(x >= 0 && x < dotWidth && y >= 0 && y < dotHeight) || taken[y * dotWidth + x]) continue;
    taken[y * dotWidth + x] = 1;
    dots.xs.push(x);
    dots.ys.push(y);
  }
  dotsOfCloud.set(cloud, dots);
  return dots;
}

/** Draws a cloud; whether any of it lies within the axes. */
function drawCloud(cloud: Cloud, plot: PlotArea, key: string): boolean {
  const { xs, ys } = dotsOf(cloud, plot, key);
  const { canvas, width, height } = plot;
  for (let i = 0; i < xs.length; i++) {
    const [x, y] = [xs[i] as number, ys[i] as number];
    if (cloud.glyph === undefined) canvas.dot(x, y, cloud.role, 1);
    else {
      const column = Math.floor((x * width) / canvas.dotWidth);
      canvas.write(column, Math.floor((y * height) / canvas.dotHeight), cloud.glyph, cloud.role);
    }
  }
  return xs.length > 0;
}

/** A point drawn as a character, with a label where there is room. */
export interface Mark {
  readonly x: number;
  readonly y: number;
  readonly glyph: string;
  readonly role: Role;
  readonly label?: string;
  readonly bold?: boolean;
}

export interface ScatterSpec {
  readonly width: number;
  readonly height: number;
  readonly x: Axis;
  readonly y: Axis;
  readonly clouds: readonly Cloud[];
  /** Front members by rising x: joined by a staircase. */
  readonly staircase: readonly { readonly x: number; readonly y: number }[];
  /** The front as it stood some minutes ago, where it has moved since: a dotted staircase. */
  readonly before: readonly { readonly x: number; readonly y: number }[];
  /** More staircases, each of its own colour. */
  readonly stairs?: readonly {
    readonly points: readonly { readonly x: number; readonly y: number }[];
    readonly role: Role;
    /** Of every so many dots. */
    readonly every?: number;
  }[];
  /** Areas between two heights, shaded with sparse dots; both NaN where there is none. */
  readonly bands?: readonly {
    readonly points: readonly { readonly x: number; readonly low: number; readonly high: number }[];
    readonly role: Role;
  }[];
  /** Upright lines: how far a point may be off. */
  readonly bars?: readonly { readonly x: number; readonly low: number; readonly high: number }[];
  /** Later marks lie over earlier ones. */
  readonly marks: readonly Mark[];
  readonly limitX?: number | undefined;
  readonly limitLabel?: string;
  readonly glyphs: PlotDots;
}

export interface Scatter {
  readonly block: Block;
  /** What can be seen on it: the roles of clouds and marks that have a point within the axes. */
  readonly shown: ReadonlySet<Role>;
  /** Where a mark was drawn, in characters of the block; undefined when outside the axes. */
  place(x: number, y: number): { column: number; row: number } | undefined;
}

/** Joins points by a staircase; dotted where only every so many dots are drawn. */
function drawStairs(points: ScatterSpec['staircase'], plot: PlotArea, role: Role, every = 1): void {
  for (const [i, from] of points.entries()) {
    const to = points[i + 1];
    if (!to) break;
    const y = plot.dotY(from.y);
    const x = plot.dotX(to.x);
    plot.canvas.segment(plot.dotX(from.x), y, x, y, role, 2, every);
    plot.canvas.segment(x, y, x, plot.dotY(to.y), role, 2, every);
  }
}

/** Dots between those that shade a band. */
const bandGap = 3;

/** Draws a scatter plot of exactly `width` by `height` characters. */
export function scatter(spec: ScatterSpec): Scatter {
  const plot = createPlot(spec.width, spec.height, spec.x, spec.y, spec.glyphs);
  const { canvas } = plot;
  const key = JSON.stringify([spec.width, spec.height, spec.glyphs, spec.x.scale, spec.y.scale]);
  const shown = new Set<Role>();
  for (const cloud of spec.clouds) if (drawCloud(cloud, plot, key)) shown.add(cloud.role);
  drawStairs(spec.before, plot, 'fresh', 3);
  for (const { points, role } of spec.bands ?? []) {
    for (const { x, low, high } of points) {
      if (Number.isNaN(low + high)) continue;
      plot.canvas.segment(plot.dotX(x), plot.dotY(low), plot.dotX(x), plot.dotY(high), role, 0, bandGap);
    }
  }
  for (const { points, role, every } of spec.stairs ?? []) drawStairs(points, plot, role, every);
  drawStairs(spec.staircase, plot, 'front');
  for (const { x, low, high } of spec.bars ?? []) {
    canvas.segment(plot.dotX(x), plot.dotY(low), plot.dotX(x), plot.dotY(high), 'muted', 1);
  }

  const place = (x: number, y: number): { column: number; row: number } | undefined => {
    const column = plot.cellX(x);
    const row = plot.cellY(y);
    const inside = column >= 0 && column < plot.width && row >= 0 && row < plot.height;
    return inside ? { column, row } : undefined;
  };

  const limitColumn = spec.limitX === undefined ? -1 : plot.cellX(spec.limitX);
  if (limitColumn >= 0 && limitColumn < plot.width) {
    shown.add('limit');
    for (let row = 0; row < plot.height; row++) canvas.write(limitColumn, row, '┊', 'limit');
  }
  const placed = spec.marks.flatMap((mark) => {
    const at = place(mark.x, mark.y);
    return at ? [{ mark, at }] : [];
  });
  for (const { mark, at } of placed) {
    canvas.write(at.column, at.row, mark.glyph, mark.role, mark.bold);
    shown.add(mark.role);
  }
  // Labels last, so that none covers a mark; on dots only where there is no other place.
  const spotFor = <Spot extends readonly [number, number]>(spots: readonly Spot[], size: number) =>
    spots.find(([column, row]) => canvas.empty(column, row, size)) ??
    spots.find(([column, row]) => canvas.free(column, row, size));
  if (limitColumn >= 0 && limitColumn < plot.width) {
    const label = spec.limitLabel ?? 'limit';
    const size = textWidth(label);
    const spots = Array.from({ length: plot.height }, (_, row) => [
      [limitColumn - size - 1, row] as const,
      [limitColumn + 2, row] as const,
    ]).flat();
    const spot = spotFor(spots, size);
    if (spot) canvas.write(spot[0], spot[1], label, 'limit');
  }
  for (const { mark, at } of placed) {
    if (!mark.label) continue;
    const size = textWidth(mark.label);
    const spots = [
      [at.column + 2, at.row],
      [at.column - size - 1, at.row],
      [at.column - Math.floor(size / 2), at.row - 1],
      [at.column - Math.floor(size / 2), at.row + 1],
      [at.column - Math.floor(size / 2), at.row - 2],
      [at.column - Math.floor(size / 2), at.row - 3],
    ] as const;
    // A blank on either side, so that no label runs into the next mark.
    const apart = spots.filter(
      ([column, row]) =>
        (column + size >= plot.width || canvas.free(column + size, row, 1)) &&
        (column === 0 || column - 1 === at.column || canvas.free(column - 1, row, 1)),
    );
    const spot = spotFor(apart, size);
    if (spot) canvas.write(spot[0], spot[1], mark.label, mark.role);
  }
  return {
    block: plot.finish(),
    shown,
    place(x, y) {
      const at = place(x, y);
      return at && { column: at.column + plot.left, row: at.row + plot.top };
    },
  };
}

/** The marks that a legend explains, in the order of their importance. */
export const legend: readonly { glyph: string; role: Role; text: string }[] = [
  { glyph: marks.front, role: 'front', text: 'front' },
  { glyph: marks.fresh, role: 'fresh', text: 'new in 5 min' },
  { glyph: '·', role: 'dominated', text: 'dominated' },
  { glyph: marks.infeasible, role: 'infeasible', text: 'over a limit' },
  { glyph: marks.reference, role: 'reference', text: 'reference model' },
];
