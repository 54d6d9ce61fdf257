/** Curves over two axes. */
import { type Axis, type PlotArea, createPlot } from './axes.js';
import type { Block, Role } from './block.js';
import type { Dots } from './glyphs.js';

export interface Series {
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly role: Role;
  /** Hold each value until the next point, instead of a straight line between them. */
  readonly steps?: boolean;
  /** A mark along it and at its end, where colours alone would not do. */
  readonly glyph?: string;
}

export interface LineChartSpec {
  readonly width: number;
  readonly height: number;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  readonly glyphs: Dots;
}

/** Draws curves, later ones over earlier ones, in exactly `width` by `height` characters. */
export function lineChart({ width, height, x, y, series, glyphs }: LineChartSpec): Block {
  const plot = createPlot(width, height, x, y, glyphs);
  for (const [rank, { points, role, steps, glyph }] of series.entries()) {
    const segment = (x0: number, y0: number, x1: number, y1: number): void =>
      plot.canvas.segment(plot.dotX(x0), plot.dotY(y0), plot.dotX(x1), plot.dotY(y1), role, rank + 1);
    for (const [i, to] of points.entries()) {
      const from = points[i - 1] ?? to;
      if (steps) {
        segment(from.x, from.y, to.x, from.y);
        segment(to.x, from.y, to.x, to.y);
      } else {
        segment(from.x, from.y, to.x, to.y);
      }
    }
    if (glyph !== undefined) markAlong(points, plot, glyph, role);
  }
  return plot.finish();
}

/** Columns between two marks of a curve. */
const markGap = 24;

function markAlong(points: Series['points'], plot: PlotArea, glyph: string, role: Role): void {
  let last = Number.POSITIVE_INFINITY;
  for (const { x, y } of points.toReversed()) {
    const [column, row] = [Math.min(plot.width - 1, plot.cellX(x)), plot.cellY(y)];
    if (last - column < markGap && Number.isFinite(last)) continue;
    last = column;
    plot.canvas.write(column, row, glyph, role, true);
  }
}
