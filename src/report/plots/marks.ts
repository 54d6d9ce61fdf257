/** Marks of Vega, placed in pixels: each helper takes its items and one style for all of them. */
import type { Mark, SymbolShape } from 'vega';
import { type Role, colour } from './theme.js';

/** An item in pixels of the plot's inner area. */
export interface Item {
  readonly x: number;
  readonly y: number;
  /** The other end of a line, or the opposite corner of a box. */
  readonly x2?: number;
  readonly y2?: number;
  readonly text?: string;
  readonly shape?: SymbolShape;
  readonly opacity?: number;
  readonly role?: Role;
  /** What it says to who points at it, and to screen readers; parts are separated by `; `. */
  readonly tip?: string | undefined;
}

export interface Style {
  readonly role?: Role;
  readonly opacity?: number;
  /** Area of a symbol in square pixels, height of a text in pixels. */
  readonly size?: number;
  readonly strokeWidth?: number;
  readonly dash?: readonly number[];
  /** A symbol of which only the edge is drawn. */
  readonly hollow?: boolean;
  readonly weight?: number;
  readonly align?: 'left' | 'center' | 'right';
  /** What the items are together, for screen readers. */
  readonly label?: string;
}

type Encoding = Readonly<Record<string, unknown>>;

const field = (name: keyof Item): Encoding => ({ field: name });
const constant = (value: unknown): Encoding => ({ value });
const round = (pixels: number): number => Math.round(pixels * 100) / 100;

/** A group with its own data: the one place where our items become Vega's. */
function marksOf(type: Mark['type'], items: readonly Item[], style: Style, encode: Encoding): Mark {
  const speaks = items.some(({ tip }) => tip !== undefined);
  const rows = items.map((item) => ({
    ...item,
    x: round(item.x),
    y: round(item.y),
    ...(item.x2 === undefined ? {} : { x2: round(item.x2) }),
    ...(item.y2 === undefined ? {} : { y2: round(item.y2) }),
    paint: colour(item.role ?? style.role ?? 'ink'),
    opacity: item.opacity ?? style.opacity ?? 1,
    shape: item.shape ?? 'circle',
  }));
  const inner = {
    type,
    from: { data: 'items' },
    interactive: speaks,
    aria: speaks || type === 'text',
    ...(style.label === undefined ? {} : { description: style.label }),
    encode: {
      enter: {
        x: field('x'),
        y: field('y'),
        opacity: field('opacity'),
        ...(speaks ? { description: field('tip') } : {}),
        ...encode,
      },
    },
  };
  return { type: 'group', data: [{ name: 'items', values: rows }], marks: [inner] } as unknown as Mark;
}

const paint: Encoding = { field: 'paint' };

/** Points. */
export function symbols(items: readonly Item[], style: Style = {}): Mark {
  const { size = 56, hollow = false } = style;
  return marksOf('symbol', items, style, {
    size: constant(size),
    shape: field('shape'),
    fill: hollow ? constant(colour('paper')) : paint,
    stroke: hollow ? paint : constant(colour('paper')),
    strokeWidth: constant(hollow ? 1.7 : 0.8),
  });
}

/** Straight lines from (x, y) to (x2, y2). */
export function rules(items: readonly Item[], style: Style = {}): Mark {
  return marksOf('rule', items, style, { x2: field('x2'), y2: field('y2'), ...stroke(style) });
}

/** Boxes from (x, y) to (x2, y2). */
export function boxes(items: readonly Item[], style: Style = {}): Mark {
  return marksOf('rect', items, style, { x2: field('x2'), y2: field('y2'), fill: paint });
}

/** One line through all items; `step`: level until the next. */
export function path(items: readonly Item[], style: Style = {}, step = false): Mark {
  const silent = items.map((item) => ({ ...item, tip: undefined }));
  return marksOf('line', silent, style, {
    ...stroke(style),
    interpolate: constant(step ? 'step-after' : 'linear'),
    strokeJoin: constant('round'),
  });
}

/** Texts, centred on their y. */
export function texts(items: readonly Item[], style: Style = {}): Mark {
  const { size = 11, weight = 400, align = 'left' } = style;
  return marksOf('text', items, style, {
    text: field('text'),
    fill: paint,
    fontSize: constant(size),
    fontWeight: constant(weight),
    align: constant(align),
    baseline: constant('middle'),
  });
}

function stroke({ strokeWidth = 1.5, dash }: Style): Encoding {
  return {
    stroke: paint,
    strokeWidth: constant(strokeWidth),
    ...(dash ? { strokeDash: constant([...dash]) } : {}),
  };
}
