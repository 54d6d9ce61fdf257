/** ONNX nodes of the ops that only some networks have: pooling, shuffles, transformers and hard gates. */
import {
  type AttentionOp,
  type HardGateOp,
  type LayerNormOp,
  type MaxPoolOp,
  type Op,
  type Shape,
  type ShuffleOp,
  attentionMask,
  gateSlack,
} from '../../models/index.js';
import type { FoldedOp } from '../fold.js';
import { type Attribute, integer, integers, samePadding } from './attributes.js';

/** What is written to. */
interface Writer {
  constant(name: string, dims: readonly number[], data: Float32Array): string;
  indices(name: string, values: readonly number[]): string;
  /** A node whose result is the value of `op`. */
  node(op: Op, opType: string, input: readonly string[], attribute?: readonly Attribute[]): void;
  push(
    opType: string,
    name: string,
    input: readonly string[],
    output: string,
    attribute?: readonly Attribute[],
  ): void;
}

type OtherOp = MaxPoolOp | ShuffleOp | LayerNormOp | AttentionOp | HardGateOp;

/** Writes `op`, which reads the value `x` of shape `from`. */
export function writeOther(w: Writer, op: OtherOp, x: string, from: Shape, folded: FoldedOp): void {
  /** An intermediate node; its value is named after the op and `part`. */
  const step = (part: string, opType: string, input: readonly string[], attribute?: readonly Attribute[]) => {
    const name = `${op.name}/${part}`;
    w.push(opType, name, input, name, attribute);
    return name;
  };
  const reshape = (part: string, input: string, shape: readonly number[]) =>
    step(part, 'Reshape', [input, w.indices(`${op.name}/${part}.shape`, shape)]);
  const transpose = (part: string, input: string, perm: readonly number[]) =>
    step(part, 'Transpose', [input], [integers('perm', perm)]);
  const [height, width, channels] = op.shape;
  const scalar = (part: string, value: number) =>
    w.constant(`${op.name}.${part}`, [], Float32Array.of(value));

  switch (op.kind) {
    case 'maxPool': {
      const [top, bottom] = samePadding(from[0], height, op.kernel, op.stride);
      const [left, right] = samePadding(from[1], width, op.kernel, op.stride);
      return w.node(
        op,
        'MaxPool',
        [x],
        [
          integers('kernel_shape', [op.kernel, op.kernel]),
          integers('strides', [op.stride, op.stride]),
          integers('pads', [top, left, bottom, right]),
        ],
      );
    }
    case 'shuffle': {
      const parts = reshape('parts', x, [-1, op.groups, channels / op.groups, height, width]);
      const turned = transpose('turned', parts, [0, 2, 1, 3, 4]);
      const shape = w.indices(`${op.name}.shape`, [-1, channels, height, width]);
      return w.node(op, 'Reshape', [turned, shape]);
    }
    case 'layerNorm': {
      const overChannels = [integers('axes', [1]), integer('keepdims', 1)];
      const centred = step('centred', 'Sub', [x, step('mean', 'ReduceMean', [x], overChannels)]);
      const squares = step('squares', 'Mul', [centred, centred]);
      const variance = step('variance', 'ReduceMean', [squares], overChannels);
      const padded = step('padded', 'Add', [variance, scalar('epsilon', op.epsilon)]);
      const unit = step('unit', 'Div', [centred, step('deviation', 'Sqrt', [padded])]);
      const dims = [1, channels, 1, 1];
      const gamma = w.constant(`${op.name}.gamma`, dims, folded.scale as Float32Array);
      const beta = w.constant(`${op.name}.beta`, dims, folded.bias as Float32Array);
      return w.node(op, 'Add', [step('scaled', 'Mul', [unit, gamma]), beta]);
    }
    case 'hardGate': {
      const raw = folded.bias?.[0] ?? 0;
      const threshold = op.threshold === 'learned' ? 1 / (1 + Math.exp(-raw)) : op.threshold;
      const least = scalar('least', (threshold - gateSlack) / channels);
      const open = step('open', 'GreaterOrEqual', [x, least]);
      return w.node(op, 'Mul', [x, step('mask', 'Cast', [open], [integer('to', 1)])]);
    }
    case 'attention': {
      const { heads, patch } = op;
      const [rows, columns] = [Math.ceil(height / patch), Math.ceil(width / patch)];
      const [below, right] = [rows * patch - height, columns * patch - width];
      const uneven = below > 0 || right > 0;
      const size = channels / heads;
      const padded = uneven
        ? step('padded', 'Pad', [x, w.indices(`${op.name}.pads`, [0, 0, 0, 0, 0, 0, below, right])])
        : x;
      // [batch, C, H, W] to [batch, place in the patch, head, patch, channel].
      const sets = (part: string, index: number) => {
        const bound = (name: string, value: number) => w.indices(`${op.name}.${part}.${name}`, [value]);
        const own = step(part, 'Slice', [
          padded,
          bound('begin', index * channels),
          bound('end', (index + 1) * channels),
          bound('axis', 1),
        ]);
        const cut = reshape(`${part}.cut`, own, [-1, heads, size, rows, patch, columns, patch]);
        const turned = transpose(`${part}.turned`, cut, [0, 4, 6, 1, 3, 5, 2]);
        return reshape(`${part}.sets`, turned, [-1, patch * patch, heads, rows * columns, size]);
      };
      const [q, k, v] = [sets('query', 0), sets('key', 1), sets('value', 2)];
      const products = step('products', 'MatMul', [q, transpose('key.flipped', k, [0, 1, 2, 4, 3])]);
      let scores = step('scores', 'Mul', [products, scalar('scale', 1 / Math.sqrt(size))]);
      if (uneven) {
        const dims = [1, patch * patch, 1, 1, rows * columns];
        scores = step('masked', 'Add', [scores, w.constant(`${op.name}.mask`, dims, attentionMask(op))]);
      }
      const weights = step('weights', 'Softmax', [scores], [integer('axis', -1)]);
      const mixed = step('mixed', 'MatMul', [weights, v]);
      const uncut = reshape('uncut', mixed, [-1, patch, patch, heads, rows, columns, size]);
      const turned = transpose('turned', uncut, [0, 3, 6, 4, 1, 5, 2]);
      const shape = w.indices(`${op.name}.shape`, [-1, channels, rows * patch, columns * patch]);
      if (!uneven) return w.node(op, 'Reshape', [turned, shape]);
      const whole = step('whole', 'Reshape', [turned, shape]);
      const axes = w.indices(`${op.name}.axes`, [2, 3]);
      const begin = w.indices(`${op.name}.begin`, [0, 0]);
      return w.node(op, 'Slice', [whole, begin, w.indices(`${op.name}.end`, [height, width]), axes]);
    }
  }
}
