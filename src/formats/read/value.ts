/** Values that flow between a file's nodes, and how they lie on the layer graph's maps. */
import type { Shape } from '../../models/index.js';

export interface Value {
  /** All dimensions, the batch among them, in the order of the file's layout. */
  readonly shape: readonly number[];
  /** The axis of channels. */
  readonly channel: number;
  /** The layer that makes it; a constant has none. */
  readonly id?: number | undefined;
  /** Values of a small constant. */
  readonly numbers?: readonly number[] | undefined;
}

export const product = (numbers: readonly number[]): number => numbers.reduce((a, b) => a * b, 1);

/** The dimensions but the batch and the channels. */
export function spatialAxes({ shape, channel }: Value): number[] {
  return shape.map((_, axis) => axis).filter((axis) => axis !== channel && (axis > 0 || channel === 0));
}

/** Height, width and channels: what is neither channels nor the last other axis goes into the height. */
export function imageOf({ shape, channel }: Pick<Value, 'shape' | 'channel'>): Shape {
  const others = shape.filter((_, axis) => axis !== channel);
  const width = others.length > 1 ? (others.at(-1) as number) : 1;
  const height = product(others.length > 1 ? others.slice(0, -1) : others);
  return [Math.max(1, height), Math.max(1, width), Math.max(1, shape[channel] ?? 1)];
}

/** An axis counted from the end where it is negative. */
export const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** The shape of an element-wise op; undefined where two do not fit. */
export function broadcast(shapes: readonly (readonly number[])[]): number[] | undefined {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    let size = 1;
    for (const shape of shapes) {
      const own = shape[axis - rank + shape.length] ?? 1;
      if (own !== 1 && size !== 1 && own !== size) return undefined;
      if (own !== 1) size = own;
    }
    result.push(size);
  }
  return result;
}
