/** Convolutions, plain and of groups, means, and concatenations, as operations. */
import type { AnyOp } from '../../models/index.js';
import type { Box, NpuMap, NpuOperation } from './operation.js';
import { type ProgramBuilder, type Value, type Wanted, whole, windowOf } from './program.js';

/** `nxp`: the compiler as NXP ships it for i.MX93, which adds 0 to each concatenation. */
export type CompilerVariant = 'arm' | 'nxp';

type Conv2d = AnyOp & { readonly kind: 'conv2d' };

/** The most pixels that one operation averages. */
const mostAveraged = 4096;

export function compileConvolution(
  p: ProgramBuilder,
  variant: CompilerVariant,
  op: Conv2d,
  from: Value,
  box: Box,
): void {
  const { id, kernel, stride, dilation, groups } = op;
  const source = p.mapOf(from);
  if (groups > 1) {
    compileGroups(p, variant, op, from, box);
  } else if (source.height === 1 && box.height === 1) {
    p.make({ layer: id, kind: 'product', write: box }, from);
  } else {
    const wanted: Wanted = {
      layer: id,
      kind: 'convolution',
      write: box,
      ...windowOf(kernel, stride, dilation),
    };
    p.make({ ...wanted, ...folded(source, from, op) }, from);
  }
}

/** One convolution a group, each copied to its place. */
function compileGroups(p: ProgramBuilder, variant: CompilerVariant, op: Conv2d, from: Value, box: Box): void {
  const { id: layer, kernel, stride, dilation, groups } = op;
  const window = windowOf(kernel, stride, dilation);
  const part = { ...box, channels: box.channels / groups };
  const output = p.map(box);
  const own = from.channels / groups;
  const makers = Array.from({ length: groups }, (_, group) => {
    const input = { map: from.map, begin: from.begin + group * own, channels: own };
    const one = p.emit({ layer, kind: 'convolution', write: part, ...window }, input);
    p.copyInto(layer, whole(one), output, group * part.channels);
    return one;
  });
  p.set(layer, makers, afterConcat(p, variant, layer, output, box));
}

/** An image of few channels is read two columns at a time where a stride of 2 allows. */
function folded(source: NpuMap, from: Value, { kernel, stride, dilation }: Conv2d): Partial<Wanted> {
  const folds =
    stride === 2 && dilation === 1 && from.channels <= 4 && source.width % 2 === 0 && source.external;
  if (!folds) return {};
  const read = { height: source.height, width: source.width / 2, channels: from.channels * 2 };
  return { read, kernelWidth: Math.ceil(kernel / 2), strideWidth: 1 };
}

/** Sums over rows and columns, of at most so many pixels at once, then a division. */
export function compileMean(p: ProgramBuilder, layer: number, from: Value, box: Box): void {
  const { height, width } = p.mapOf(from);
  const rows = Math.min(height, Math.max(1, Math.floor(mostAveraged / width)));
  let sum: NpuOperation | undefined;
  for (let begin = 0; begin < height; begin += rows) {
    const own = Math.min(rows, height - begin);
    const one = p.emit(
      {
        layer,
        kind: 'depthwise',
        write: box,
        read: { height: own, width, channels: from.channels },
        kernelHeight: own,
        kernelWidth: width,
        outputBytes: 4,
      },
      from,
    );
    sum =
      sum === undefined
        ? one
        : p.emit({ layer, kind: 'elementwise', unit: 'add', write: box, second: sum.output }, whole(one));
  }
  const input = whole(sum as NpuOperation);
  p.make({ layer, kind: 'elementwise', unit: 'multiply', write: box }, input);
}

export function compileConcat(
  p: ProgramBuilder,
  variant: CompilerVariant,
  { id, inputs }: AnyOp,
  box: Box,
): void {
  const output = p.map(box);
  const parts = inputs.map((input) => p.valueOf(input));
  let begin = 0;
  for (const part of parts) {
    p.copyInto(id, part, output, begin);
    begin += part.channels;
  }
  // An activation behind it can be merged into the operations of each part.
  const makers = parts.flatMap((part) => p.mapOf(part).writers.map((at) => p.operations[at] as NpuOperation));
  p.set(id, makers, afterConcat(p, variant, id, output, box));
}

function afterConcat(
  p: ProgramBuilder,
  variant: CompilerVariant,
  layer: number,
  map: number,
  box: Box,
): Value {
  const joined = { map, begin: 0, channels: box.channels };
  if (variant === 'arm') return joined;
  return whole(p.emit({ layer, kind: 'elementwise', unit: 'add', write: box }, joined));
}
