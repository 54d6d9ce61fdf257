/** Ops that compute number by number, and those that sum over axes. */
import type { ActivationOp } from '../../../models/index.js';
import type { Call } from '../call.js';
import { type Value, broadcast, imageOf, product, spatialAxes } from '../value.js';

/** One of our activations, by its layer. */
export function activation(call: Call, x: Value, kind: ActivationOp['activation'], name = call.name): Value {
  return call.writer.push(name, { kind: 'activation', activation: kind }, [x], x);
}

/** An op on one value that no network of ours has. */
export function unary(call: Call, params = 0): Value {
  const x = call.input();
  return call.writer.foreign(call.name, { type: call.node.type, like: 'elementwise', params }, [x], x);
}

/** Kinds of layers that a constant for each channel is folded into, as runtimes do. */
function takesConstants(call: Call, { id }: Value): boolean {
  const op = id === undefined ? undefined : call.writer.ops[id];
  if (op === undefined) return false;
  if (op.kind === 'foreign') return op.like === 'product' || op.like === 'depthwise' || op.like === 'folded';
  return ['conv2d', 'depthwiseConv2d', 'dense', 'batchNorm'].includes(op.kind);
}

const affine: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div', 'ADD', 'SUB', 'MUL', 'DIV']);
const isAdd = (type: string) => type === 'Add' || type === 'ADD';
const isMultiply = (type: string) => type === 'Mul' || type === 'MUL';

/** The sum, product and the like of several values, with broadcasting. */
export function combine(call: Call): Value {
  const { node, writer, name } = call;
  const values = call.present;
  const shape = broadcast(values.map((value) => value.shape));
  if (shape === undefined) {
    call.fail(
      `shapes ${values.map((value) => `[${value.shape.join(', ')}]`).join(' and ')} do not fit each other`,
    );
  }
  const made = values.filter(({ id }) => id !== undefined);
  const constants = values.filter(({ id }) => id === undefined);
  const widest = made.toSorted(
    (a, b) => b.shape.length - a.shape.length || product(b.shape) - product(a.shape),
  );
  const [first, second] = widest;
  const channel = (first ?? call.input()).channel + shape.length - (first ?? call.input()).shape.length;
  const result = { shape, channel };
  const sizes = constants.map((value) => product(value.shape));
  // A single number is an attribute rather than a parameter.
  const params = sizes.reduce((sum, size) => sum + (size > 1 ? size : 0), 0);
  const whole = first !== undefined && product(first.shape) === product(shape);
  if (made.length === 1 && whole && affine.has(node.type) && takesConstants(call, first)) {
    const each = sizes.every((size) => size === 1 || size === shape[channel]);
    if (each) return writer.foreign(name, { type: node.type, like: 'folded', params }, made, result);
  }
  if (made.length === 2 && constants.length === 0 && first && second && whole) {
    const [a, b] = [imageOf(first), imageOf({ ...second, channel: second.channel })];
    const same = a.every((size, axis) => size === b[axis]);
    const scales = b[0] === 1 && b[1] === 1 && b[2] === a[2];
    if (isAdd(node.type) && same) return writer.push(name, { kind: 'add' }, values, result);
    if (isMultiply(node.type) && (same || scales)) {
      return writer.push(name, { kind: 'multiply' }, same ? values : [first, second], result);
    }
  }
  return writer.foreign(name, { type: node.type, like: 'elementwise', params }, made, result);
}

/** A sum, mean or maximum over axes. */
export function reduce(
  call: Call,
  axes: readonly number[] | undefined,
  keep: boolean,
  isMean: boolean,
  x = call.input(),
): Value {
  const rank = x.shape.length;
  const over = new Set((axes ?? x.shape.map((_, axis) => axis)).map((axis) => call.axis(axis, rank)));
  const all = x.shape.map((size, axis) => (over.has(axis) ? 1 : size));
  const kept = x.shape.map((_, axis) => axis).filter((axis) => keep || !over.has(axis));
  const at = kept.indexOf(x.channel);
  const channel = at >= 0 ? at : Math.max(0, kept.length - 1);
  const result = { shape: kept.map((axis) => all[axis] as number), channel };
  const spatial = spatialAxes(x);
  const overMap = isMean && over.size === spatial.length && spatial.every((axis) => over.has(axis));
  if (overMap) return call.writer.push(call.name, { kind: 'mean' }, [x], result);
  return call.writer.foreign(call.name, { type: call.node.type, like: 'reduce' }, [x], result);
}
