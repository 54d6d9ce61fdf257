/** Weights as formats see them: arrays named `<op>.kernel`, `.bias`, `.gamma`, `.beta`, `.mean`, `.variance`. */
import { InternalError, type Random } from '../base/index.js';
import { type LayerGraph, type Op, checkWeightsLimit } from '../models/index.js';

export interface WeightArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}
export type NamedWeights = ReadonlyMap<string, WeightArray>;

/** The shapes of an op's arrays: HWIO kernels, [channels, 1] at the end for depthwise. */
export function weightShapes(graph: LayerGraph, op: Op): [name: string, shape: number[]][] {
  const channels = op.shape[2];
  const input = graph.ops[op.inputs[0] ?? -1]?.shape[2] ?? channels;
  switch (op.kind) {
    case 'conv2d': {
      const shape = [op.kernel, op.kernel, input / op.groups, channels];
      const kernel: [string, number[]] = [`${op.name}.kernel`, shape];
      return op.bias ? [kernel, [`${op.name}.bias`, [channels]]] : [kernel];
    }
    case 'depthwiseConv2d':
      return [[`${op.name}.kernel`, [op.kernel, op.kernel, channels, 1]]];
    case 'dense':
      return [
        [`${op.name}.kernel`, [input, channels]],
        [`${op.name}.bias`, [channels]],
      ];
    case 'batchNorm':
      return ['gamma', 'beta', 'mean', 'variance'].map((role) => [`${op.name}.${role}`, [channels]]);
    case 'layerNorm':
      return ['gamma', 'beta'].map((role) => [`${op.name}.${role}`, [channels]]);
    case 'hardGate':
      return op.threshold === 'learned' ? [[`${op.name}.threshold`, [1]]] : [];
    default:
      return [];
  }
}

/**
 * Weights with which a graph can be timed: small normal numbers (no denormals, which would slow a CPU),
 * variances of one. Not for training.
 */
export function randomWeights(graph: LayerGraph, random: Random): NamedWeights {
  checkWeightsLimit(graph);
  const weights = new Map<string, WeightArray>();
  // Drawing millions of normals takes longer than timing the network; a few thousand in turn do as well.
  const normals = Float32Array.from({ length: 8191 }, () => random.normal());
  let next = 0;
  for (const op of graph.ops) {
    for (const [name, shape] of weightShapes(graph, op)) {
      const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
      const fanIn = Math.max(
        1,
        data.length / (shape.at(-1) === 1 ? (shape.at(-2) ?? 1) : (shape.at(-1) ?? 1)),
      );
      const one = name.endsWith('.variance') || name.endsWith('.gamma');
      const deviation = 1 / Math.sqrt(fanIn);
      for (let i = 0; i < data.length; i++) {
        data[i] = one ? 1 : (normals[next++ % normals.length] as number) * deviation;
      }
      weights.set(name, { shape, data });
    }
  }
  return weights;
}

/** The array of a name. @throws InternalError when the weights were made for another graph. */
export function weightOf(weights: NamedWeights, name: string): Float32Array {
  const found = weights.get(name);
  if (!found) throw new InternalError(`no weights named ${name}`);
  return found.data;
}
