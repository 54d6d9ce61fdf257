/** Pooling and shuffling: ops without weights that pick or move values. */
import type { MaxPoolOp, ShuffleOp } from '../../../models/index.js';
import { type GraphWriter, type Ref, T, attr } from './graph-writer.js';
import type { Layer, Surroundings } from './layer.js';

export function maxPool(s: Surroundings, op: MaxPoolOp, x: Ref): Layer {
  const { g } = s;
  const attributes = {
    ...T,
    ksize: attr.ints([1, op.kernel, op.kernel, 1]),
    strides: attr.ints([1, op.stride, op.stride, 1]),
    padding: attr.string('SAME'),
  };
  const y = g.op('MaxPool', [x], attributes);
  return {
    output: y,
    backward: (dy, into) =>
      into.add(op.inputs[0] as number, { kind: 'full', ref: g.op('MaxPoolGrad', [x, y, dy], attributes) }),
  };
}

/** The channels of `x` as a matrix of `rows` rows, turned. */
function turn(g: GraphWriter, x: Ref, [height, width, channels]: readonly number[], rows: number): Ref {
  const [h, w, c] = [height as number, width as number, channels as number];
  const matrix = g.op('Reshape', [x, g.ints([-1, h * w, rows, c / rows])]);
  const turned = g.op('Transpose', [matrix, g.ints([0, 1, 3, 2])], { ...T, Tperm: attr.type('int32') });
  return g.op('Reshape', [turned, g.ints([-1, h, w, c])]);
}

export function shuffle(s: Surroundings, op: ShuffleOp, x: Ref): Layer {
  const back = op.shape[2] / op.groups;
  return {
    output: turn(s.g, x, op.shape, op.groups),
    backward: (dy, into) =>
      into.add(op.inputs[0] as number, { kind: 'full', ref: turn(s.g, dy, op.shape, back) }),
  };
}
