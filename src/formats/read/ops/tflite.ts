/** TFLite's ops, each by its reader. NHWC: channels are the last axis. */
import type { Call, OpReader } from '../call.js';
import { type Value, product } from '../value.js';
import { type Window, convolution, pool, resized, transposed } from './convolution.js';
import { activation, combine, reduce, unary } from './elementwise.js';
import { dense, matmul } from './product.js';
import { concat, moved, part, reshape, reshaped, split, transpose, unknown } from './shape.js';

/** With the activation that the op has built in. */
function fused(call: Call, value: Value): Value {
  const kind = call.text('activation');
  if (kind === 'relu' || kind === 'relu6') return activation(call, value, kind, `${call.name}/${kind}`);
  if (kind === 'linear' || kind === '') return value;
  const type = kind.toUpperCase();
  return call.writer.foreign(`${call.name}/${kind}`, { type, like: 'elementwise' }, [value], value);
}

const one =
  (read: (call: Call) => Value): OpReader =>
  (call) => [fused(call, read(call))];

const spatial = (call: Call): Value => ({ ...call.input(), channel: call.input().shape.length - 1 });

function windowOf(call: Call, kernel: readonly number[]): Window {
  const pair = (name: string, absent: number) => [
    call.number(`${name}H`, absent),
    call.number(`${name}W`, absent),
  ];
  return {
    kernel,
    strides: pair('stride', 1),
    dilations: pair('dilation', 1),
    padding: call.number('padding', 0) === 0 ? 'same' : [0, 0],
  };
}

function conv(call: Call): Value {
  const x = spatial(call);
  const weights = call.input(1);
  const [output = 0, height = 0, width = 0, perGroup = 0] = weights.shape;
  const input = x.shape.at(-1) as number;
  return convolution(call, x, {
    ...windowOf(call, [height, width]),
    groups: input / perGroup,
    input,
    output,
    bias: call.inputs[2] !== undefined,
    constant: weights.id === undefined,
  });
}

function depthwise(call: Call): Value {
  const x = spatial(call);
  const weights = call.input(1);
  const [, height = 0, width = 0, output = 0] = weights.shape;
  const input = x.shape.at(-1) as number;
  return convolution(call, x, {
    ...windowOf(call, [height, width]),
    groups: input,
    input,
    output,
    bias: call.inputs[2] !== undefined,
    constant: weights.id === undefined,
  });
}

/** @param at where the image and the bias are among the inputs. */
function transposeConv(call: Call, at: readonly [image: number, bias: number]): readonly Value[] {
  const x = call.input(at[0]);
  const weights = call.input(1);
  const [output = 0, height = 0, width = 0, input = 0] = weights.shape;
  const shape = at[0] === 2 ? (call.inputs[0]?.numbers ?? call.declared[0]) : call.declared[0];
  if (shape?.length !== 4) return unknown(call);
  const w = windowOf(call, [height, width]);
  const bias = call.inputs[at[1]] !== undefined;
  const parts = { ...w, groups: 1, input, output, bias, constant: weights.id === undefined };
  const result = resized({ ...x, channel: 3 }, shape.slice(1, 3), output);
  return [fused(call, transposed(call, x, parts, result))];
}

const poolOf = (kind: 'max' | 'average'): OpReader =>
  one((call) =>
    pool(call, spatial(call), windowOf(call, [call.number('filterH', 1), call.number('filterW', 1)]), kind),
  );

function fullyConnected(call: Call): Value {
  const x = call.input();
  const weights = call.input(1);
  const [units = 0, input = 0] = weights.shape;
  const rows = product(x.shape) / input;
  const shape = call.number('keepDims', 0) ? [...x.shape.slice(0, -1), units] : [rows, units];
  return dense(call, x, input, { bias: call.inputs[2] !== undefined, shape });
}

function slice(call: Call): Value {
  const x = call.input();
  const begins = call.numbers(1, 'where it begins');
  const sizes = call.numbers(2, 'its size');
  const shape = x.shape.map((size, axis) => {
    const wanted = sizes[axis] ?? -1;
    return wanted === -1 ? Math.max(0, size - (begins[axis] ?? 0)) : wanted;
  });
  return part(call, x, new Map(begins.map((begin, axis) => [axis, begin])), shape);
}

function stridedSlice(call: Call): Value {
  const x = call.input();
  if (call.number('ellipsisMask', 0) || call.number('newAxisMask', 0)) {
    return moved(call, call.declared[0] ?? call.fail('its masks are not ones that we know'));
  }
  const [begins, ends, strides] = [1, 2, 3].map((i) => call.numbers(i, 'its range')) as [
    number[],
    number[],
    number[],
  ];
  const has = (mask: string, axis: number) => Boolean((call.number(mask, 0) >> axis) & 1);
  const from = new Map<number, number>();
  const shape = x.shape.map((size, axis) => {
    if (axis >= begins.length) return size;
    const bound = (at: number) => Math.max(0, Math.min(size, at < 0 ? at + size : at));
    const begin = has('beginMask', axis) ? 0 : bound(begins[axis] ?? 0);
    const end = has('endMask', axis) ? size : bound(ends[axis] ?? size);
    from.set(axis, begin);
    if (has('shrinkAxisMask', axis)) return 1;
    return Math.max(0, Math.ceil(Math.abs(end - begin) / Math.max(1, Math.abs(strides[axis] ?? 1))));
  });
  const cut = part(call, x, from, shape);
  const left = shape.filter((_, axis) => !has('shrinkAxisMask', axis));
  if (left.length === shape.length) return cut;
  return call.writer.view(`${call.name}/shape`, cut, { shape: left, channel: Math.max(0, left.length - 1) });
}

const pad: OpReader = one((call) => {
  const pads = call.numbers(1, 'its padding');
  return moved(
    call,
    call.input().shape.map((size, axis) => size + (pads[2 * axis] ?? 0) + (pads[2 * axis + 1] ?? 0)),
  );
});

const reducing = (isMean: boolean): OpReader =>
  one((call) => reduce(call, call.numbers(1, 'its axes'), call.number('keepDims', 0) === 1, isMean));

const resize: OpReader = one((call) => {
  const [height = 1, width = 1] = call.numbers(1, 'its size');
  const [batch = 1, , , channels = 1] = call.input().shape;
  return moved(call, [batch, height, width, channels], 'elementwise');
});

const blocks = (grow: boolean): OpReader =>
  one((call) => {
    const size = call.number('blockSize', 1);
    const [n = 1, h = 1, w = 1, c = 1] = call.input().shape;
    return moved(
      call,
      grow ? [n, h * size, w * size, c / (size * size)] : [n, h / size, w / size, c * size * size],
    );
  });

/** A constant stays one, whatever its type; a value is computed number by number. */
const convert: OpReader = (call) => {
  const x = call.input();
  return [x.id === undefined ? { ...x } : unary(call)];
};

function splitInto(call: Call): readonly Value[] {
  const sized = call.node.type === 'SPLIT_V';
  const x = call.input(sized ? 0 : 1);
  const axis = call.axis(call.numbers(sized ? 2 : 0, 'its axis')[0] ?? 0, x.shape.length);
  const count = call.node.outputs.length;
  const size = x.shape[axis] as number;
  const given = sized ? call.numbers(1, 'its sizes') : new Array<number>(count).fill(size / count);
  const known = given.reduce((sum, each) => sum + Math.max(0, each), 0);
  return split(
    call,
    x,
    axis,
    given.map((each) => (each < 0 ? size - known : each)),
  );
}

function many(names: string, read: OpReader): Record<string, OpReader> {
  return Object.fromEntries(names.split(' ').map((name) => [name, read]));
}

const ours = (kind: Parameters<typeof activation>[2]): OpReader =>
  one((call) => activation(call, call.input(), kind));

export const tfliteOps: Readonly<Record<string, OpReader>> = {
  CONV_2D: one(conv),
  DEPTHWISE_CONV_2D: one(depthwise),
  TRANSPOSE_CONV: (call) => transposeConv(call, [2, 3]),
  // MediaPipe's own.
  Convolution2DTransposeBias: (call) => transposeConv(call, [0, 2]),
  MAX_POOL_2D: poolOf('max'),
  AVERAGE_POOL_2D: poolOf('average'),
  FULLY_CONNECTED: one(fullyConnected),
  BATCH_MATMUL: one((call) =>
    matmul(call, call.number('adjointX', 0) === 1, call.number('adjointY', 0) === 1),
  ),
  RELU: ours('relu'),
  RELU6: ours('relu6'),
  LOGISTIC: ours('sigmoid'),
  HARD_SWISH: ours('hswish'),
  ...many(
    'TANH ELU LEAKY_RELU GELU RELU_N1_TO_1 RELU_0_TO_1 EXP LOG SQRT RSQRT SQUARE NEG ABS FLOOR CEIL ROUND SIN COS SOFTMAX LOG_SOFTMAX L2_NORMALIZATION LOCAL_RESPONSE_NORMALIZATION LOGICAL_NOT CUMSUM',
    one((call) => unary(call)),
  ),
  PRELU: one((call) => unary(call, call.inputs[1]?.id === undefined ? product(call.input(1).shape) : 0)),
  ...many(
    'ADD SUB MUL DIV MAXIMUM MINIMUM POW SQUARED_DIFFERENCE FLOOR_DIV FLOOR_MOD ADD_N EQUAL NOT_EQUAL GREATER GREATER_EQUAL LESS LESS_EQUAL LOGICAL_AND LOGICAL_OR SELECT_V2 SELECT',
    one(combine),
  ),
  MEAN: reducing(true),
  ...many('SUM REDUCE_MAX REDUCE_MIN REDUCE_PROD REDUCE_ANY REDUCE_ALL', reducing(false)),
  ...many('ARG_MAX ARG_MIN', reducing(false)),
  CONCATENATION: one((call) => concat(call, call.number('axis', 0))),
  ...many('SPLIT SPLIT_V', splitInto),
  SLICE: one(slice),
  STRIDED_SLICE: one(stridedSlice),
  ...many('PAD PADV2 MIRROR_PAD', pad),
  TRANSPOSE: one((call) => transpose(call, call.numbers(1, 'its order'))),
  RESHAPE: one((call) =>
    reshape(
      call,
      call.inputs[1]?.numbers ??
        call.list('newShape') ??
        call.declared[0] ??
        call.fail('its shape is not a constant of the file'),
      false,
    ),
  ),
  SQUEEZE: one((call) => {
    const { shape } = call.input();
    const axes = call.list('axes')?.map((axis) => call.axis(axis, shape.length));
    return reshaped(
      call,
      shape.filter((size, axis) => (axes?.length ? !axes.includes(axis) : size !== 1)),
    );
  }),
  EXPAND_DIMS: one((call) => {
    const { shape } = call.input();
    const at = call.axis(call.numbers(1, 'its axis')[0] ?? 0, shape.length + 1);
    return reshaped(call, shape.toSpliced(at, 0, 1));
  }),
  PACK: one((call) => {
    const { shape } = call.input();
    const at = call.axis(call.number('axis', 0), shape.length + 1);
    return moved(call, shape.toSpliced(at, 0, call.present.length));
  }),
  ...many('QUANTIZE DEQUANTIZE DENSIFY CAST', convert),
  ...many('RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR', resize),
  TILE: one((call) => {
    const repeats = call.numbers(1, 'its repeats');
    return moved(
      call,
      call.input().shape.map((size, axis) => size * (repeats[axis] ?? 1)),
    );
  }),
  GATHER: one((call) => {
    const [data, indices] = [call.input(0), call.input(1)];
    const axis = call.axis(call.number('axis', 0), data.shape.length);
    return moved(call, [...data.shape.slice(0, axis), ...indices.shape, ...data.shape.slice(axis + 1)]);
  }),
  DEPTH_TO_SPACE: blocks(true),
  SPACE_TO_DEPTH: blocks(false),
};
