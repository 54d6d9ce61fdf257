/** What all plots share: frame, heading, legend and axes, put together as a Vega specification. */
import type { Axis, Mark, Spec, SymbolShape } from 'vega';
import { symbols, texts } from './marks.js';
import type { Scale } from './scale.js';
import { type Role, colour, fontFamily, textWidth } from './theme.js';

/** A plot to be drawn. */
export interface Plot {
  /** Of its files, without extension. */
  readonly name: string;
  readonly title: string;
  /** What it shows, for those who cannot see it. */
  readonly description: string;
  readonly spec: Spec;
}

/** The inner area, and the room around it, in pixels. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A frame of a given outer size. */
export function frameOf(
  outerWidth: number,
  outerHeight: number,
  room: Partial<Omit<Frame, 'width' | 'height'>> = {},
): Frame {
  const { left = 64, right = 24, top = 66, bottom = 52 } = room;
  return { left, right, top, bottom, width: outerWidth - left - right, height: outerHeight - top - bottom };
}

/** An entry of the legend: a symbol as it stands in the plot, and what it means. */
export interface LegendItem {
  readonly label: string;
  readonly role: Role;
  readonly shape: SymbolShape;
  readonly hollow?: boolean;
  readonly size?: number;
  /** In a ring. */
  readonly ringed?: boolean;
}

/** An axis with its title; ticks are numbers of the scale. */
export interface AxisOptions {
  readonly scale: Scale;
  readonly title: string;
  readonly ticks?: number;
  readonly format?: string;
}

export interface ChartParts {
  readonly name: string;
  readonly title: string;
  /** Lines under the title. */
  readonly subtitle?: readonly string[];
  readonly description: string;
  readonly frame: Frame;
  readonly legend?: readonly LegendItem[];
  readonly x?: AxisOptions;
  readonly y?: AxisOptions;
  readonly marks: readonly Mark[];
}

const margin = 16;

/** How far the legend is from the top, in pixels, beneath so many lines of subtitle. */
export const legendY = (lines: number): number => 50 + 16 * lines;

/** Puts a plot together. */
export function chart(parts: ChartParts): Plot {
  const { name, title, subtitle = [], description, frame, legend = [], x, y, marks } = parts;
  const { left, right, top, bottom, width, height } = frame;
  const corner = { x: margin - left, y: 24 - top };
  const spec: Spec = {
    width,
    height,
    padding: { left, right, top, bottom },
    autosize: 'none',
    background: colour('paper'),
    config,
    scales: [...(x ? [vegaScale('x', x.scale)] : []), ...(y ? [vegaScale('y', y.scale)] : [])],
    axes: [...(x ? [axis('x', x)] : []), ...(y ? [axis('y', y)] : [])],
    marks: [
      texts([{ ...corner, text: title }], { size: 15, weight: 600 }),
      texts(
        subtitle.map((line, i) => ({ ...corner, y: corner.y + 19 + 16 * i, text: line })),
        { role: 'muted', size: 12 },
      ),
      ...legendMarks(legend, width + left + right, corner.x + 6, legendY(subtitle.length) - top),
      ...marks,
    ],
  };
  return { name, title, description, spec };
}

const config: NonNullable<Spec['config']> = {
  axis: {
    labelFont: fontFamily,
    titleFont: fontFamily,
    labelFontSize: 11,
    titleFontSize: 11,
    labelColor: colour('muted'),
    titleColor: colour('ink'),
    titleFontWeight: 400,
    gridColor: colour('grid'),
    domain: false,
    ticks: false,
    labelPadding: 8,
    titlePadding: 10,
    labelOverlap: 'greedy',
  },
  text: { font: fontFamily },
};

function vegaScale(name: 'x' | 'y', { type, domain }: Scale): NonNullable<Spec['scales']>[number] {
  return { name, type, domain: [...domain], range: name === 'x' ? 'width' : 'height', zero: false };
}

function axis(name: 'x' | 'y', { title, ticks = 6, format }: AxisOptions): Axis {
  return {
    scale: name,
    orient: name === 'x' ? 'bottom' : 'left',
    title,
    tickCount: ticks,
    grid: true,
    zindex: 0,
    ...(format === undefined ? {} : { format }),
  };
}

const legendRow = 16;
const itemWidth = ({ label }: LegendItem) => textWidth(label, 11) + 32;

/** A legend in as many rows as a plot of this outer width needs. */
function legendRows(items: readonly LegendItem[], outerWidth: number): LegendItem[][] {
  const rows: LegendItem[][] = [[]];
  let room = outerWidth - 2 * margin;
  for (const item of items) {
    if (itemWidth(item) > room && rows.at(-1)?.length) {
      rows.push([]);
      room = outerWidth - 2 * margin;
    }
    room -= itemWidth(item);
    rows.at(-1)?.push(item);
  }
  return rows;
}

/** How much further down the plot begins because its legend has more than one row, in pixels. */
export const legendRoom = (items: readonly LegendItem[], outerWidth: number): number =>
  legendRow * (legendRows(items, outerWidth).length - 1);

/** Symbols with their names, in rows. */
function legendMarks(items: readonly LegendItem[], outerWidth: number, left: number, top: number): Mark[] {
  return legendRows(items, outerWidth).flatMap((row, i) => rowMarks(row, left, top + i * legendRow));
}

function rowMarks(items: readonly LegendItem[], left: number, y: number): Mark[] {
  let x = left;
  return items.flatMap((item) => {
    const { label, role, shape, hollow = false, size = 50, ringed = false } = item;
    const at = x;
    x += itemWidth(item);
    return [
      ...(ringed ? [symbols([{ x: at, y, shape }], { role, hollow: true, size: 2.6 * size })] : []),
      symbols([{ x: at, y, shape }], { role, hollow, size }),
      texts([{ x: at + 9, y, text: label }], { role: 'muted' }),
    ];
  });
}
