/**
 * Convolutions and dense layers.
 *
 * - A 1x1 convolution is a matrix product over pixels: 10 to 40 % faster than TensorFlow's Conv2D.
 * - A grouped convolution is one with a block-diagonal kernel. TensorFlow has no gradient of a grouped
 *   one on the CPU, and at the two to four groups of a MixNet the copies of split and concat cost
 *   more than the products with zero.
 * - A dilated kernel is an ordinary one with zeros between its taps; TensorFlow's device kernels for the CPU have no
 *   gradients for dilation.
 */
import { type Conv2dOp, type DenseOp, type DepthwiseOp, type Op } from '../../../models/index.js';
import { asDepthwise } from '../../runtime/index.js';
import { inputOf } from '../variables.js';
import { skippable } from './gates.js';
import { type Gradients, shapeOf, sum } from './gradients.js';
import { type GraphWriter, type Ref, T, attr } from './graph-writer.js';
import type { Layer, Surroundings } from './layer.js';

/** Widest convolution kernel whose gradient oneDNN has a fast device kernel for; see `depthwiseKernelGradient`. */
const fastColumns = 3;

const strided = (stride: number) => ({
  ...T,
  strides: attr.ints([1, stride, stride, 1]),
  padding: attr.string('SAME'),
});

const reshape = (g: GraphWriter, x: Ref, shape: readonly number[]) => g.op('Reshape', [x, g.ints(shape)]);

const product = (g: GraphWriter, a: Ref, b: Ref, transpose: { a?: boolean; b?: boolean } = {}) =>
  g.op('MatMul', [a, b], {
    ...T,
    transpose_a: attr.bool(transpose.a ?? false),
    transpose_b: attr.bool(transpose.b ?? false),
  });

/** A kernel in the form the arithmetic wants, and the way back for its gradient. */
interface KernelForm {
  readonly size: number;
  readonly kernel: Ref;
  fold(gradient: Ref): Ref;
}

/** `[k, k, a, b]` with `dilation - 1` zeros between the taps, as a product with a constant 0/1 matrix. */
function dilate(g: GraphWriter, kernel: Ref, k: number, dilation: number, a: number, b: number): KernelForm {
  if (dilation === 1) return { size: k, kernel, fold: (gradient) => gradient };
  const size = (k - 1) * dilation + 1;
  const spread = new Float32Array(size * size * k * k);
  for (let tap = 0; tap < k * k; tap++) {
    const place = Math.floor(tap / k) * dilation * size + (tap % k) * dilation;
    spread[place * k * k + tap] = 1;
  }
  const matrix = g.constant(spread, [size * size, k * k]);
  return {
    size,
    kernel: reshape(g, product(g, matrix, reshape(g, kernel, [k * k, a * b])), [size, size, a, b]),
    fold: (gradient) =>
      reshape(g, product(g, matrix, reshape(g, gradient, [size * size, a * b]), { a: true }), [k, k, a, b]),
  };
}

/** `[k, k, in / groups, out]` as the block-diagonal `[k, k, in, out]`. */
function ungroup(g: GraphWriter, form: KernelForm, groups: number, input: number, out: number): KernelForm {
  if (groups === 1) return form;
  const { size } = form;
  const part = input / groups;
  const mask = new Float32Array(input * out);
  for (let i = 0; i < input; i++) {
    for (let o = 0; o < out; o++) {
      mask[i * out + o] = Math.floor(i / part) === Math.floor(o / (out / groups)) ? 1 : 0;
    }
  }
  const blocks = g.constant(mask, [input, out]);
  const tiled = g.op('Tile', [form.kernel, g.ints([1, 1, groups, 1])]);
  return {
    size,
    kernel: g.op('Mul', [tiled, blocks]),
    fold(gradient) {
      const kept = reshape(g, g.op('Mul', [gradient, blocks]), [size * size, groups, part * out]);
      return form.fold(reshape(g, sum(g, kept, [1], false), [size, size, part, out]));
    },
  };
}

/** Adds a bias where the op has one; `x` is of any rank with channels last. */
function withBias(s: Surroundings, op: Op, biased: boolean, x: Ref): Ref {
  return biased ? s.g.op('BiasAdd', [x, s.variable(`${op.name}.bias`)]) : x;
}

function biasBackward(s: Surroundings, op: Op, biased: boolean, dy: Ref, into: Gradients): void {
  if (biased) into.variables.set(`${op.name}.bias`, s.g.op('BiasAddGrad', [dy]));
}

/** `x` times `[in, out]` over the last axis, with optional bias: dense layers and 1x1 convolutions. */
function pointwise(s: Surroundings, op: Op, x: Ref, biased: boolean, form: KernelForm): Layer {
  const { g } = s;
  const input = inputOf(s.graph, op);
  const [height, width, out] = op.shape;
  const rows = reshape(g, x, [-1, input.shape[2]]);
  const matrix = reshape(g, form.kernel, [input.shape[2], out]);
  const y = withBias(s, op, biased, product(g, rows, matrix));
  return {
    output: reshape(g, y, [-1, height, width, out]),
    backward(gradient, into) {
      const dy = reshape(g, gradient, [-1, out]);
      biasBackward(s, op, biased, dy, into);
      const dw = reshape(g, product(g, rows, dy, { a: true }), [1, 1, input.shape[2], out]);
      into.variables.set(`${op.name}.kernel`, form.fold(dw));
      if (!into.wanted(input.id)) return;
      const dx = product(g, dy, matrix, { b: true });
      into.add(input.id, { kind: 'full', ref: reshape(g, dx, [-1, ...input.shape]) });
    },
  };
}

export function dense(s: Surroundings, op: DenseOp, x: Ref): Layer {
  const shape = [inputOf(s.graph, op).shape[2], op.shape[2]];
  const kernel = s.variable(`${op.name}.kernel`);
  return pointwise(s, op, x, true, { size: 1, kernel, fold: (dw) => reshape(s.g, dw, shape) });
}

export function conv2d(s: Surroundings, op: Conv2dOp, x: Ref): Layer {
  const { g } = s;
  const input = inputOf(s.graph, op);
  const [inChannels, out] = [input.shape[2], op.shape[2]];
  const taps = s.variable(`${op.name}.kernel`);
  const dilated = dilate(g, taps, op.kernel, op.dilation, inChannels / op.groups, out);
  const form = ungroup(g, dilated, op.groups, inChannels, out);
  if (op.kernel === 1 && op.stride === 1) return pointwise(s, op, x, op.bias, form);
  const attributes = strided(op.stride);
  const kind = asDepthwise(inChannels, out) ? 'DepthwiseConv2dNative' : 'Conv2D';
  return {
    output: withBias(s, op, op.bias, g.op(kind, [x, form.kernel], attributes)),
    backward(dy, into) {
      biasBackward(s, op, op.bias, dy, into);
      const sizes = g.ints([form.size, form.size, inChannels, out]);
      const dw = g.op(`${kind}BackpropFilter`, [x, sizes, dy], attributes);
      into.variables.set(`${op.name}.kernel`, form.fold(dw));
      if (!into.wanted(input.id)) return;
      const dx = g.op(`${kind}BackpropInput`, [shapeOf(g, x), form.kernel, dy], attributes);
      into.add(input.id, { kind: 'full', ref: dx });
    },
  };
}

export function depthwise(s: Surroundings, op: DepthwiseOp, x: Ref): Layer {
  const { g } = s;
  const input = inputOf(s.graph, op);
  const channels = op.shape[2];
  const form = dilate(g, s.variable(`${op.name}.kernel`), op.kernel, op.dilation, channels, 1);
  const attributes = strided(op.stride);
  const compute = (from: Ref) => g.op('DepthwiseConv2dNative', [from, form.kernel], attributes);
  const skips = !s.training && op.skip !== undefined;
  return {
    output: skips ? skippable(s, op, x, s.outputOf(op.skip.gate), compute) : compute(x),
    backward(dy, into) {
      into.variables.set(`${op.name}.kernel`, form.fold(depthwiseKernelGradient(s, op, form.size, x, dy)));
      if (!into.wanted(input.id)) return;
      const inputs = [shapeOf(g, x), form.kernel, dy];
      const dx = g.op('DepthwiseConv2dNativeBackpropInput', inputs, attributes);
      into.add(input.id, { kind: 'full', ref: dx });
    },
  };
}

/**
 * The gradient by a k x k depthwise convolution kernel, in strips of three columns. oneDNN's fast device kernel for
 * it takes at most three columns and any number of rows; beyond, it falls back to a dense one (128x16x16x48, one
 * AVX-512 core: 5x5 18 ms, in strips 5 ms; 9x9 37 and 15 ms). Each strip is the gradient of a k x 3 convolution
 * kernel over the padded input, shifted by the columns before the strip.
 */
function depthwiseKernelGradient(s: Surroundings, op: DepthwiseOp, k: number, x: Ref, dy: Ref): Ref {
  const { g } = s;
  const [height, width, channels] = inputOf(s.graph, op).shape;
  const backprop = (from: Ref, columns: number, padding: string) =>
    g.op('DepthwiseConv2dNativeBackpropFilter', [from, g.ints([k, columns, channels, 1]), dy], {
      ...strided(op.stride),
      padding: attr.string(padding),
    });
  if (k <= fastColumns) return backprop(x, k, 'SAME');
  const [outHeight, outWidth] = op.shape;
  // SAME: as much padding as the last output needs, the odd pixel at the end.
  const pad = (size: number, outSize: number) => {
    const total = Math.max(0, (outSize - 1) * op.stride + k - size);
    return [Math.floor(total / 2), Math.ceil(total / 2)] as const;
  };
  const paddings = [0, 0, ...pad(height, outHeight), ...pad(width, outWidth), 0, 0];
  const padded = g.op('Pad', [x, g.constant(Int32Array.from(paddings), [4, 2])]);
  const strips: Ref[] = [];
  for (let begin = 0; begin < k; begin += fastColumns) {
    const columns = Math.min(fastColumns, k - begin);
    const size = g.ints([-1, -1, (outWidth - 1) * op.stride + columns, -1]);
    const shifted = g.op('Slice', [padded, g.ints([0, 0, begin, 0]), size], {
      ...T,
      Index: attr.type('int32'),
    });
    strips.push(backprop(shifted, columns, 'VALID'));
  }
  return g.op('ConcatV2', [...strips, g.int(1)], { ...T, N: attr.int(strips.length) });
}
