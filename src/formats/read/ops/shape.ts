/** Ops that move numbers or call them another shape. */
import type { Call } from '../call.js';
import { type Value, imageOf, product } from '../value.js';

/** The axis of channels after a reshape: where the same axis still splits the numbers alike, else the last. */
function channelAfter(x: Value, shape: readonly number[]): number {
  const channels = x.shape[x.channel];
  const before = product(x.shape.slice(0, x.channel));
  const found = shape.findIndex(
    (size, axis) => size === channels && product(shape.slice(0, axis)) === before,
  );
  return found >= 0 ? found : Math.max(0, shape.length - 1);
}

/** Another shape of the same numbers; -1 is what is left, 0 in ONNX the size of before. */
export function reshape(call: Call, wanted: readonly number[], zeroKeeps: boolean): Value {
  const x = call.input();
  const sizes = wanted.map((size, axis) => (size === 0 && zeroKeeps ? (x.shape[axis] ?? 0) : size));
  const known = product(sizes.filter((size) => size !== -1));
  const total = product(x.shape);
  const shape = sizes.map((size) => (size === -1 ? total / Math.max(1, known) : size));
  if (product(shape) !== total || shape.some((size) => size < 0 || !Number.isInteger(size))) {
    call.fail(`[${x.shape.join(', ')}] is not made [${wanted.join(', ')}]`);
  }
  return reshaped(call, shape);
}

export function reshaped(call: Call, shape: readonly number[]): Value {
  const x = call.input();
  const to = { shape, channel: channelAfter(x, shape), numbers: x.numbers };
  return call.writer.view(call.name, x, to, call.node.type);
}

export function transpose(call: Call, given: readonly number[] | undefined): Value {
  const x = call.input();
  const rank = x.shape.length;
  const order = (given ?? x.shape.map((_, axis) => rank - 1 - axis)).map((axis) => call.axis(axis, rank));
  if (order.length !== rank || new Set(order).size !== rank)
    call.fail(`[${order.join(', ')}] is no order of ${rank} axes`);
  const to = { shape: order.map((axis) => x.shape[axis] as number), channel: order.indexOf(x.channel) };
  // An order that keeps pixels in theirs is another layout, which a runtime of one layout does not see.
  const moved = order.filter((axis) => axis !== x.channel && x.shape[axis] !== 1);
  const inOrder = moved.every((axis, i) => i === 0 || (moved[i - 1] as number) < axis);
  if (inOrder) return call.writer.view(call.name, x, to, call.node.type);
  return call.writer.foreign(call.name, { type: call.node.type, like: 'copy' }, [x], to);
}

/** A part of a value: of channels, ours; else moved. */
export function part(
  call: Call,
  from: Value,
  begins: ReadonlyMap<number, number>,
  shape: readonly number[],
  name = call.name,
): Value {
  const result = { shape, channel: from.channel };
  if (shape.every((size, axis) => size === from.shape[axis])) return { ...from, numbers: undefined };
  const others = shape.every((size, axis) => axis === from.channel || size === from.shape[axis]);
  const begin = begins.get(from.channel) ?? 0;
  if (others) return call.writer.push(name, { kind: 'slice', begin }, [from], result);
  return call.writer.foreign(name, { type: call.node.type, like: 'copy' }, [from], result);
}

/** Parts along an axis, of the sizes given. */
export function split(call: Call, x: Value, axis: number, sizes: readonly number[]): Value[] {
  const at = call.axis(axis, x.shape.length);
  if (sizes.some((size) => size < 0) || sizes.reduce((a, b) => a + b, 0) !== x.shape[at]) {
    call.fail(`parts of ${sizes.join(', ')} are not the ${x.shape[at]} of axis ${at}`);
  }
  let begin = 0;
  return sizes.map((size, i) => {
    const shape = x.shape.map((own, other) => (other === at ? size : own));
    const made = part(call, x, new Map([[at, begin]]), shape, `${call.name}.${i}`);
    begin += size;
    return made;
  });
}

export function concat(call: Call, axis: number): Value {
  const values = call.present;
  const first = call.input();
  const at = call.axis(axis, first.shape.length);
  const fits = values.every(
    ({ shape }) =>
      shape.length === first.shape.length && shape.every((size, i) => i === at || size === first.shape[i]),
  );
  if (!fits)
    call.fail(
      `${values
        .map(({ shape }) => `[${shape.join(', ')}]`)
        .slice(0, 4)
        .join(' and ')} are not put together along axis ${at}`,
    );
  const sum = values.reduce((total, { shape }) => total + (shape[at] as number), 0);
  const shape = first.shape.map((size, i) => (i === at ? sum : size));
  const { channel } = values.find(({ id }) => id !== undefined) ?? first;
  const result = { shape, channel };
  if (at === channel) return call.writer.push(call.name, { kind: 'concat' }, values, result);
  return call.writer.foreign(call.name, { type: call.node.type, like: 'copy' }, values, result);
}

/** An op that moves numbers to a shape that is known. */
export function moved(call: Call, shape: readonly number[], like: 'copy' | 'elementwise' = 'copy'): Value {
  const x = call.input();
  const same = shape.length === x.shape.length;
  const result = { shape, channel: same ? x.channel : channelAfter(x, shape) };
  const held = call.present.reduce(
    (sum, v) => sum + (v.id === undefined && v.numbers === undefined ? product(v.shape) : 0),
    0,
  );
  return call.writer.foreign(call.name, { type: call.node.type, like, params: held }, call.present, result);
}

/** What we do not know: its weights multiply every pixel of what it gives. */
export function unknown(call: Call): Value[] {
  const made = call.present.filter(({ id }) => id !== undefined);
  const first = call.inputs.find((value) => value?.id !== undefined) ?? call.inputs.find((value) => value);
  const weights = call.present.reduce(
    (sum, { id, shape }) => sum + (id === undefined && shape.length > 1 ? product(shape) : 0),
    call.node.innerWeights ?? 0,
  );
  return call.node.outputs.map((_, i) => {
    const shape = call.declared[i] ?? first?.shape ?? [];
    const channel = Math.min(first?.channel ?? 0, Math.max(0, shape.length - 1));
    const result = {
      shape,
      channel: shape.length === first?.shape.length ? channel : Math.max(0, shape.length - 1),
    };
    const [height, width] = imageOf(result);
    const counts = i === 0;
    return call.writer.foreign(
      i === 0 ? call.name : `${call.name}.${i}`,
      {
        type: call.node.type,
        like: counts && weights > 0 ? 'product' : counts ? 'elementwise' : 'view',
        known: false,
        params: counts ? weights : 0,
        macs: counts ? weights * height * width : 0,
      },
      made,
      result,
    );
  });
}
