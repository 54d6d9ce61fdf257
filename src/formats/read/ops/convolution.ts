/** Convolutions of any window, and pooling. */
import type { Call } from '../call.js';
import { type Value, imageOf, product, spatialAxes } from '../value.js';

export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Pixels added along each axis, both sides together; `same` as TensorFlow says. */
  readonly padding: readonly number[] | 'same';
  readonly ceil?: boolean;
}

/** Sizes after a window has gone over the spatial axes. */
function slide(call: Call, sizes: readonly number[], w: Window): number[] {
  return sizes.map((size, i) => {
    const stride = w.strides[i] ?? 1;
    const reach = ((w.kernel[i] ?? 1) - 1) * (w.dilations[i] ?? 1) + 1;
    if (!(stride > 0 && reach > 0)) call.fail(`a window of ${reach} and a stride of ${stride} make no sense`);
    if (w.padding === 'same') return Math.ceil(size / stride);
    const room = (size + (w.padding[i] ?? 0) - reach) / stride;
    return Math.max(1, (w.ceil ? Math.ceil(room) : Math.floor(room)) + 1);
  });
}

/** The value's shape with other sizes on its spatial axes and other channels. */
export function resized(value: Value, sizes: readonly number[], channels: number): Value {
  const axes = spatialAxes(value);
  const shape = value.shape.map((size, axis) => {
    if (axis === value.channel) return channels;
    const place = axes.indexOf(axis);
    return place < 0 ? size : (sizes[place] ?? size);
  });
  return { shape, channel: value.channel };
}

export interface Convolution extends Window {
  readonly groups: number;
  /** Channels in and out, of the weights. */
  readonly input: number;
  readonly output: number;
  readonly bias: boolean;
  /** Whether the weights are constants, and so parameters. */
  readonly constant: boolean;
}

const equal = (list: readonly number[]) => list.every((item) => item === list[0]);
const times = (kernel: readonly number[]) => kernel.join('x');

/** A convolution: ours where its window is square, else a foreign layer with its multiplications. */
export function convolution(call: Call, x: Value, c: Convolution): Value {
  if (!(c.groups > 0 && Number.isInteger(c.input / c.groups) && Number.isInteger(c.output / c.groups))) {
    call.fail(`${c.input} and ${c.output} channels are not divided by ${c.groups} groups`);
  }
  const axes = spatialAxes(x);
  const result = resized(
    x,
    slide(
      call,
      axes.map((axis) => x.shape[axis] as number),
      c,
    ),
    c.output,
  );
  const area = product(c.kernel);
  const weights = area * (c.input / c.groups) * c.output;
  const params = (c.constant ? weights : 0) + (c.bias ? c.output : 0);
  const { writer, name } = call;
  const channels = x.shape[x.channel] as number;
  if (channels !== c.input) call.fail(`it takes ${c.input} channels and is given ${channels}`);
  const from = [writer.view(`${name}/input`, x, x)];
  const depthwise = c.groups > 1 && c.groups === c.input && c.input === c.output;
  const plain = axes.length === 2 && equal(c.kernel) && equal(c.strides) && equal(c.dilations) && c.constant;
  const shape = { kernel: c.kernel[0] ?? 1, stride: c.strides[0] ?? 1, dilation: c.dilations[0] ?? 1 };
  if (plain && depthwise) {
    return writer.push(
      name,
      { kind: 'depthwiseConv2d', ...shape, ...(c.bias && { bias: true }) },
      from,
      result,
    );
  }
  if (plain)
    return writer.push(name, { kind: 'conv2d', ...shape, groups: c.groups, bias: c.bias }, from, result);
  const macs = product(imageOf(result)) * area * (c.input / c.groups);
  const type = `${call.node.type} ${times(c.kernel)}`;
  const side = Math.max(1, Math.ceil(Math.sqrt(area)));
  const stride = Math.max(1, Math.round(Math.sqrt(product(c.strides))));
  return depthwise
    ? writer.foreign(name, { type, like: 'depthwise', params, macs, window: side, stride }, from, result)
    : writer.foreign(name, { type, like: 'product', params, macs, stride }, from, result);
}

/** A transposed convolution: each input pixel is multiplied with the whole window. */
export function transposed(call: Call, x: Value, c: Convolution, result: Value): Value {
  const area = product(c.kernel);
  const perPixel = (area * c.input * c.output) / c.groups;
  const [height, width] = imageOf(x);
  const params = (c.constant ? perPixel : 0) + (c.bias ? c.output : 0);
  const type = `${call.node.type} ${times(c.kernel)}`;
  const macs = height * width * perPixel;
  return call.writer.foreign(call.name, { type, like: 'product', params, macs }, [x], result);
}

/** Pooling: ours where it is a mean over the map or a square maximum. */
export function pool(call: Call, x: Value, w: Window, kind: 'max' | 'average'): Value {
  const axes = spatialAxes(x);
  const sizes = axes.map((axis) => x.shape[axis] as number);
  const result = resized(x, slide(call, sizes, w), x.shape[x.channel] as number);
  const out = axes.map((axis) => result.shape[axis] as number);
  const whole = out.every((size) => size === 1) && sizes.every((size, i) => (w.kernel[i] ?? 1) >= size);
  if (kind === 'average' && whole) return call.writer.push(call.name, { kind: 'mean' }, [x], result);
  const square = axes.length === 2 && equal(w.kernel) && equal(w.strides) && equal(w.dilations);
  const shape = { kernel: w.kernel[0] ?? 1, stride: w.strides[0] ?? 1 };
  if (kind === 'max' && square && w.dilations[0] === 1) {
    return call.writer.push(call.name, { kind: 'maxPool', ...shape }, [x], result);
  }
  const window = Math.max(1, Math.round(Math.sqrt(product(w.kernel))));
  const stride = Math.max(1, Math.round(Math.sqrt(product(w.strides))));
  const type = `${call.node.type} ${times(w.kernel)}`;
  return call.writer.foreign(call.name, { type, like: `${kind}-pool`, window, stride }, [x], result);
}
