/** Arithmetic of shapes: what files compute from sizes before they reshape, pad or resize. */
import { type Call } from './call.js';
import { mostNumbers } from './file-model.js';
import { type Value, axisOf, broadcast, product } from './value.js';

type Binary = (a: number, b: number) => number;
const binaries: Readonly<Record<string, Binary>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => (Number.isInteger(a) && Number.isInteger(b) ? Math.trunc(a / b) : a / b),
  floordiv: (a, b) => Math.floor(a / b),
  min: Math.min,
  minimum: Math.min,
  max: Math.max,
  maximum: Math.max,
  mod: (a, b) => a - b * Math.floor(a / b),
  pow: (a, b) => a ** b,
  equal: (a, b) => Number(a === b),
  less: (a, b) => Number(a < b),
  greater: (a, b) => Number(a > b),
};
const unaries: Readonly<Record<string, (a: number) => number>> = {
  identity: (a) => a,
  floor: Math.floor,
  ceil: Math.ceil,
  neg: (a) => -a,
  abs: Math.abs,
  sqrt: Math.sqrt,
  not: (a) => Number(!a),
};

const constant = (shape: readonly number[], numbers: readonly number[]): Value => ({
  shape,
  channel: Math.max(0, shape.length - 1),
  numbers,
});
const filled = (shape: readonly number[], value: number): Value | undefined => {
  const count = product(shape);
  const sound = shape.every((size) => Number.isInteger(size) && size >= 0) && count <= mostNumbers;
  return sound ? constant(shape, new Array<number>(count).fill(value)) : undefined;
};

/** Elements of a list, stepwise, with bounds as Python has them. */
function stepped(values: readonly number[], begin: number, end: number, step: number): number[] {
  const size = values.length;
  const bound = (at: number) =>
    Math.max(step < 0 ? -1 : 0, Math.min(step < 0 ? size - 1 : size, axisOf(at, size)));
  const picked: number[] = [];
  if (!Number.isInteger(step) || step === 0) return picked;
  for (let i = bound(begin), to = bound(end); step > 0 ? i < to : i > to; i += step)
    picked.push(values[i] as number);
  return picked;
}

/** The value of a node that computes with small constants; undefined where it does not. */
export function foldNumbers(call: Call): Value | undefined {
  const { node, inputs } = call;
  const type = node.type.toLowerCase().replaceAll('_', '');
  const [first, second, third, fourth, fifth] = inputs;
  if (type === 'shape' && first) return constant([first.shape.length], first.shape);
  if (type === 'constantofshape' && first?.numbers) return filled(first.numbers, 0);
  const lists = inputs.flatMap((value) => (value ? [value.numbers] : []));
  if (lists.length === 0 || lists.some((list) => list === undefined)) return undefined;
  const a = first?.numbers ?? [];
  const b = second?.numbers ?? [];
  const shape = first?.shape ?? [];
  const axis = axisOf(call.number('axis', 0), Math.max(1, shape.length));
  const unary = unaries[type];
  if (unary && first) return constant(shape, a.map(unary));
  const binary = binaries[type];
  if (binary && first && second) {
    const whole = broadcast([first.shape, second.shape]);
    // Scalars with lists, and lists of one length.
    const plain = whole && [a, b].every((list) => list.length === 1 || list.length === product(whole));
    if (!plain) return undefined;
    const count = product(whole);
    const at = (list: readonly number[], i: number) => (list.length === 1 ? list[0] : list[i]) as number;
    return constant(
      whole,
      Array.from({ length: count }, (_, i) => binary(at(a, i), at(b, i))),
    );
  }
  switch (type) {
    case 'cast':
      return constant(shape, [7, 6, 2, 4].includes(call.number('to', 0)) ? a.map(Math.trunc) : a);
    case 'concat':
    case 'concatenation': {
      const all = lists.flatMap((list) => list ?? []);
      return all.length <= mostNumbers && shape.length === 1 ? constant([all.length], all) : undefined;
    }
    case 'pack':
      return constant(
        [lists.length],
        lists.flatMap((list) => list ?? []),
      );
    case 'gather':
      return shape.length === 1 && axis === 0 && second
        ? constant(
            second.shape,
            b.map((i) => a[axisOf(i, a.length)] ?? 0),
          )
        : undefined;
    case 'slice': {
      if (shape.length !== 1) return undefined;
      const list = (name: string, value: Value | undefined) => call.list(name) ?? value?.numbers;
      const [begin, end] = [list('starts', second)?.[0], list('ends', third)?.[0]];
      const step = fifth?.numbers?.[0] ?? 1;
      if (begin === undefined || end === undefined || (fourth?.numbers?.[0] ?? 0) > 0) return undefined;
      const picked = stepped(a, begin, end, step);
      return constant([picked.length], picked);
    }
    case 'stridedslice': {
      if (shape.length !== 1 || call.format !== 'TFLite') return undefined;
      const begin = call.number('beginMask', 0) & 1 ? 0 : (b[0] ?? 0);
      const end = call.number('endMask', 0) & 1 ? a.length : (third?.numbers?.[0] ?? a.length);
      if (call.number('shrinkAxisMask', 0) & 1) return constant([], [a[axisOf(begin, a.length)] ?? 0]);
      const picked = stepped(a, begin, end, fourth?.numbers?.[0] ?? 1);
      return constant([picked.length], picked);
    }
    case 'unsqueeze':
    case 'expanddims':
      return a.length === 1 ? constant(shape.length === 0 ? [1] : [...shape, 1], a) : undefined;
    case 'squeeze':
      return a.length === 1 ? constant([], a) : undefined;
    case 'reshape':
      return constant(a.length === 1 && b.length === 0 ? [] : [a.length], a);
    case 'reduceprod':
      return constant([], [product(a)]);
    case 'range': {
      const [from, to, by] = [a[0] ?? 0, b[0] ?? 0, third?.numbers?.[0] ?? 1];
      const count = Math.max(0, Math.ceil((to - from) / by));
      return count <= mostNumbers
        ? constant(
            [count],
            Array.from({ length: count }, (_, i) => from + i * by),
          )
        : undefined;
    }
    case 'where':
      return a.length === b.length && b.length === third?.numbers?.length
        ? constant(
            shape,
            a.map((yes, i) => (yes ? b[i] : third.numbers?.[i]) as number),
          )
        : undefined;
    case 'expand':
    case 'fill':
      return type === 'fill' ? filled(a, b[0] ?? 0) : a.length === 1 ? filled(b, a[0] ?? 0) : undefined;
    default:
      return undefined;
  }
}
