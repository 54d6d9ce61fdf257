/** ONNX's ops, each by its reader. NCHW: channels are axis 1. */
import type { Call, OpReader } from '../call.js';
import { type Value, product, spatialAxes } from '../value.js';
import { type Window, convolution, pool, resized, transposed } from './convolution.js';
import { activation, combine, reduce, unary } from './elementwise.js';
import { dense, matmul, recurrent } from './product.js';
import { concat, moved, part, reshape, reshaped, split, transpose } from './shape.js';

const one =
  (read: (call: Call) => Value): OpReader =>
  (call) => [read(call)];

/** A convolution's input with its channels on axis 1, wherever they were believed to be. */
const spatial = (call: Call): Value => ({ ...call.input(), channel: 1 });

function windowOf(call: Call, x: Value, kernel: readonly number[]): Window {
  const rank = spatialAxes(x).length;
  if (kernel.length !== rank || kernel.some((size) => !(size > 0)))
    call.fail(`a window of [${kernel.join(', ')}] is not one of ${rank} axes`);
  const ones = new Array<number>(rank).fill(1);
  const pads = call.list('pads') ?? [];
  const same = call.text('auto_pad').startsWith('SAME');
  return {
    kernel,
    strides: call.list('strides') ?? ones,
    dilations: call.list('dilations') ?? ones,
    padding: same ? 'same' : ones.map((_, i) => (pads[i] ?? 0) + (pads[i + rank] ?? 0)),
    ceil: call.number('ceil_mode', 0) === 1,
  };
}

/** @param at where the weights and the bias are among the inputs. */
function conv(call: Call, at: readonly [weights: number, bias: number] = [1, 2]): Value {
  const x = spatial(call);
  const weights = call.input(at[0]);
  const [output = 0, perGroup = 0, ...kernel] = weights.shape;
  const groups = call.number('group', 1);
  return convolution(call, x, {
    ...windowOf(call, x, kernel),
    groups,
    input: perGroup * groups,
    output,
    bias: call.inputs[at[1]] !== undefined,
    constant: weights.id === undefined,
  });
}

function convTranspose(call: Call): Value {
  const x = spatial(call);
  const weights = call.input(1);
  const [input = 0, perGroup = 0, ...kernel] = weights.shape;
  const groups = call.number('group', 1);
  const w = windowOf(call, x, kernel);
  const given = call.list('output_shape');
  const extra = call.list('output_padding') ?? [];
  const sizes = spatialAxes(x).map((axis, i) => {
    const size = x.shape[axis] as number;
    const [stride, dilation] = [w.strides[i] ?? 1, w.dilations[i] ?? 1];
    if (given) return given.at(i - kernel.length) ?? size;
    if (w.padding === 'same') return size * stride;
    return (
      (size - 1) * stride + (extra[i] ?? 0) + ((kernel[i] ?? 1) - 1) * dilation + 1 - (w.padding[i] ?? 0)
    );
  });
  const output = perGroup * groups;
  const bias = call.inputs[2] !== undefined;
  const parts = { ...w, groups, input, output, bias, constant: weights.id === undefined };
  return transposed(call, x, parts, resized(x, sizes, output));
}

const poolOf = (kind: 'max' | 'average'): OpReader =>
  one((call) => {
    const x = spatial(call);
    return pool(call, x, windowOf(call, x, call.list('kernel_shape') ?? []), kind);
  });

function gemm(call: Call): Value {
  const x = call.input();
  const weights = call.input(1);
  const [rows = 0, columns = 0] = call.number('transB', 0) ? weights.shape.toReversed() : weights.shape;
  if (weights.id !== undefined || call.number('transA', 0))
    return matmul(call, call.number('transA', 0) === 1, call.number('transB', 0) === 1);
  return dense(call, x, rows, {
    bias: call.inputs[2] !== undefined,
    shape: [product(x.shape) / rows, columns],
  });
}

function batchNorm(call: Call): Value {
  const x = { ...call.input(), channel: call.input().shape.length > 1 ? 1 : 0 };
  const from = call.writer.view(`${call.name}/input`, x, x);
  return call.writer.push(
    call.name,
    { kind: 'batchNorm', epsilon: call.number('epsilon', 1e-5), momentum: 0.9 },
    [from],
    x,
  );
}

/** A norm that is computed from the image itself. */
const norm: OpReader = one((call) => {
  const held = call.present
    .slice(1)
    .reduce((sum, { id, shape }) => sum + (id === undefined ? product(shape) : 0), 0);
  return unary(call, held);
});

function clip(call: Call): Value {
  const low = call.inputs[1]?.numbers?.[0] ?? call.number('min', Number.NEGATIVE_INFINITY);
  const high = call.inputs[2]?.numbers?.[0] ?? call.number('max', Number.POSITIVE_INFINITY);
  if (low !== 0) return unary(call);
  return high === 6
    ? activation(call, call.input(), 'relu6')
    : high > 1e30
      ? activation(call, call.input(), 'relu')
      : unary(call);
}

/** Of newer opsets an input, of older ones an attribute. */
const listOf = (call: Call, i: number, name: string): readonly number[] | undefined =>
  call.list(name) ?? (call.inputs[i] ? call.numbers(i, `\`${name}\``) : undefined);

function slice(call: Call): Value {
  const x = call.input();
  const begins = listOf(call, 1, 'starts') ?? [];
  const ends = listOf(call, 2, 'ends') ?? [];
  const axes = listOf(call, 3, 'axes') ?? begins.map((_, i) => i);
  const steps = call.inputs[4]?.numbers ?? [];
  const shape = [...x.shape];
  const from = new Map<number, number>();
  for (const [i, given] of axes.entries()) {
    const axis = call.axis(given, shape.length);
    const size = shape[axis] as number;
    const step = steps[i] ?? 1;
    const bound = (at: number) => Math.max(0, Math.min(size, at < 0 ? at + size : at));
    const [begin, end] = [bound(begins[i] ?? 0), bound(ends[i] ?? size)];
    from.set(axis, begin);
    shape[axis] = Math.max(0, Math.ceil(Math.abs(end - begin) / Math.max(1, Math.abs(step))));
  }
  return part(call, x, from, shape);
}

function splitInto(call: Call): readonly Value[] {
  const x = call.input();
  const axis = call.axis(call.number('axis', 0), x.shape.length);
  const count = call.node.outputs.length;
  const size = x.shape[axis] as number;
  const each = Math.ceil(size / count);
  const sizes =
    listOf(call, 1, 'split') ??
    Array.from({ length: count }, (_, i) => Math.max(0, Math.min(each, size - i * each)));
  return split(call, x, axis, sizes);
}

function pad(call: Call): Value {
  const x = call.input();
  const pads = listOf(call, 1, 'pads') ?? [];
  const rank = x.shape.length;
  const axes = call.inputs[3]?.numbers ?? x.shape.map((_, axis) => axis);
  const shape = [...x.shape];
  axes.forEach((given, i) => {
    const axis = call.axis(given, rank);
    shape[axis] = (shape[axis] as number) + (pads[i] ?? 0) + (pads[i + axes.length] ?? 0);
  });
  return pads.every((size) => size === 0) ? x : moved(call, shape);
}

function resize(call: Call): Value {
  const x = call.input();
  // Upsample has its scales second, Resize third; sizes come fourth.
  const scales =
    call.node.type === 'Upsample'
      ? (call.list('scales') ?? call.inputs[1]?.numbers)
      : (call.inputs[2] ?? call.inputs[1])?.numbers;
  const sizes = call.inputs[3]?.numbers;
  if (!sizes?.length && !scales?.length)
    call.fail('neither its sizes nor its scales are constants of the file');
  const shape = sizes?.length ? sizes : x.shape.map((size, axis) => Math.floor(size * (scales?.[axis] ?? 1)));
  return moved(call, shape, 'elementwise');
}

function squeeze(call: Call): Value {
  const { shape } = call.input();
  const axes = listOf(call, 1, 'axes')?.map((axis) => call.axis(axis, shape.length));
  return reshaped(
    call,
    shape.filter((size, axis) => (axes ? !axes.includes(axis) : size !== 1)),
  );
}

function unsqueeze(call: Call): Value {
  const { shape } = call.input();
  const axes = listOf(call, 1, 'axes') ?? [];
  const rank = shape.length + axes.length;
  const added = new Set(axes.map((axis) => call.axis(axis, rank)));
  let next = 0;
  return reshaped(
    call,
    Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (shape[next++] ?? 1))),
  );
}

function flatten(call: Call): Value {
  const { shape } = call.input();
  const axis = call.number('axis', 1);
  const at = axis < 0 ? axis + shape.length : axis;
  return reshaped(call, [product(shape.slice(0, at)), product(shape.slice(at))]);
}

function gather(call: Call): Value {
  const [data, indices] = [call.input(0), call.input(1)];
  const axis = call.axis(call.number('axis', 0), data.shape.length);
  const shape = [...data.shape.slice(0, axis), ...indices.shape, ...data.shape.slice(axis + 1)];
  return moved(call, shape);
}

const blocks = (grow: boolean): OpReader =>
  one((call) => {
    const x = spatial(call);
    const size = call.number('blocksize', 1);
    const [n = 1, c = 1, h = 1, w = 1] = x.shape;
    const shape = grow
      ? [n, c / (size * size), h * size, w * size]
      : [n, c * size * size, h / size, w / size];
    return call.writer.foreign(call.name, { type: call.node.type, like: 'copy' }, [x], { shape, channel: 1 });
  });

const reducing = (isMean: boolean): OpReader =>
  one((call) => {
    const axes = call.list('axes') ?? call.inputs[1]?.numbers;
    return reduce(call, axes?.length ? axes : undefined, call.number('keepdims', 1) === 1, isMean);
  });

const globally = (isMean: boolean): OpReader =>
  one((call) => {
    const x = spatial(call);
    return reduce(call, spatialAxes(x), true, isMean, x);
  });

const same: OpReader = (call) => [
  { ...call.input() },
  ...call.node.outputs.slice(1).map(() => ({ ...call.input(), id: undefined })),
];

function many(names: string, read: OpReader): Record<string, OpReader> {
  return Object.fromEntries(names.split(' ').map((name) => [name, read]));
}

const ours = (kind: Parameters<typeof activation>[2]): OpReader =>
  one((call) => activation(call, call.input(), kind));

export const onnxOps: Readonly<Record<string, OpReader>> = {
  Conv: one(conv),
  ConvInteger: one((call) => conv(call, [1, 9])),
  QLinearConv: one((call) => conv(call, [3, 8])),
  ConvTranspose: one(convTranspose),
  MaxPool: poolOf('max'),
  AveragePool: poolOf('average'),
  GlobalAveragePool: globally(true),
  GlobalMaxPool: globally(false),
  Gemm: one(gemm),
  ...many(
    'MatMul MatMulInteger',
    one((call) => matmul(call)),
  ),
  ...many('LSTM GRU RNN', recurrent),
  BatchNormalization: one(batchNorm),
  ...many('InstanceNormalization LayerNormalization GroupNormalization SimplifiedLayerNormalization', norm),
  Relu: ours('relu'),
  Sigmoid: ours('sigmoid'),
  HardSwish: ours('hswish'),
  HardSigmoid: one((call) =>
    Math.abs(call.number('alpha', 0.2) - 1 / 6) < 1e-4
      ? activation(call, call.input(), 'hsigmoid')
      : unary(call),
  ),
  Clip: one(clip),
  ...many(
    'Tanh Erf Exp Log Sqrt Neg Abs LeakyRelu Elu Selu Celu Softplus Softsign Mish Gelu Reciprocal Floor Ceil Round Sign Not Sin Cos ThresholdedRelu Softmax LogSoftmax LRN LpNormalization IsNaN CumSum',
    one((call) => unary(call)),
  ),
  PRelu: one((call) => unary(call, call.inputs[1]?.id === undefined ? product(call.input(1).shape) : 0)),
  ...many(
    'Add Sub Mul Div Pow Min Max Sum Mean Greater GreaterOrEqual Less LessOrEqual Equal And Or Xor Where Mod',
    one(combine),
  ),
  ReduceMean: reducing(true),
  ...many(
    'ReduceSum ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceSumSquare',
    reducing(false),
  ),
  ...many(
    'ArgMax ArgMin',
    one((call) => reduce(call, [call.number('axis', 0)], call.number('keepdims', 1) === 1, false)),
  ),
  Concat: one((call) => concat(call, call.number('axis', 1))),
  Split: splitInto,
  Slice: one(slice),
  Pad: one(pad),
  Transpose: one((call) => transpose(call, call.list('perm'))),
  Reshape: one((call) =>
    reshape(call, call.list('shape') ?? call.numbers(1, 'its shape'), call.number('allowzero', 0) === 0),
  ),
  Flatten: one(flatten),
  Squeeze: one(squeeze),
  Unsqueeze: one(unsqueeze),
  // A cast, a quantization between quantized layers and a dropout cost nothing where the network runs.
  ...many('Identity Dropout Cast QuantizeLinear DequantizeLinear', same),
  // Files without their weights have them as zeros of a shape.
  ConstantOfShape: one((call) => {
    const shape = call.numbers(0, 'its shape');
    return { shape, channel: Math.max(0, shape.length - 1) };
  }),
  Expand: one((call) => {
    const shape = call.numbers(1, 'its shape');
    const rank = Math.max(shape.length, call.input().shape.length);
    const own = [...new Array<number>(rank - call.input().shape.length).fill(1), ...call.input().shape];
    const wanted = [...new Array<number>(rank - shape.length).fill(1), ...shape];
    return moved(
      call,
      own.map((size, axis) => Math.max(size, wanted[axis] ?? 1)),
    );
  }),
  Tile: one((call) => {
    const repeats = call.numbers(1, 'its repeats');
    return moved(
      call,
      call.input().shape.map((size, axis) => size * (repeats[axis] ?? 1)),
    );
  }),
  Gather: one(gather),
  ...many('Resize Upsample', one(resize)),
  DepthToSpace: blocks(true),
  SpaceToDepth: blocks(false),
};
