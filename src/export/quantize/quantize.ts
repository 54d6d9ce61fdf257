/** Full post-training quantization of a lowered graph to 8-bit integers. */
import { InternalError } from '../../base/index.js';
import type { LoweredGraph, Quantization, QuantizedGraph, Value } from '../lower/index.js';
import { type BorderedGraph, isFixed, isPassive, withBorders } from './borders.js';
import { equalise } from './equalise.js';
import { type CalibrationMethod, type Observed, type Range, observe } from './observe.js';
import { fixedQuantization, quantizationOf, toIntegers } from './parameters.js';
import { isWeighted, quantizeWeights } from './weights.js';

export interface QuantizeOptions {
  readonly calibration: CalibrationMethod;
  /** Cross-layer equalisation: moves scale between layers, where only ReLU lies between them. */
  readonly equalise: boolean;
  readonly correctBias: boolean;
  /** What the file reads and gives. */
  readonly io: 'float' | 'int8';
}

/**
 * Quantizes a graph.
 * @param images normalised images like those that it was trained on; a hundred are enough.
 */
export function quantizeGraph(
  source: LoweredGraph,
  images: readonly Float32Array[],
  options: QuantizeOptions,
): QuantizedGraph {
  return quantizeObserved(calibrate(source, images, options), options);
}

/** A graph with its conversions, and what images make of it. */
export interface Calibrated extends BorderedGraph {
  readonly observed: Observed;
}

/** Measures a graph once; every calibration method chooses its ranges from that. */
export function calibrate(
  source: LoweredGraph,
  images: readonly Float32Array[],
  { equalise: equal, io }: Pick<QuantizeOptions, 'equalise' | 'io'>,
): Calibrated {
  const bordered = withBorders(equal ? equalise(source) : source, io);
  return { ...bordered, observed: observe(bordered.graph, images) };
}

/** Quantizes a graph that was measured. */
export function quantizeObserved(
  { graph, integer, observed }: Calibrated,
  { calibration, correctBias }: Pick<QuantizeOptions, 'calibration' | 'correctBias'>,
): QuantizedGraph {
  const scales = activations(graph, integer, observed.ranges(calibration));
  return quantizeConstants(graph, integer, scales, correctBias ? observed.means : undefined);
}

/**
 * Quantizes the constants of a graph whose values have their scales.
 * @param integer by value, whether it is in integers.
 * @param means where given, biases are corrected by these means of what each layer reads.
 */
export function quantizeConstants(
  graph: LoweredGraph,
  integer: readonly boolean[],
  scales: readonly (Quantization | undefined)[],
  means?: readonly (Float64Array | undefined)[],
): QuantizedGraph {
  const result = [...scales];
  const valueOf = (id: number) => graph.values[id] as Value;
  for (const node of graph.nodes) {
    const [x, kernel, bias] = node.inputs as [number, number, number];
    if (!node.outputs.some((id) => integer[id])) continue;
    if (isWeighted(node)) {
      const input = result[x];
      if (!input) throw new InternalError(`${node.name} reads floats`);
      const weights = [valueOf(kernel), valueOf(bias)] as const;
      const quantized = quantizeWeights(node, weights, input, means?.[x]);
      result[kernel] = quantized.kernel;
      result[bias] = quantized.bias;
      continue;
    }
    for (const id of node.inputs) {
      const { data, shape } = valueOf(id);
      if (!data || result[id]) continue;
      const own = quantizationOf({ min: Math.min(...data), max: Math.max(...data) });
      result[id] = { ...own, data: toIntegers(data, shape, own) };
    }
  }
  return { graph, values: result };
}

/** XNNPACK takes factors below 256: a step of a layer's input times one of its kernel, in steps of its output. */
export const largestFactor = 128;

/** For each value, the one that stands for all that are moved together with it, and so have one scale. */
export function jointValues(
  { nodes, values }: LoweredGraph,
  isInteger: (id: number) => boolean,
): (id: number) => number {
  const parent = values.map((_, id) => id);
  const root = (id: number): number => (parent[id] === id ? id : root(parent[id] as number));
  for (const node of nodes) {
    const [first = 0] = node.outputs;
    if (!isPassive(node) || !isInteger(first)) continue;
    for (const id of [...node.inputs, ...node.outputs]) parent[root(id)] = root(first);
  }
  return root;
}

/** Scales of everything that nodes make. Values that are moved together have one. */
function activations(
  graph: LoweredGraph,
  integer: readonly boolean[],
  ranges: readonly (Range | undefined)[],
): (Quantization | undefined)[] {
  const root = jointValues(graph, (id) => integer[id] === true);
  const fixed = new Set<number>();
  /** Values that something computes: their ranges count, while what only moves them has a part of these. */
  const computed = new Set([graph.input]);
  for (const node of graph.nodes) {
    const [first = 0] = node.outputs;
    if (!integer[first]) continue;
    if (isFixed(node)) fixed.add(first);
    if (!isPassive(node)) for (const id of node.outputs) computed.add(id);
  }
  const joint = new Map<number, Range>();
  for (const id of computed) {
    const range = ranges[id];
    if (!range || !integer[id]) continue;
    const known = joint.get(root(id)) ?? range;
    joint.set(root(id), { min: Math.min(known.min, range.min), max: Math.max(known.max, range.max) });
  }
  for (const node of graph.nodes) {
    if (!isWeighted(node) || !integer[node.outputs[0] as number]) continue;
    const [x, kernel] = node.inputs as [number, number];
    const [input, output] = [joint.get(root(x)), joint.get(root(node.outputs[0] as number))];
    if (!input || !output) continue;
    const weights = graph.values[kernel]?.data ?? new Float32Array();
    const largest = weights.reduce((a, w) => Math.max(a, Math.abs(w)), 0);
    // A step of the input times one of the weights is at most so many of the output: runtimes refuse larger factors.
    const least = (255 * (quantizationOf(input).scale[0] as number) * largest) / 127 / largestFactor;
    if (output.max - output.min < least) {
      joint.set(root(node.outputs[0] as number), {
        min: output.min,
        max: Math.max(output.max, output.min + least),
      });
    }
  }
  return graph.values.map(({ data }, id) => {
    if (!integer[id] || data) return undefined;
    if (fixed.has(id)) return fixedQuantization;
    const range = joint.get(root(id));
    if (!range) throw new InternalError(`nothing is known of ${graph.values[id]?.name}`);
    return quantizationOf(range);
  });
}
