/** Fully connected layers, matrix products and recurrent layers. */
import type { Call } from '../call.js';
import { type Value, broadcast, product } from '../value.js';

/** A layer that multiplies each row of `x`, of `input` numbers, with the same weights. */
export function dense(
  call: Call,
  x: Value,
  input: number,
  options: { readonly bias: boolean; readonly shape: readonly number[] },
): Value {
  const { writer, name } = call;
  const rows = product(x.shape) / input;
  if (!Number.isInteger(rows) || rows < 1)
    call.fail(`it takes rows of ${input} and is given ${product(x.shape)} numbers`);
  const result = { shape: options.shape, channel: options.shape.length - 1 };
  // A row is a pixel; a map of another form is seen as such.
  const pixels: Value =
    x.shape.at(-1) === input
      ? { ...x, channel: x.shape.length - 1 }
      : { shape: [rows, input], channel: 1, id: x.id };
  const from = [writer.view(`${name}/input`, x, pixels)];
  if (rows === 1 && options.bias) return writer.push(name, { kind: 'dense' }, from, result);
  const shape = { kernel: 1, stride: 1, dilation: 1, groups: 1, bias: options.bias };
  return writer.push(name, { kind: 'conv2d', ...shape }, from, result);
}

/** The product of two values, either of which may be a constant. */
export function matmul(call: Call, turnA = false, turnB = false): Value {
  const [a, b] = [call.input(0), call.input(1)];
  const turned = (shape: readonly number[], turn: boolean) =>
    turn && shape.length > 1
      ? [...shape.slice(0, -2), shape.at(-1) as number, shape.at(-2) as number]
      : [...shape];
  const left = turned(a.shape.length === 1 ? [1, ...a.shape] : a.shape, turnA);
  const right = turned(b.shape.length === 1 ? [...b.shape, 1] : b.shape, turnB);
  const [inner, other] = [left.at(-1) as number, right.at(-2) as number];
  if (inner !== other) call.fail(`rows of ${inner} are not multiplied by columns of ${other}`);
  const units = right.at(-1) as number;
  const batch = broadcast([left.slice(0, -2), right.slice(0, -2)]);
  if (batch === undefined) call.fail('its batches do not fit each other');
  const shape = [...batch, left.at(-2) as number, units];
  if (b.id === undefined && right.length === 2 && !turnA) {
    return dense(call, a, inner, { bias: false, shape });
  }
  const macs = product(shape) * inner;
  const params = [a, b].reduce((sum, { id, shape: own }) => sum + (id === undefined ? product(own) : 0), 0);
  const type = call.node.type;
  const result = { shape, channel: shape.length - 1 };
  return call.writer.foreign(call.name, { type, like: 'product', macs, params }, [a, b], result);
}

/** LSTM, GRU and plain recurrent layers of ONNX: the weights multiply every step. */
export function recurrent(call: Call): Value[] {
  const x = call.input();
  const [w, r] = [call.input(1), call.input(2)];
  const [steps = 1, batch = 1] = x.shape;
  const [directions = 1, , hidden = 1] = r.shape;
  const weights = product(w.shape) + product(r.shape);
  const rest = call.inputs
    .slice(3)
    .reduce((sum, v) => sum + (v && v.id === undefined ? product(v.shape) : 0), 0);
  const parts = {
    type: call.node.type,
    like: 'product',
    macs: steps * batch * weights,
    params: weights + rest,
  } as const;
  const y = { shape: [steps, directions, batch, hidden], channel: 3 };
  const made = call.writer.foreign(call.name, parts, [x], y);
  const last = { shape: [directions, batch, hidden], channel: 2, id: made.id };
  return [made, last, last];
}
