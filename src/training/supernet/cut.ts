/** A subnet's weights as those of a network of its own. */
import { InternalError } from '../../base/index.js';
import { type WeightArray, type Weights, sizeOf, variablesOf } from '../network/variables.js';
import { middleRows, rowsOf, tableOf } from './kernels.js';
import { type BlockPlan, partLabel } from './plan.js';
import { type Subnet, groupsOf } from './subnet.js';

/** The block `[0, size)` along each axis of an array. */
function corner({ shape, data }: WeightArray, size: readonly number[]): Float32Array {
  const out = new Float32Array(sizeOf(size));
  const row = size.at(-1) as number;
  const rows = out.length / row;
  for (let i = 0; i < rows; i++) {
    let rest = i;
    let from = 0;
    let step = shape.at(-1) as number;
    for (let axis = size.length - 2; axis >= 0; axis--) {
      from += (rest % (size[axis] as number)) * step;
      rest = Math.floor(rest / (size[axis] as number));
      step *= shape[axis] as number;
    }
    out.set(data.subarray(from, from + row), i * row);
  }
  return out;
}

/** Every kernel size of a block over all channels, one below the other, and a row of zeros. */
function kernelTable({ name, kernels, wide }: BlockPlan, weights: Weights): Float32Array {
  const { begin, zeroRow } = tableOf(kernels);
  const table = new Float32Array((zeroRow + 1) * wide);
  kernels.forEach((k, i) => {
    const at = begin.get(k) as number;
    if (i === 0) {
      table.set(valueOf(weights, `${name}.depthwise.kernel`).data, at * wide);
      return;
    }
    const above = kernels[i - 1] as number;
    const matrix = valueOf(weights, `${name}.depthwise.transform.${k}`).data;
    const middle = middleRows(above, k).map((row) => (begin.get(above) as number) + row);
    for (let row = 0; row < k ** 2; row++) {
      for (let c = 0; c < wide; c++) {
        let sum = 0;
        middle.forEach((from, j) => {
          sum += (matrix[row * k ** 2 + j] as number) * (table[from * wide + c] as number);
        });
        table[(at + row) * wide + c] = sum;
      }
    }
  });
  return table;
}

function valueOf(weights: Weights, name: string): WeightArray {
  const found = weights.get(name);
  if (!found) throw new InternalError(`a supernet has no ${name}`);
  return found;
}

/**
 * The variables of `subnet.graph`, by name, running statistics included: with them the network gives what the
 * supernet gives for this subnet.
 */
export function cutWeights(subnet: Subnet, weights: Weights): Weights {
  const { graph, places } = subnet;
  const tables = new Map<BlockPlan, Float32Array>();
  const hasHead = graph.ops.some(({ name }) => name === 'head.conv');
  const entries = variablesOf(graph).map(({ name, shape, role, op }): [string, WeightArray] => {
    const match = /^blocks\.(\d+)\.(.+)$/.exec(name);
    const place = match && places[Number(match[1])];
    if (place && op.kind === 'depthwiseConv2d') {
      const table = tables.get(place) ?? kernelTable(place, weights);
      tables.set(place, table);
      const before = groupsOf(graph, Number(match[1])).filter(({ id }) => id < op.id);
      const begin = before.reduce((sum, group) => sum + group.shape[2], 0);
      // On a map as large as the kernel none of its taps is left out.
      const rows = rowsOf(place.kernels, op.kernel, 1, op.kernel);
      const channels = op.shape[2];
      const data = new Float32Array(rows.length * channels);
      rows.forEach((row, i) => {
        const from = row * place.wide + begin;
        data.set(table.subarray(from, from + channels), i * channels);
      });
      return [name, { shape, data }];
    }
    if (place && match?.[2]?.startsWith('gate.dense.')) {
      return [name, { shape, data: gateColumns(subnet, Number(match[1]), place, weights, role) }];
    }
    const source = place ? `${place.name}.${match?.[2] as string}` : headName(name, hasHead);
    const whole = valueOf(weights, source);
    if (name === 'stem.conv.kernel') return [name, { shape, data: stemKernel(whole, shape) }];
    if (op.kind === 'conv2d' && role === 'kernel') {
      const input = (shape[2] as number) * op.groups;
      const out = shape[3] as number;
      return [name, { shape, data: diagonal(corner(whole, [input, out]), input, out, op.groups) }];
    }
    return [name, { shape, data: corner(whole, shape) }];
  });
  return new Map(entries);
}

/** Without a head convolution the classifier is another. */
const headName = (name: string, hasHead: boolean) =>
  hasHead ? name : name.replace(/^head\.dense\./, 'direct.dense.');

/** Of `[input, out]` what connects channels of the same group: `[input / groups, out]`. */
function diagonal(data: Float32Array, input: number, out: number, groups: number): Float32Array {
  if (groups === 1) return data;
  const part = input / groups;
  const result = new Float32Array(part * out);
  for (let o = 0; o < out; o++) {
    const group = Math.floor((o * groups) / out);
    for (let i = 0; i < part; i++) result[i * out + o] = data[(group * part + i) * out + o] as number;
  }
  return result;
}

function stemKernel(whole: WeightArray, shape: readonly number[]): Float32Array {
  const [side] = whole.shape;
  const [kernel = 1, , input = 1, out = 1] = shape;
  const cut = corner(whole, [side as number, side as number, input, out]);
  const data = new Float32Array(sizeOf(shape));
  middleRows(side as number, kernel).forEach((row, i) => {
    data.set(cut.subarray(row * input * out, (row + 1) * input * out), i * input * out);
  });
  return data;
}

/** The columns of a gate's last layer that belong to the subnet's kernels, in their order. */
function gateColumns(
  { graph }: Subnet,
  index: number,
  place: BlockPlan,
  weights: Weights,
  role: string,
): Float32Array {
  const columns = groupsOf(graph, index).map(({ kernel, dilation }) =>
    place.parts.indexOf(partLabel(kernel, dilation)),
  );
  const whole = valueOf(weights, `${place.name}.gate.dense.${role}`);
  if (role === 'bias') return Float32Array.from(columns, (column) => whole.data[column] as number);
  const units = graph.ops.find(({ name }) => name === `blocks.${index}.gate.reduce`)?.shape[2] ?? 0;
  const width = place.parts.length;
  return Float32Array.from(
    { length: units * columns.length },
    (_, i) =>
      whole.data[Math.floor(i / columns.length) * width + (columns[i % columns.length] as number)] as number,
  );
}
