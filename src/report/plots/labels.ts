/** Labels next to points: where one would cover a point or another label, it goes elsewhere or away. */
import { textWidth } from './theme.js';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface PlacedLabel {
  /** Left end of the text, and the middle of its height. */
  readonly x: number;
  readonly y: number;
  readonly text: string;
  /** Of the point, in the list that was given. */
  readonly index: number;
}

/** A point in pixels; the first ones are labelled first. */
export interface LabelledPoint {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

const gap = 7;

/**
 * Places labels greedily, each at the first of eight places around its point where it covers nothing and no
 * other point is nearer.
 * @param area what labels must stay in.
 * @param obstacles what they must not cover, in addition to the points themselves.
 */
export function placeLabels(
  points: readonly LabelledPoint[],
  size: number,
  area: Box,
  obstacles: readonly Box[],
): PlacedLabel[] {
  const taken = [...obstacles, ...points.map(({ x, y }) => boxAround(x, y, 4))];
  const labels: PlacedLabel[] = [];
  for (const [index, { x, y, text }] of points.entries()) {
    const width = textWidth(text, size);
    for (const [dx, dy] of places(width, size)) {
      const box = {
        left: x + dx,
        right: x + dx + width,
        top: y + dy - size / 2,
        bottom: y + dy + size / 2,
      };
      if (!inside(box, area) || taken.some((other) => overlap(box, other))) continue;
      // It would be read as the name of the point that it is nearest to.
      const own = distance(box, { x, y });
      if (points.some((other, i) => i !== index && distance(box, other) < own)) continue;
      taken.push(box);
      labels.push({ x: box.left, y: y + dy, text, index });
      break;
    }
  }
  return labels;
}

/** Offsets of a label's left end and middle: above left first, where a front has nothing. */
function places(width: number, size: number): readonly (readonly [number, number])[] {
  const up = gap + size / 2 - 1;
  return [
    [-width - gap + 2, -up + 3],
    [-width / 2, -up],
    [gap - 2, up - 3],
    [gap, 0],
    [-width - gap, 0],
    [gap - 2, -up + 3],
    [-width / 2, up],
    [-width - gap + 2, up - 3],
  ];
}

/** A square of twice `radius` around a point. */
const boxAround = (x: number, y: number, radius: number): Box => ({
  left: x - radius,
  right: x + radius,
  top: y - radius,
  bottom: y + radius,
});

const distance = (box: Box, { x, y }: { readonly x: number; readonly y: number }): number =>
  Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

const inside = (box: Box, area: Box): boolean =>
  box.left >= area.left && box.right <= area.right && box.top >= area.top && box.bottom <= area.bottom;
