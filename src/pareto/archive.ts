/** A front and its hypervolume, kept up to date point by point. */
import { bisect } from '../base/index.js';
import type { Point } from './dominance.js';
import { createFront } from './front.js';
import { exclusive } from './hypervolume.js';

/** A growing set of points of which only the non-dominated ones are kept. */
export interface HypervolumeArchive {
  /** Adds a point, and returns by how much it raised the hypervolume (0 when a member covers it). */
  add(point: Point): number;
  /** What `add` would return, changing nothing. */
  gain(point: Point): number;
  /** The hypervolume so far. */
  readonly value: number;
  /** The non-dominated points so far, those beyond the reference included; ascending in objective 0. */
  readonly points: readonly Point[];
}

/** An empty archive up to a reference point, in minimisation. Two objectives cost log n a point. */
export function createHypervolume(reference: Point): HypervolumeArchive {
  const front = createFront<Point>(reference.length, 'covered');
  const points = front.ascending;
  const gain = reference.length === 2 ? stripGain : generalGain;
  let value = 0;

  const x = (i: number) => (points[i] as Point)[0] as number;
  const y = (i: number) => (points[i] as Point)[1] as number;

  /** The first place whose x is not below `value`. */
  function place(value: number): number {
    return bisect(points.length, (i) => x(i) < value);
  }

  function stripGain(point: Point): number {
    const [right, top] = [reference[0] as number, reference[1] as number];
    const [px, py] = [point[0] as number, point[1] as number];
    if (!(px < right && py < top)) return 0;
    const start = place(px);
    let height = start > 0 ? Math.min(top, y(start - 1)) : top;
    let left = px;
    let total = 0;
    for (let i = start; i < points.length && height > py && left < right; i++) {
      const next = Math.min(right, x(i));
      total += (next - left) * (height - py);
      left = next;
      height = Math.min(height, y(i));
    }
    return height > py ? total + (right - left) * (height - py) : total;
  }

  function generalGain(point: Point): number {
    return exclusive(point, points, reference, reference.length);
  }

  return {
    add(point) {
      // First of all: in a long search nearly every point is covered, and the volume is the costly part.
      if (!front.accepts(point)) return 0;
      const added = gain(point);
      front.add(point, point);
      value += added;
      return added;
    },
    gain,
    get value() {
      return value;
    },
    get points() {
      return points;
    },
  };
}
