/** From a trained layer graph to the lowered graph that encoders read. */
import { InternalError, unreachable } from '../../base/index.js';
import { type FoldedOp, type NamedWeights, foldBatchNorm } from '../../formats/index.js';
import type { Architecture, Conv2dOp, GroupScaleOp, LayerGraph, Op, SliceOp } from '../../models/index.js';
import { lowerActivation } from './activations.js';
import { LoweredBuilder } from './builder.js';
import { deployedGraph } from './deployed.js';
import { type FusionPlan, planFusion } from './fusion.js';
import type { LoweredGraph, Signature } from './graph.js';
import { outputFirst } from './kernels.js';
import type { LowerOptions } from './options.js';
import { lowerAttention, lowerLayerNorm, lowerShuffle } from './transformer.js';

/** The names of a file's input and output. */
export const inputName = 'image';
export const outputName = 'logits';

/** What a network's user has to know besides the graph. */
export type NetworkData = Omit<Signature, 'input' | 'output'>;

/**
 * Lowers a trained network.
 * @param weights of this very architecture, as they were trained.
 * @throws MixnasError `bad-usage` for an operating point of a network without gates.
 */
export function lowerNetwork(
  architecture: Architecture,
  weights: NamedWeights,
  data: NetworkData,
  options: LowerOptions,
): LoweredGraph {
  const deployed = deployedGraph(architecture, weights, options);
  return lowerGraph(deployed.graph, deployed.weights, data, options);
}

/** Lowers a layer graph that no architecture describes, such as a device kernel alone, or that is deployed already. */
export function lowerGraph(
  graph: LayerGraph,
  weights: NamedWeights,
  data: NetworkData,
  options: LowerOptions,
): LoweredGraph {
  const folded = foldBatchNorm(graph, weights);
  const lowering = new Lowering(folded, options);
  for (const entry of folded) lowering.add(entry);
  return lowering.finish(graph.name, data);
}

class Lowering {
  readonly #b = new LoweredBuilder();
  readonly #plan: FusionPlan;
  /** The value of each op that has been lowered. */
  readonly #made = new Map<number, number>();
  /** All slices of each op, in order. */
  readonly #slices = new Map<number, SliceOp[]>();
  readonly #options: LowerOptions;

  constructor(folded: readonly FoldedOp[], options: LowerOptions) {
    this.#options = options;
    this.#plan = planFusion(folded, options);
    for (const { op, inputs } of folded) {
      if (op.kind !== 'slice') continue;
      const from = inputs[0] as number;
      this.#slices.set(from, [...(this.#slices.get(from) ?? []), op]);
    }
  }

  add(folded: FoldedOp): void {
    const { op } = folded;
    if (op.kind === 'slice' && this.#made.has(op.id)) return; // with an earlier part of the same split
    const inputs = folded.inputs.map((id) => this.#valueOf(op, id));
    this.#made.set(op.id, this.#lower(folded, inputs));
  }

  finish(name: string, data: NetworkData): LoweredGraph {
    const { values, nodes } = this.#b;
    const output = nodes.at(-1)?.outputs[0];
    if (output === undefined) throw new InternalError('a network without ops');
    values[output] = { ...(values[output] as (typeof values)[number]), name: outputName };
    const signature = { input: inputName, output: outputName, ...data };
    return { name, values, nodes, input: 0, output, signature };
  }

  #valueOf(op: Op, id: number): number {
    const value = this.#made.get(id);
    if (value === undefined) throw new InternalError(`op ${op.name} reads op ${id} before it is made`);
    return value;
  }

  #lower(folded: FoldedOp, inputs: readonly number[]): number {
    const b = this.#b;
    const { op } = folded;
    const [x = 0, second = 0] = inputs;
    const shape = [1, ...op.shape];
    const fused = this.#plan.fused.get(op.id) ?? 'none';
    switch (op.kind) {
      case 'input':
        return b.value(inputName, shape);
      case 'conv2d':
        return this.#conv(op, folded, x);
      case 'depthwiseConv2d': {
        const { kernel: k, stride, dilation } = op;
        const kernel = b.constant(op, 'kernel', [1, k, k, op.shape[2]], folded.kernel as Float32Array);
        const reads = [x, kernel, this.#bias(folded)] as const;
        return b.depthwise(op, reads, shape, { stride, dilation, fused });
      }
      case 'batchNorm': {
        // One that follows no convolution: a 1x1 depthwise convolution.
        const kernel = b.constant(op, 'kernel', [1, 1, 1, op.shape[2]], folded.scale as Float32Array);
        const reads = [x, kernel, this.#bias(folded)] as const;
        return b.depthwise(op, reads, shape, { stride: 1, dilation: 1, fused });
      }
      case 'dense': {
        const data = folded.kernel as Float32Array;
        const units = op.shape[2];
        const inner = data.length / units;
        const kernel = b.constant(op, 'kernel', [units, inner], outputFirst(data, inner, units));
        return b.dense(op, [x, kernel, this.#bias(folded)], fused);
      }
      case 'activation':
        return this.#plan.gone.has(op.id) ? x : lowerActivation(b, op, op.activation, x, this.#options);
      case 'slice':
        return this.#slice(op, folded.inputs[0] as number, x);
      case 'concat':
        return this.#concat(op, inputs);
      case 'add':
        return b.binary(op, 'add', [x, second], { fused });
      case 'multiply':
        return b.binary(op, 'multiply', [x, second]);
      case 'mean':
        return b.mean(op, x, [1, 2]);
      case 'maxPool':
        return b.maxPool(op, x, shape, op.kernel, op.stride);
      case 'softmax':
        return op.independent ? b.unary(op, 'logistic', x) : b.softmax(op, x);
      case 'groupScale':
        return this.#groupScale(op, x, second);
      case 'shuffle':
        return lowerShuffle(b, op, x);
      case 'layerNorm':
        return lowerLayerNorm(b, op, x, folded.scale as Float32Array, folded.bias as Float32Array);
      case 'attention':
        return lowerAttention(b, op, x);
      case 'hardGate':
      case 'dropout':
        throw new InternalError(`${op.kind} ${op.name} is gone in a network for deployment`);
      default:
        return unreachable(op);
    }
  }

  /** Every convolution has a bias: some runtimes refuse one without. */
  #bias({ op, bias }: FoldedOp): number {
    return this.#b.constant(op, 'bias', [op.shape[2]], bias ?? new Float32Array(op.shape[2]));
  }

  #conv(op: Conv2dOp, folded: FoldedOp, x: number): number {
    const b = this.#b;
    const { kernel: k, stride, dilation, groups } = op;
    const fused = this.#plan.fused.get(op.id) ?? 'none';
    const out = op.shape[2];
    const data = folded.kernel as Float32Array;
    const inner = data.length / out;
    const kernel = outputFirst(data, inner, out);
    const shape = [out, k, k, inner / (k * k)];
    if (groups === 1 || this.#options.groupedConvolution === 'native') {
      const reads = [x, b.constant(op, 'kernel', shape, kernel), this.#bias(folded)] as const;
      return b.conv(op, reads, [1, ...op.shape], { stride, dilation, groups, fused });
    }
    const part = out / groups;
    const bias = folded.bias ?? new Float32Array(out);
    const names = Array.from({ length: groups }, (_, g) => `${op.name}/part.${g}`);
    const parts = this.#parts({ name: `${op.name}/split`, block: op.block }, x, names).map((from, g) => {
      const own = { name: `${op.name}/group.${g}`, block: op.block };
      const rows = kernel.slice(g * part * inner, (g + 1) * part * inner);
      const weights = b.constant(own, 'kernel', [part, ...shape.slice(1)], rows);
      const biases = b.constant(own, 'bias', [part], bias.slice(g * part, (g + 1) * part));
      const made = [1, op.shape[0], op.shape[1], part];
      return b.conv(own, [from, weights, biases], made, { stride, dilation, groups: 1, fused });
    });
    return b.concat(op, parts);
  }

  /** Equal parts of the channels: by one SPLIT where delegates take it, else a SLICE each. */
  #parts(
    layer: { readonly name: string; readonly block?: number | undefined },
    x: number,
    names: readonly string[],
  ) {
    if (names.length <= mostSplits) return this.#b.split(layer, x, names);
    const size = (this.#b.shape(x).at(-1) as number) / names.length;
    return names.map((name, g) => this.#b.slice({ name, block: layer.block }, x, g * size, size));
  }

  #slice(op: SliceOp, from: number, x: number): number {
    const all = this.#slices.get(from) as SliceOp[];
    const size = op.shape[2];
    const even =
      all.length >= 2 &&
      all.length <= mostSplits &&
      all.every((part, i) => part.shape[2] === size && part.begin === i * size) &&
      all.length * size === this.#b.shape(x).at(-1);
    if (!even) return this.#b.slice(op, x, op.begin, size);
    const layer = { name: op.name.replace(/\.\d+$/, ''), block: op.block };
    const made = this.#b.split(
      layer,
      x,
      all.map(({ name }) => name),
    );
    all.forEach((part, i) => this.#made.set(part.id, made[i] as number));
    return made[0] as number;
  }

  #concat(op: Extract<Op, { kind: 'concat' }>, inputs: readonly number[]): number {
    const early = this.#plan.early.get(op.id);
    const parts = early
      ? inputs.map((id, i) => {
          const layer = { name: `${early.name}.${i}`, block: op.block };
          return lowerActivation(this.#b, layer, early.activation, id, this.#options);
        })
      : inputs;
    return this.#b.concat(op, parts);
  }

  /**
   * x * (a M): M is constant, so the gate is a dense layer, and delegates take it; slicing the weights of a would keep
   * the network off them.
   */
  #groupScale(op: GroupScaleOp, x: number, weights: number): number {
    const b = this.#b;
    const [channels, groups] = [op.shape[2], op.sizes.length];
    const spread = new Float32Array(channels * groups);
    let channel = 0;
    op.sizes.forEach((size, g) => {
      for (let i = 0; i < size; i++) spread[channel++ * groups + g] = groups;
    });
    const kernel = b.constant(op, 'spread', [channels, groups], spread);
    const bias = b.constant(op, 'bias', [channels], new Float32Array(channels));
    const scale = b.dense(op, [weights, kernel, bias], 'none', 'weights');
    return b.binary(op, 'multiply', [x, b.reshape(op, scale, [1, 1, 1, channels], 'channels')]);
  }
}

/** XNNPACK's subgraph takes splits into at most four. */
const mostSplits = 4;
