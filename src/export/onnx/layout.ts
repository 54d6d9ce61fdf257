/** ONNX's layout: channels second in maps, and kernels with the output first and the window last. */

/** How a value lies in the file: a map with its channels second, or as the lowered graph has it. */
export type Layout = 'map' | 'plain';

/** Where each axis of [1, height, width, channels] is in [1, channels, height, width]. */
const mapAxes = [0, 2, 3, 1] as const;
/** The axes of a map's file shape, in those of the lowered graph. */
export const toMap = [0, 3, 1, 2] as const;
/** The way back. */
export const fromMap = [0, 2, 3, 1] as const;

/** How an input or output lies in a file. */
export const layoutOf = (shape: readonly number[]): Layout => (shape.length === 4 ? 'map' : 'plain');

export const axisIn = (layout: Layout, axis: number): number =>
  layout === 'map' ? (mapAxes[axis] as number) : axis;

export function shapeIn(layout: Layout, shape: readonly number[]): readonly number[] {
  return layout === 'map' ? toMap.map((axis) => shape[axis] as number) : shape;
}

export type Elements = Float32Array | Int8Array | Int32Array;

/** An array of four axes in another order of them. */
export function permuted<T extends Elements>(data: T, shape: readonly number[], order: readonly number[]): T {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const [n = 1, a = 1, b = 1, c = 1] = order.map((axis) => shape[axis] as number);
  const [sn = 0, sa = 0, sb = 0, sc = 0] = order.map((axis) => strides[axis] as number);
  const result = data.slice() as T;
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < a; j++) {
      for (let k = 0; k < b; k++) {
        for (let l = 0; l < c; l++) result[at++] = data[i * sn + j * sa + k * sb + l * sc] as number;
      }
    }
  }
  return result;
}
