/** One block position of a supernet: mixed inverted residual, as `lowerBlock` has it. */
import { type Ref, T, attr } from '../network/native/graph-writer.js';
import type { Item } from './code.js';
import { middleRows, stripColumns, stripsOf, tableOf } from './kernels.js';
import * as ops from './ops.js';
import type { BlockPlan } from './plan.js';
import type { Recorder } from './recorder.js';

/** Records a block; where the subnet lacks it, its input passes. */
export function recordBlock(r: Recorder, block: BlockPlan, x: Ref): Ref {
  if (block.presence === 'always') return present(r, block, x);
  return r.t.branch(
    r.t.code.flag(`${block.name}.present`),
    [x],
    ([inner]) => present(r, block, inner as Ref),
    ([inner]) => inner as Ref,
  );
}

function present(r: Recorder, block: BlockPlan, from: Ref): Ref {
  const { t } = r;
  const { name, outSize } = block;
  const [wide, out] = [`${name}.wide`, `${name}.out`];
  const expanded = expand(r, block, from);
  let x = mixedDepthwise(r, block, expanded);
  x = r.normActivate(x, `${name}.depthwise.bn`, wide, `${name}.act`, block.activations);
  x = gate(r, block, x, expanded);
  x = squeezeExcite(r, block, x);
  const kernel = grouped(r, `${name}.project`, [wide, out], [block.wide, block.out], block.projectGrouped);
  x = r.pointwise(x, outSize, wide, out, kernel);
  x = r.batchNorm(x, `${name}.project.bn`, out);
  if (block.skip === 'never') return x;
  if (block.skip === 'always') return ops.add(t, x, from);
  return t.branch(
    t.code.flag(`${name}.skips`),
    [x, from],
    ([y, skipped]) => ops.add(t, y as Ref, skipped as Ref),
    ([y]) => y as Ref,
  );
}

/** A kernel of a 1x1 convolution; with groups, without what connects channels of different ones. */
function grouped(
  r: Recorder,
  name: string,
  size: readonly Item[],
  [input, output]: readonly [number, number],
  grouped: boolean,
): Ref {
  const { t, g } = r;
  const kernel = r.cut(`${name}.kernel`, size);
  if (!grouped) return kernel;
  const [rows, columns] = [size[0] as string, size[1] as string];
  const oneHot = (list: string, length: string, room: number) => {
    const ids = t.code.list(`${name}.${list}`, length, room);
    return g.op('OneHot', [ids, t.code.scalar(`${name}Groups`), g.float(1), g.float(0)], {
      ...T,
      TI: attr.type('int32'),
      axis: attr.int(-1),
    });
  };
  const mask = ops.product(g, oneHot('inputs', rows, input), oneHot('outputs', columns, output), {
    tb: true,
  });
  return t.node(g.op('Mul', [kernel, mask]), [kernel], (dy) => [g.op('Mul', [dy, mask])]);
}

function expand(r: Recorder, block: BlockPlan, from: Ref): Ref {
  const { name, size } = block;
  const [input, wide] = [`${name}.in`, `${name}.wide`];
  const widen = (x: Ref): Ref => {
    const kernel = grouped(
      r,
      `${name}.expand`,
      [input, wide],
      [block.input, block.wide],
      block.expandGrouped,
    );
    const y = r.pointwise(x, size, input, wide, kernel);
    return r.normActivate(y, `${name}.expand.bn`, wide, `${name}.act`, block.activations);
  };
  if (block.expand === 'always') return widen(from);
  if (block.expand === 'never') return from;
  return r.t.branch(
    r.t.code.flag(`${name}.expands`),
    [from],
    ([x]) => widen(x as Ref),
    ([x]) => x as Ref,
  );
}

/** Every kernel size of the block over its channels, one below the other, and a row of zeros. */
function kernelTable(r: Recorder, block: BlockPlan): { table: Ref; rows: number } {
  const { t, g } = r;
  const { name, kernels, wide } = block;
  const tables: Ref[] = [];
  kernels.forEach((k, i) => {
    if (i === 0) {
      tables.push(r.whole(`${name}.depthwise.kernel`));
      return;
    }
    const above = kernels[i - 1] as number;
    const middle = ops.gatherRows(t, tables[i - 1] as Ref, g.ints(middleRows(above, k)), above ** 2);
    tables.push(ops.matMul(t, r.whole(`${name}.depthwise.transform.${k}`), middle));
  });
  const zeros = t.reach(g.constant(new Float32Array(wide), [1, wide]));
  const rows = tableOf(kernels).zeroRow + 1;
  return { table: ops.stack(t, [...tables, zeros], [...kernels.map((k) => k ** 2), 1]), rows };
}

function mixedDepthwise(r: Recorder, block: BlockPlan, x: Ref): Ref {
  const { t } = r;
  const { name, wide } = block;
  const { table, rows } = kernelTable(r, block);
  const active = ops.cutTo(t, table, [rows, `${name}.wide`], [rows, wide]);
  const groups = Array.from({ length: block.groups }, (_, i) => ({
    begin: `${name}.group.${i}.begin`,
    size: `${name}.group.${i}.size`,
  }));
  const kernels = ops.splitAlong(t, active, 1, 2, groups);
  if (r.kernels) return fedDepthwise(r, block, x, kernels, rows);
  const maps = ops.splitAlong(t, x, 3, 4, groups);
  const outputs = groups.map(({ size }, i) => {
    const inputs = [maps[i] as Ref, kernels[i] as Ref];
    const convolve = ([map, kernel]: readonly Ref[]) =>
      depthwise(r, block, i, map as Ref, kernel as Ref, rows);
    if (i === 0) return convolve(inputs);
    return t.branch(t.code.flag(size), inputs, convolve, ([map]) => nothing(r, block, map as Ref));
  });
  return ops.joinChannels(t, outputs, groups);
}

/** All groups in one device kernel of our own, which takes their sizes as they come; one of no channels costs nothing. */
function fedDepthwise(
  { t, g }: Recorder,
  block: BlockPlan,
  x: Ref,
  tables: readonly Ref[],
  rows: number,
): Ref {
  const { code } = t;
  const groups = tables.map((_, i) => `${block.name}.group.${i}`);
  const kernels = tables.map((table, i) => {
    const name = groups[i] as string;
    const room = (block.kernels[0] as number) ** 2;
    const taps = ops.gatherRows(t, table, code.list(`${name}.plain`, `${name}.plainTaps`, room), rows);
    const shape = [`${name}.kernel`, `${name}.kernel`, `${name}.size`, 1];
    return ops.reshape(t, taps, shape, [`${name}.plainTaps`, `${name}.size`]);
  });
  const attributes = { groups: attr.int(groups.length), stride: attr.int(block.stride) };
  const dilations = code.vector(groups.map((name) => `${name}.dilation`));
  const inputs = [x, ...kernels];
  return t.node(g.op('MixnasDepthwiseFed', [x, dilations, ...kernels], attributes), inputs, (dy) => {
    const dx = g.op('MixnasDepthwiseFedGrad', [dy, x, dilations, ...kernels], attributes);
    return inputs.map((_, i) => g.output(dx, i));
  });
}

/** A map without channels, of the size of the output. */
function nothing({ t, g }: Recorder, { size, outSize }: BlockPlan, map: Ref): Ref {
  if (size === outSize) return map;
  const y = g.op('Slice', [map, g.ints([0, 0, 0, 0]), g.ints([-1, outSize, outSize, 0])], ops.indexed);
  const rest = size - outSize;
  const paddings = g.constant(Int32Array.of(0, 0, 0, rest, 0, rest, 0, 0), [4, 2]);
  return t.node(y, [map], (dy) => [g.op('Pad', [dy, paddings])]);
}

/** One group's depthwise convolution; its kernel is made of rows of `table`. */
function depthwise(r: Recorder, block: BlockPlan, group: number, x: Ref, table: Ref, rows: number): Ref {
  const { t, g } = r;
  const name = `${block.name}.group.${group}`;
  const list = t.code.list(`${name}.rows`, `${name}.taps`, block.reach ** 2);
  const taps = ops.gatherRows(t, table, list, rows);
  const kernel = ops.reshape(
    t,
    taps,
    [`${name}.reach`, `${name}.reach`, `${name}.size`, 1],
    [`${name}.taps`, `${name}.size`],
  );
  const attributes = {
    ...T,
    strides: attr.ints([1, block.stride, block.stride, 1]),
    padding: attr.string('SAME'),
  };
  const y = g.op('DepthwiseConv2dNative', [x, kernel], attributes);
  return t.node(y, [x, kernel], (dy) => [
    g.op('DepthwiseConv2dNativeBackpropInput', [g.op('Shape', [x]), kernel, dy], attributes),
    kernelGradient(r, block, name, x, dy),
  ]);
}

/**
 * The gradient by a depthwise kernel in strips of three columns, as in `native/convolution.ts`; how many there
 * are depends on the subnet.
 */
function kernelGradient({ t, g }: Recorder, block: BlockPlan, name: string, x: Ref, dy: Ref): Ref {
  const { code } = t;
  const attributes = {
    ...T,
    strides: attr.ints([1, block.stride, block.stride, 1]),
    padding: attr.string('VALID'),
  };
  const paddings = g.op(
    'Reshape',
    [
      code.vector([0, 0, `${name}.before`, `${name}.after`, `${name}.before`, `${name}.after`, 0, 0]),
      g.ints([4, 2]),
    ],
    { T: attr.type('int32') },
  );
  const padded = g.op('Pad', [x, paddings]);
  const count = stripsOf(block.reach);
  const strips = Array.from({ length: count }, (_, i) => {
    const columns = `${name}.columns.${i}`;
    const size = code.vector([-1, -1, `${name}.span.${i}`, -1]);
    const shape = code.vector([`${name}.reach`, columns, `${name}.size`, 1]);
    const convolve = (image: Ref, gradient: Ref) => {
      const shifted = g.op('Slice', [image, g.ints([0, 0, i * stripColumns, 0]), size], ops.indexed);
      return g.op('DepthwiseConv2dNativeBackpropFilter', [shifted, shape, gradient], attributes);
    };
    if (i === 0) return convolve(padded, dy);
    const wanted = code.flag(columns);
    const sent = g.op('Switch', [dy, wanted]);
    const image = g.output(g.op('Switch', [padded, wanted]), 1);
    const none = g.op('Slice', [sent, g.ints([0, 0, 0, 0]), g.ints([0, 0, 0, 0])], ops.indexed);
    const nothing = g.op('Reshape', [none, shape]);
    return g.op('Merge', [nothing, convolve(image, g.output(sent, 1))], { ...T, N: attr.int(2) });
  });
  return count === 1
    ? (strips[0] as Ref)
    : g.op('ConcatV2', [...strips, g.int(1)], { ...T, N: attr.int(count) });
}

/** Attention over the groups, as `lowerBlock` has it: an output of the gate belongs to a kernel, not to a place. */
function gate(r: Recorder, block: BlockPlan, x: Ref, expanded: Ref): Ref {
  const { t, g } = r;
  const { name } = block;
  if (block.gate === 'never') return x;
  const [wide, units, groups] = [`${name}.wide`, `${name}.gateUnits`, `${name}.groups`];
  const scale = ([map, source]: readonly Ref[]): Ref => {
    const pooled = ops.globalMean(t, source as Ref, block.size, wide);
    const kernel = r.cut(`${name}.gate.reduce.kernel`, [wide, units]);
    const pixel = [-1, 1, 1, units];
    const reduced = ops.reshape(t, ops.matMul(t, pooled, kernel), pixel, [-1, units]);
    const normed = r.normActivate(reduced, `${name}.gate.bn`, units, `${name}.act`, block.activations);
    const active = ops.reshape(t, normed, [-1, units], pixel);
    const count = block.parts.length;
    const parts = t.code.list(`${name}.gate.parts`, groups, block.groups);
    // Columns of the dense layer by kernel: [parts, groups], one 1 a column.
    const pick = g.op('OneHot', [parts, g.int(count), g.float(1), g.float(0)], {
      ...T,
      TI: attr.type('int32'),
      axis: attr.int(0),
    });
    const all = r.dense(active, `${name}.gate.dense`, units, count);
    const weights = ops.softmax(t, ops.matMul(t, all, pick));
    const ids = t.code.list(`${name}.gate.groups`, wide, block.wide);
    const depth = t.code.scalar(groups);
    const high = g.op('Cast', [depth], { SrcT: attr.type('int32'), DstT: attr.type('float') });
    const matrix = g.op('OneHot', [ids, depth, high, g.float(0)], {
      ...T,
      TI: attr.type('int32'),
      axis: attr.int(0),
    });
    const channels = ops.matMul(t, weights, matrix);
    const factor = ops.reshape(t, channels, [-1, 1, 1, wide], [-1, wide]);
    return r.scale(map as Ref, factor);
  };
  if (block.gate === 'always') return scale([x, expanded]);
  return t.branch(t.code.flag(units), [x, expanded], scale, ([map]) => map as Ref);
}

function squeezeExcite(r: Recorder, block: BlockPlan, x: Ref): Ref {
  const { t } = r;
  const { name } = block;
  if (block.squeeze === 'never') return x;
  const [wide, squeezed] = [`${name}.wide`, `${name}.squeezed`];
  const scale = (map: Ref): Ref => {
    const pooled = ops.globalMean(t, map, block.outSize, wide);
    const reduced = r.dense(pooled, `${name}.se.reduce`, wide, squeezed);
    const active = r.activation(reduced, `${name}.act`, block.activations);
    const excited = ops.activate(t, r.dense(active, `${name}.se.expand`, squeezed, wide), 'sigmoid');
    return r.scale(map, ops.reshape(t, excited, [-1, 1, 1, wide], [-1, wide]));
  };
  if (block.squeeze === 'always') return scale(x);
  return t.branch(
    t.code.flag(squeezed),
    [x],
    ([map]) => scale(map as Ref),
    ([map]) => map as Ref,
  );
}
