/**
 * Cross-layer equalisation (Nagel et al., arXiv 1906.04721, section 4.1): where a convolution is followed by another
 * with nothing or ReLU between, channel i of the first divided by s_i and the second's weights of it multiplied by
 * s_i compute the same. Chosen so that a channel's weights are as large in both, no channel is lost in the steps of
 * a larger one. Swish has no such scale, so its layers stay as they are.
 */
import type { LoweredGraph, LoweredNode, Value } from '../lower/index.js';
import { type WeightedNode, isWeighted } from './weights.js';

/** A reader of some channels of a layer: from channel `from` on, `count` of them, which it sees at `at`. */
interface Reader {
  readonly node: WeightedNode;
  readonly from: number;
  readonly at: number;
  readonly count: number;
}

/** The same network with its weights equalised. */
export function equalise(graph: LoweredGraph): LoweredGraph {
  const values: Value[] = graph.values.map((value) =>
    value.data ? { ...value, data: value.data.slice() } : value,
  );
  const readers = readersByValue(graph);
  for (const node of graph.nodes) {
    if (!isWeighted(node) || node.fused === 'relu6') continue;
    const output = node.outputs[0] as number;
    const found = output === graph.output ? undefined : follow(graph, readers, output);
    if (found && found.length > 0) balance(values, node, found);
  }
  return { ...graph, values };
}

function readersByValue({ nodes }: LoweredGraph): ReadonlyMap<number, readonly LoweredNode[]> {
  const readers = new Map<number, LoweredNode[]>();
  for (const node of nodes) {
    for (const id of node.inputs) readers.set(id, [...(readers.get(id) ?? []), node]);
  }
  return readers;
}

/** All that reads the channels of a value, through what only moves or averages them; undefined if anything else does. */
function follow(
  graph: LoweredGraph,
  readers: ReadonlyMap<number, readonly LoweredNode[]>,
  id: number,
): Reader[] | undefined {
  const channels = graph.values[id]?.shape.at(-1) as number;
  const found: Reader[] = [];
  /** `value` holds at `at` what was `count` channels from `from`. */
  const visit = (value: number, from: number, at: number, count: number): boolean =>
    value !== graph.output &&
    (readers.get(value) ?? []).every((node) => {
      const [first = 0] = node.outputs;
      if (isWeighted(node)) {
        found.push({ node, from, at, count });
        return node.inputs[0] === value && !(node.kind === 'conv2d' && node.groups > 1);
      }
      if (node.kind === 'mean' && !node.axes.includes(3)) return visit(first, from, at, count);
      if (node.kind === 'concat') {
        const before = node.inputs.slice(0, node.inputs.indexOf(value));
        const offset = before.reduce((sum, other) => sum + (graph.values[other]?.shape.at(-1) as number), 0);
        return visit(first, from, at + offset, count);
      }
      if (node.kind !== 'split' && node.kind !== 'slice') return false;
      return node.outputs.every((part, i) => {
        const size = graph.values[part]?.shape.at(-1) as number;
        const begin = node.kind === 'slice' ? (node.begin.at(-1) as number) : i * size;
        const low = Math.max(begin, at);
        const high = Math.min(begin + size, at + count);
        return low >= high || visit(part, from + low - at, low - begin, high - low);
      });
    });
  return visit(id, 0, 0, channels) ? found : undefined;
}

/** For each channel, the places of a kernel that make it or read it. */
function placesOf(values: readonly Value[], node: WeightedNode, what: 'out' | 'in') {
  const { shape, data } = values[node.inputs[1] as number] as Value & { readonly data: Float32Array };
  const last = shape.at(-1) as number;
  const byLast = what === 'in' || node.kind === 'depthwiseConv2d';
  const inner = data.length / (shape[0] as number);
  return { data, channelOf: (i: number) => (byLast ? i % last : Math.floor(i / inner)) };
}

function balance(values: readonly Value[], node: WeightedNode, readers: readonly Reader[]): void {
  const bias = values[node.inputs[2] as number]?.data as Float32Array;
  const channels = bias.length;
  const made = placesOf(values, node, 'out');
  const own = new Float64Array(channels);
  made.data.forEach((w, i) => {
    const c = made.channelOf(i);
    own[c] = Math.max(own[c] as number, Math.abs(w));
  });
  const read = new Float64Array(channels);
  const each = (reader: Reader, visit: (data: Float32Array, place: number, channel: number) => void) => {
    const { data, channelOf } = placesOf(values, reader.node, 'in');
    for (let i = 0; i < data.length; i++) {
      const place = channelOf(i) - reader.at;
      if (place >= 0 && place < reader.count) visit(data, i, reader.from + place);
    }
  };
  for (const reader of readers) {
    each(reader, (data, i, c) => {
      read[c] = Math.max(read[c] as number, Math.abs(data[i] as number));
    });
  }
  // s = sqrt(own * read) / read, kept within what floats and biases bear.
  const scale = own.map((a, c) => {
    const b = read[c] as number;
    return a > 0 && b > 0 ? Math.min(1e3, Math.max(1e-3, Math.sqrt(a / b))) : 1;
  });
  made.data.forEach((w, i) => {
    made.data[i] = w / (scale[made.channelOf(i)] as number);
  });
  bias.forEach((b, c) => {
    bias[c] = b / (scale[c] as number);
  });
  for (const reader of readers) {
    each(reader, (data, i, c) => {
      data[i] = (data[i] as number) * (scale[c] as number);
    });
  }
}
