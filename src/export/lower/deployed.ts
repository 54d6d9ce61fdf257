/**
 * The network that a file holds, as an architecture with weights: hard gates made soft, swish replaced where that was
 * asked for, and of gated blocks only the groups of an operating point. It is a network of our own, so a file can be
 * compared with it number by number.
 */
import { InternalError, MixnasError } from '../../base/index.js';
import { type Architecture, type LayerGraph, type Op, gatesOf, lower } from '../../models/index.js';
import type { NamedWeights, WeightArray } from '../../formats/index.js';
import type { LowerOptions } from './options.js';

type Block = Architecture['blocks'][number];

/** The architecture that is exported: what a runtime cannot branch on is always computed. */
export function deployedArchitecture(
  architecture: Architecture,
  { swish }: Pick<LowerOptions, 'swish'>,
): Architecture {
  const activation = <T extends string>(name: T) =>
    name === 'swish' && swish === 'hard-swish' ? 'hswish' : name;
  const { stem, head } = architecture;
  return {
    ...architecture,
    stem: { ...stem, activation: activation(stem.activation) },
    blocks: architecture.blocks.map((block): Block => {
      const own = 'activation' in block ? { ...block, activation: activation(block.activation) } : block;
      if (own.op !== 'inverted-residual' || own.gate !== 'hard') return own;
      const { gateThreshold: _, ...soft } = own;
      return { ...soft, gate: 'soft' };
    }),
    head: {
      ...head,
      activation: activation(head.activation),
      ...(head.hidden && { hidden: { ...head.hidden, activation: activation(head.hidden.activation) } }),
    },
  };
}

export interface DeployedGraph {
  readonly graph: LayerGraph;
  readonly weights: NamedWeights;
}

/** The layer graph of the exported network and its weights. */
export function deployedGraph(
  architecture: Architecture,
  weights: NamedWeights,
  options: Pick<LowerOptions, 'swish' | 'groups'>,
): DeployedGraph {
  const deployed = deployedArchitecture(architecture, options);
  const graph = lower(deployed);
  const { groups } = options;
  const most = Math.max(0, ...gatesOf(graph).map((gate) => gate.groups));
  if (groups === undefined || groups >= most) {
    if (groups !== undefined && most === 0) throw noGates(architecture);
    return { graph, weights };
  }
  const plain = { ...deployed, blocks: deployed.blocks.map(withoutProjectGroups) };
  const whole = lower(plain);
  const full = new Map(weights);
  for (const op of graph.ops) if (op.kind === 'conv2d' && op.groups > 1) spreadGroups(full, op, whole);
  return { graph: lower(plain, { groups }), weights: cutWeights(whole, groups, full) };
}

function noGates({ name }: Architecture): MixnasError {
  return new MixnasError(
    'bad-usage',
    `${name ?? 'The network'} has no gates, so it has no operating points.`,
    {
      remedy: 'Leave --groups out.',
    },
  );
}

/** When groups of channels are gone, those of a grouped projection no longer divide: it is written out in full. */
const withoutProjectGroups = (block: Block): Block =>
  block.op === 'inverted-residual' && block.gate !== 'none' ? { ...block, projectGroups: 1 } : block;

/** Replaces a grouped kernel by the full one, zero between groups, where `whole` has it so. */
function spreadGroups(
  weights: Map<string, WeightArray>,
  op: Op & { groups: number },
  whole: LayerGraph,
): void {
  const other = whole.ops.find(({ name }) => name === op.name);
  if (other?.kind !== 'conv2d' || other.groups === op.groups) return;
  const kernel = arrayOf(weights, `${op.name}.kernel`);
  const [height, width, perGroup, out] = kernel.shape as [number, number, number, number];
  const input = perGroup * op.groups;
  const data = new Float32Array(height * width * input * out);
  for (let p = 0; p < height * width; p++) {
    for (let i = 0; i < perGroup; i++) {
      for (let o = 0; o < out; o++) {
        const group = Math.floor((o * op.groups) / out);
        data[(p * input + group * perGroup + i) * out + o] = kernel.data[
          (p * perGroup + i) * out + o
        ] as number;
      }
    }
  }
  weights.set(`${op.name}.kernel`, { shape: [height, width, input, out], data });
}

function arrayOf(weights: NamedWeights, name: string): WeightArray {
  const found = weights.get(name);
  if (!found) throw new InternalError(`no weights named ${name}`);
  return found;
}

/** Keeps the given places along one axis of an array. */
function take({ shape, data }: WeightArray, axis: number, kept: readonly number[]): WeightArray {
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const size = shape[axis] as number;
  const outer = data.length / inner / size;
  const result = new Float32Array(outer * kept.length * inner);
  for (let o = 0; o < outer; o++) {
    kept.forEach((place, k) => {
      const from = (o * size + place) * inner;
      result.set(data.subarray(from, from + inner), (o * kept.length + k) * inner);
    });
  }
  return { shape: shape.map((n, i) => (i === axis ? kept.length : n)), data: result };
}

/** The weights of the network with at most `groups` groups in each gate, from those of the whole. */
function cutWeights(whole: LayerGraph, groups: number, weights: NamedWeights): NamedWeights {
  const cut = new Map(weights);
  for (const scale of whole.ops) {
    if (scale.kind !== 'groupScale') continue;
    const softmax = whole.ops[scale.inputs[1] as number];
    if (softmax?.kind !== 'softmax') throw new InternalError(`${scale.name} reads no softmax`);
    const open = softmax.ranks.map((rank) => rank < Math.max(1, groups));
    const channels: number[] = [];
    let begin = 0;
    scale.sizes.forEach((size, g) => {
      for (let c = begin; open[g] && c < begin + size; c++) channels.push(c);
      begin += size;
    });
    const keptGroups = open.flatMap((yes, g) => (yes ? [g] : []));
    const block = scale.name.slice(0, -'.gate.scale'.length);
    const cutArray = (name: string, axis: number, kept: readonly number[]) => {
      const array = cut.get(`${block}.${name}`);
      if (array) cut.set(`${block}.${name}`, take(array, axis, kept));
    };
    cutArray('gate.dense.kernel', 1, keptGroups);
    cutArray('gate.dense.bias', 0, keptGroups);
    for (const role of ['gamma', 'beta', 'mean', 'variance']) cutArray(`depthwise.bn.${role}`, 0, channels);
    cutArray('se.reduce.kernel', 2, channels);
    cutArray('se.expand.kernel', 3, channels);
    cutArray('se.expand.bias', 0, channels);
    cutArray('project.kernel', 2, channels);
  }
  return cut;
}
