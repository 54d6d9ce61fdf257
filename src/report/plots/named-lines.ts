/** The upright lines of a front plot: the limit, and reference models that were not trained here. */
import type { Mark } from 'vega';
import { type Metric, capital } from '../model/metrics.js';
import type { Frame } from './chart.js';
import type { Sight } from './front-data.js';
import type { Box } from './labels.js';
import { type Item, rules, texts } from './marks.js';
import type { Scale } from './scale.js';
import { type Role, textWidth } from './theme.js';

/** The names stand in rows above the plot: the first one's top, and from row to row. */
const firstRow = -18;
const rowHeight = 13;
/** Room is kept for so many, so that plots that stand side by side are as high. */
const usualRows = 3;

/** Where names stand: each over its line as far as the sides allow, in the lowest row where it covers no other. */
export function placeNames(
  lines: readonly { readonly x: number; readonly name: string }[],
  { width: within, right }: Pick<Frame, 'width' | 'right'>,
): Box[] {
  const placed: Box[] = [];
  for (const { x, name } of lines) {
    const width = textWidth(name, 11) + 10;
    const left = Math.min(Math.max(0, x - width / 2), within + right - width);
    const taken = (top: number) =>
      placed.some((b) => b.left < left + width && left < b.right && b.top === top);
    let top = firstRow;
    while (taken(top)) top -= rowHeight;
    placed.push({ left, right: left + width, top, bottom: top + rowHeight });
  }
  return placed;
}

export interface NamedLines {
  /** What the names take above the plot. */
  readonly headroom: number;
  /** Lines as high as the plot, and the names. */
  marks(height: number): Mark[];
  /** Where no other label should be. */
  obstacles(height: number): Box[];
}

/** Upright lines with names above the plot: the limit, and reference models of which only the cost is known. */
export function namedLines(
  cost: Metric,
  { references, limit: most, limitText }: Sight,
  x: Scale,
  frame: Pick<Frame, 'width' | 'right'>,
): NamedLines {
  const lines = references
    .filter(({ quality }) => quality === undefined)
    .map(({ name, cost: at }) => ({
      name,
      at,
      role: 'reference' as Role,
      tip: `${name}; reference model; ${capital(cost.label)} ${cost.format(at)}; not trained here, so its accuracy is not known`,
    }));
  const limit =
    most === undefined
      ? []
      : [
          {
            name: `${limitText} ${cost.format(most)}`,
            at: most,
            role: 'limit' as Role,
            tip: `${capital(limitText)}; ${capital(cost.label)} ${cost.format(most)}`,
          },
        ];
  // The limit first: its name is the nearest to its line.
  const all = [...limit, ...lines].map((line) => ({ ...line, x: x.pixel(line.at * cost.factor) }));
  const placed = placeNames(all, frame);
  const names = placed.map(({ left, top }, i): Item => {
    const { name, role } = all[i] as (typeof all)[number];
    return { x: left + 5, y: top + 8, text: name, role };
  });
  const upright = (dash: boolean, height: number) =>
    rules(
      all
        .filter(({ role }) => (role === 'reference') === dash)
        .map(({ x: at, role, tip }) => ({ x: at, x2: at, y: -4, y2: height, role, tip })),
      { strokeWidth: 1.4, ...(dash ? { dash: [5, 4] } : {}), label: dash ? 'reference models' : 'limit' },
    );
  const usual = firstRow - (usualRows - 1) * rowHeight;
  return {
    headroom: -Math.min(usual, ...placed.map(({ top }) => top)),
    marks: (height) => [upright(true, height), upright(false, height), texts(names)],
    obstacles: (height) => all.map(({ x: at }) => ({ left: at - 2, right: at + 2, top: 0, bottom: height })),
  };
}
