/** Ops of a supernet with their gradients: shapes are read out of the subnet's code. */
import { unreachable } from '../../base/index.js';
import type { Activation } from '../../models/index.js';
import { mean, sum } from '../network/native/gradients.js';
import { type GraphWriter, type Ref, T, attr } from '../network/native/graph-writer.js';
import { nonLinearity } from '../network/native/layers.js';
import type { Item } from './code.js';
import type { Tape } from './tape.js';

export const indexed = { ...T, Index: attr.type('int32') };

export function product(
  g: GraphWriter,
  a: Ref,
  b: Ref,
  { ta = false, tb = false }: { readonly ta?: boolean; readonly tb?: boolean } = {},
): Ref {
  return g.op('MatMul', [a, b], { ...T, transpose_a: attr.bool(ta), transpose_b: attr.bool(tb) });
}

/** In another shape; `from` is the shape it has. */
export function reshape(t: Tape, x: Ref, shape: readonly Item[], from: readonly Item[]): Ref {
  const { g, code } = t;
  const y = g.op('Reshape', [x, code.vector(shape)]);
  return t.node(y, [x], (dy) => [g.op('Reshape', [dy, code.vector(from)])]);
}

/** The first `size` elements along each axis of a parameter of the shape `of`. */
export function cutTo(t: Tape, x: Ref, size: readonly Item[], of: readonly number[]): Ref {
  const { g, code } = t;
  if (size.every((item, i) => item === of[i])) return x;
  const zeros = g.ints(of.map(() => 0));
  const y = g.op('Slice', [x, zeros, code.vector(size)], indexed);
  return t.node(y, [x], (dy) => [padTo(t, dy, size, of)]);
}

/** Zeros after the elements of `x`, whose shape is `size`, up to the shape `to`. */
export function padTo(t: Tape, x: Ref, size: readonly Item[], to: readonly number[]): Ref {
  const { g, code } = t;
  const int32 = { T: attr.type('int32') };
  const missing = g.op('Sub', [g.ints(to), code.vector(size)], int32);
  const paddings = g.op('Pack', [g.ints(to.map(() => 0)), missing], {
    ...int32,
    N: attr.int(2),
    axis: attr.int(1),
  });
  return g.op('Pad', [x, paddings]);
}

export function matMul(t: Tape, a: Ref, b: Ref): Ref {
  const { g } = t;
  return t.node(product(g, a, b), [a, b], (dy) => [
    product(g, dy, b, { tb: true }),
    product(g, a, dy, { ta: true }),
  ]);
}

export function add(t: Tape, a: Ref, b: Ref): Ref {
  return t.node(t.g.op('AddV2', [a, b]), [a, b], (dy) => [dy, dy]);
}

/** x `[batch, h, w, c]` times one factor `[batch, 1, 1, c]` for each image and channel. */
export function scaleChannels(t: Tape, x: Ref, factor: Ref): Ref {
  const { g } = t;
  return t.node(g.op('Mul', [x, factor]), [x, factor], (dy) => [
    g.op('Mul', [dy, factor]),
    sum(g, g.op('Mul', [dy, x]), [1, 2], true),
  ]);
}

export function bias(t: Tape, x: Ref, b: Ref): Ref {
  const { g } = t;
  return t.node(g.op('BiasAdd', [x, b]), [x, b], (dy) => [dy, g.op('BiasAddGrad', [dy])]);
}

export function activate(t: Tape, x: Ref, kind: Activation): Ref {
  if (kind === 'linear') return x;
  const [y, gradient] = nonLinearity(t.g, kind, x);
  return t.node(y, [x], (dy) => [gradient(dy)]);
}

export function softmax(t: Tape, x: Ref): Ref {
  const { g } = t;
  const y = g.op('Softmax', [x]);
  return t.node(y, [x], (dy) => {
    const along = sum(g, g.op('Mul', [dy, y]), [-1], true);
    return [g.op('Mul', [g.op('Sub', [dy, along]), y])];
  });
}

/** Mean over height and width: `[batch, c]`. */
export function globalMean(t: Tape, x: Ref, size: number, channels: Item): Ref {
  const { g, code } = t;
  const y = mean(g, x, [1, 2], false);
  return t.node(y, [x], (dy) => {
    const each = g.op('Mul', [dy, g.float(1 / size ** 2)]);
    const pixel = g.op('Reshape', [each, code.vector([-1, 1, 1, channels])]);
    return [g.op('BroadcastTo', [pixel, g.op('Shape', [x])])];
  });
}

/** Rows of a matrix by number, `[n, columns]`; `count` is how many rows there are. */
export function gatherRows(t: Tape, x: Ref, rows: Ref, count: number): Ref {
  const { g } = t;
  const y = g.op('GatherV2', [x, rows, g.int(0)], {
    Tparams: attr.type('float'),
    Tindices: attr.type('int32'),
    Taxis: attr.type('int32'),
  });
  return t.node(y, [x], (dy) => [
    g.op('UnsortedSegmentSum', [dy, rows, g.int(count)], {
      ...T,
      Tindices: attr.type('int32'),
      Tnumsegments: attr.type('int32'),
    }),
  ]);
}

/** One below another. */
export function stack(t: Tape, parts: readonly Ref[], rows: readonly number[]): Ref {
  const { g } = t;
  const y = g.op('ConcatV2', [...parts, g.int(0)], { ...T, N: attr.int(parts.length) });
  return t.node(y, parts, (dy) => {
    let begin = 0;
    return rows.map((count) => {
      const part = g.op('Slice', [dy, g.ints([begin, 0]), g.ints([count, -1])], indexed);
      begin += count;
      return part;
    });
  });
}

/** Parts along an axis, one after the other; together they are all of `x`. */
export function splitAlong(
  t: Tape,
  x: Ref,
  axis: number,
  rank: number,
  parts: readonly { readonly begin: Item; readonly size: Item }[],
): Ref[] {
  const { g, code } = t;
  if (parts.length === 1) return [x];
  const at = (item: Item, others: number) =>
    code.vector(Array.from({ length: rank }, (_, i) => (i === axis ? item : others)));
  const refs = parts.map(({ begin, size }) => g.op('Slice', [x, at(begin, 0), at(size, -1)], indexed));
  t.nodeOf(refs, [x], (gradients) => [
    g.op('ConcatV2', [...(gradients as Ref[]), g.int(axis)], { ...T, N: attr.int(refs.length) }),
  ]);
  return refs;
}

/** The inverse of `splitAlong` for the channels of maps. */
export function joinChannels(
  t: Tape,
  parts: readonly Ref[],
  sizes: readonly { readonly begin: Item; readonly size: Item }[],
): Ref {
  const { g, code } = t;
  if (parts.length === 1) return parts[0] as Ref;
  const y = g.op('ConcatV2', [...parts, g.int(3)], { ...T, N: attr.int(parts.length) });
  return t.node(y, parts, (dy) =>
    sizes.map(({ begin, size }) =>
      g.op('Slice', [dy, code.vector([0, 0, 0, begin]), code.vector([-1, -1, -1, size])], indexed),
    ),
  );
}

/** One of several outputs, whichever the code's quantity `choice` numbers. */
export function choose(
  t: Tape,
  choice: string,
  x: Ref,
  options: readonly ((x: Ref) => Ref)[],
  first = 0,
): Ref {
  const option = options[first];
  if (option === undefined) return unreachable(option as never);
  if (first === options.length - 1) return option(x);
  return t.branch(
    t.code.flag(`${choice}>${first}`),
    [x],
    ([inner]) => choose(t, choice, inner as Ref, options, first + 1),
    ([inner]) => option(inner as Ref),
  );
}
