/** The upright lines of a front plot: the limit, and reference models that were not trained here. */
import type { Mark } from 'vega';
import { type Metric, capital } from '../model/metrics.js';
import type { Frame } from './chart.js';
import type { Sight } from './front-data.js';
import type { Box } from './labels.js';
import { type Item, rules, texts } from './marks.js';
import type { Scale } from './scale.js';
import { type Role, textWidth } from './theme.js';

/** Tops of the rows of names above the plot, the nearest first. */
const rows = [-18, -31, -44] as const;

/** Upright lines with names above the plot: the limit, and reference models of which only the cost is known. */
export function namedLines(
  cost: Metric,
  { landmarks, limit: most, limitText }: Sight,
  x: Scale,
  frame: Frame,
): { marks: Mark[]; obstacles: Box[] } {
  const lines = landmarks
    .filter(({ quality }) => quality === undefined)
    .map(({ name, cost: at }) => ({
      name,
      at,
      role: 'landmark' as Role,
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
  const all = [...lines, ...limit].map((line) => ({ ...line, x: x.pixel(line.at * cost.factor) }));
  const placed: Box[] = [];
  const names = all.map(({ name, x: at, role }): Item => {
    const width = textWidth(name, 11) + 10;
    const left = Math.min(Math.max(0, at - width / 2), frame.width + frame.right - width);
    const taken = (top: number) =>
      placed.some((b) => b.left < left + width && left < b.right && b.top === top);
    const top = rows.find((row) => !taken(row)) ?? rows[0];
    placed.push({ left, right: left + width, top, bottom: top + 13 });
    return { x: left + 5, y: top + 8, text: name, role };
  });
  const upright = (dash: boolean) =>
    rules(
      all
        .filter(({ role }) => (role === 'landmark') === dash)
        .map(({ x: at, role, tip }) => ({ x: at, x2: at, y: -4, y2: frame.height, role, tip })),
      { strokeWidth: 1.4, ...(dash ? { dash: [5, 4] } : {}), label: dash ? 'reference models' : 'limit' },
    );
  return {
    marks: [upright(true), upright(false), texts(names)],
    obstacles: all.map(({ x: at }): Box => ({ left: at - 2, right: at + 2, top: 0, bottom: frame.height })),
  };
}
