/** Layer normalisation and MobileViT's self-attention, forward and backward. */
import { type AttentionOp, type LayerNormOp, attentionMask } from '../../../models/index.js';
import { concat, mean, sliceChannels, sum } from './gradients.js';
import { type Ref, T, attr } from './graph-writer.js';
import type { Layer, Surroundings } from './layer.js';

export function layerNorm(s: Surroundings, op: LayerNormOp, x: Ref): Layer {
  const { g } = s;
  const multiply = (a: Ref, b: Ref) => g.op('Mul', [a, b]);
  const subtract = (a: Ref, b: Ref) => g.op('Sub', [a, b]);
  const [gamma, beta] = [s.variable(`${op.name}.gamma`), s.variable(`${op.name}.beta`)];
  const centred = subtract(x, mean(g, x, [3], true));
  const variance = mean(g, g.op('Square', [centred]), [3], true);
  const inverse = g.op('Rsqrt', [g.op('AddV2', [variance, g.float(op.epsilon)])]);
  const unit = multiply(centred, inverse);
  return {
    output: g.op('AddV2', [multiply(unit, gamma), beta]),
    backward(dy, into) {
      into.variables.set(`${op.name}.gamma`, sum(g, multiply(dy, unit), [0, 1, 2], false));
      into.variables.set(`${op.name}.beta`, sum(g, dy, [0, 1, 2], false));
      // dx = (d - mean(d) - xhat mean(d xhat)) / s with d = dy gamma
      const d = multiply(dy, gamma);
      const along = multiply(unit, mean(g, multiply(d, unit), [3], true));
      const rest = subtract(subtract(d, mean(g, d, [3], true)), along);
      into.add(op.inputs[0] as number, { kind: 'full', ref: multiply(rest, inverse) });
    },
  };
}

/** From [batch, rows, patch, columns, patch, head, channel] to sets of pixels at one place, and back. */
const toSetsOrder = [0, 2, 4, 5, 1, 3, 6];
const fromSetsOrder = [0, 4, 1, 5, 2, 3, 6];

export function attention(s: Surroundings, op: AttentionOp, x: Ref): Layer {
  const { g } = s;
  const { heads, patch } = op;
  const [height, width, channels] = op.shape;
  const [rows, columns] = [Math.ceil(height / patch), Math.ceil(width / patch)];
  const [below, right] = [rows * patch - height, columns * patch - width];
  const uneven = below > 0 || right > 0;
  const size = channels / heads;

  const reshape = (ref: Ref, shape: readonly number[]) => g.op('Reshape', [ref, g.ints(shape)]);
  const transpose = (ref: Ref, order: readonly number[]) =>
    g.op('Transpose', [ref, g.ints(order)], { ...T, Tperm: attr.type('int32') });
  const product = (a: Ref, b: Ref, { x: adjX = false, y: adjY = false } = {}) =>
    g.op('BatchMatMulV2', [a, b], { ...T, adj_x: attr.bool(adjX), adj_y: attr.bool(adjY) });
  const pad = (ref: Ref) =>
    uneven ? g.op('Pad', [ref, g.constant(Int32Array.of(0, 0, 0, below, 0, right, 0, 0), [4, 2])]) : ref;
  const crop = (ref: Ref) => {
    if (!uneven) return ref;
    const attributes = { ...T, Index: attr.type('int32') };
    return g.op('Slice', [ref, g.ints([0, 0, 0, 0]), g.ints([-1, height, width, -1])], attributes);
  };
  const toSets = (ref: Ref) => {
    const cut = reshape(ref, [-1, rows, patch, columns, patch, heads, size]);
    return reshape(transpose(cut, toSetsOrder), [-1, patch * patch, heads, rows * columns, size]);
  };
  const fromSets = (ref: Ref) => {
    const uncut = reshape(ref, [-1, patch, patch, heads, rows, columns, size]);
    return reshape(transpose(uncut, fromSetsOrder), [-1, rows * patch, columns * patch, channels]);
  };

  const padded = pad(x);
  const [q, k, v] = [0, 1, 2].map((i) => toSets(sliceChannels(g, padded, i * channels, channels))) as [
    Ref,
    Ref,
    Ref,
  ];
  const scale = g.float(1 / Math.sqrt(size));
  let scores = g.op('Mul', [product(q, k, { y: true }), scale]);
  if (uneven) {
    const mask = g.constant(attentionMask(op), [1, patch * patch, 1, 1, rows * columns]);
    scores = g.op('AddV2', [scores, mask]);
  }
  const weights = g.op('Softmax', [scores]);
  return {
    output: crop(fromSets(product(weights, v))),
    backward(gradient, into) {
      const dy = toSets(pad(gradient));
      const dv = product(weights, dy, { x: true });
      const dWeights = product(dy, v, { y: true });
      const along = sum(g, g.op('Mul', [dWeights, weights]), [4], true);
      const dSoftmax = g.op('Mul', [g.op('Sub', [dWeights, along]), weights]);
      const dScores = g.op('Mul', [dSoftmax, scale]);
      const [dq, dk] = [product(dScores, k), product(dScores, q, { x: true })];
      const ref = crop(concat(g, [dq, dk, dv].map(fromSets)));
      into.add(op.inputs[0] as number, { kind: 'full', ref });
    },
  };
}
