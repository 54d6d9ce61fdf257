/** Ops that only move numbers: the same for floats and integers. */
import { InternalError } from '../../base/index.js';
import type { LoweredNode } from '../lower/index.js';

type Numbers = Float32Array | Int8Array;
type Shape = readonly number[];
export const sizeOf = (shape: Shape): number => shape.reduce((product, n) => product * n, 1);

/** An empty array of the same kind. */
export function like<T extends Numbers>(x: T, length: number): T {
  return (x instanceof Int8Array ? new Int8Array(length) : new Float32Array(length)) as T;
}

/** Row-major steps of each axis. */
export function stepsOf(shape: Shape): number[] {
  const steps = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    steps[axis] = (steps[axis + 1] as number) * (shape[axis + 1] as number);
  }
  return steps;
}

/** For each element of an array of `shape`, in order, the sum of its places times `steps`. */
function places(shape: Shape, steps: readonly number[], begin = 0): Int32Array {
  const result = new Int32Array(sizeOf(shape));
  const inner = shape.at(-1) ?? 1;
  const innerStep = steps.at(-1) ?? 0;
  const place = new Array<number>(Math.max(0, shape.length - 1)).fill(0);
  let at = begin;
  for (let i = 0; i < result.length; i += inner) {
    for (let j = 0; j < inner; j++) result[i + j] = at + j * innerStep;
    for (let axis = place.length - 1; axis >= 0; axis--) {
      place[axis] = (place[axis] as number) + 1;
      at += steps[axis] as number;
      if ((place[axis] as number) < (shape[axis] as number)) break;
      at -= (steps[axis] as number) * (shape[axis] as number);
      place[axis] = 0;
    }
  }
  return result;
}

function gather<T extends Numbers>(x: T, from: Int32Array): T {
  const y = like(x, from.length);
  for (let i = 0; i < from.length; i++) y[i] = x[from[i] as number] as number;
  return y;
}

/** Elements of the smaller array for each of the larger: those of axes of size 1 are repeated. */
export function broadcastPlaces(small: Shape, large: Shape): Int32Array {
  const aligned = [...new Array<number>(large.length - small.length).fill(1), ...small];
  const steps = stepsOf(aligned).map((step, axis) => (aligned[axis] === 1 ? 0 : step));
  return places(large, steps);
}

/**
 * The outputs of a node that moves numbers.
 * @param zero what a pad writes: the number that stands for 0.
 */
export function move<T extends Numbers>(
  node: LoweredNode,
  inputs: readonly T[],
  shapes: readonly Shape[],
  outShapes: readonly Shape[],
  zero = 0,
): T[] {
  const x = inputs[0] as T;
  const from = shapes[0] as Shape;
  const to = outShapes[0] as Shape;
  switch (node.kind) {
    case 'split':
      return outShapes.map((shape, i) =>
        gather(x, places(shape, stepsOf(from), i * (shape.at(-1) as number))),
      );
    case 'slice': {
      const steps = stepsOf(from);
      const begin = node.begin.reduce((sum, place, axis) => sum + place * (steps[axis] as number), 0);
      return [gather(x, places(to, steps, begin))];
    }
    case 'concat': {
      const y = like(x, sizeOf(to));
      const channels = to.at(-1) as number;
      let begin = 0;
      inputs.forEach((part, p) => {
        const own = (shapes[p] as Shape).at(-1) as number;
        for (let row = 0; row < part.length / own; row++) {
          y.set(part.subarray(row * own, (row + 1) * own), row * channels + begin);
        }
        begin += own;
      });
      return [y];
    }
    case 'reshape':
      return [x];
    case 'transpose': {
      const steps = stepsOf(from);
      return [
        gather(
          x,
          places(
            to,
            node.perm.map((axis) => steps[axis] as number),
          ),
        ),
      ];
    }
    case 'pad': {
      const y = like(x, sizeOf(to)).fill(zero) as T;
      const steps = stepsOf(to);
      const begin = node.pads.reduce((sum, [before], axis) => sum + before * (steps[axis] as number), 0);
      places(from, steps, begin).forEach((place, i) => {
        y[place] = x[i] as number;
      });
      return [y];
    }
    default:
      throw new InternalError(`${node.kind} does more than move numbers`);
  }
}
