/**
 * Synaptic flow (Tanaka et al., "Pruning neural networks without any data by iteratively conserving synaptic
 * flow", NeurIPS 2020, arXiv 2006.05467): with |w| for weights and ones for the image, R is the sum of the
 * outputs and the score of a weight w dR/dw. The network is made linear first, without batch norm,
 * non-linearities and attention, so that the flow is conserved: the scores of the classifier's weights sum
 * to R, and so do those of the stem's.
 */
import type { Tensor4D } from '@tensorflow/tfjs';
import type { LayerGraph, OpKind } from '../../models/index.js';
import { type WeightArray, type Weights, inputShape } from '../network/variables.js';
import type { Runtime } from '../runtime/index.js';
import { probe } from './probe.js';
import { withoutOps } from './rewire.js';

const notLinear: ReadonlySet<OpKind> = new Set<OpKind>([
  'batchNorm',
  'activation',
  'dropout',
  'multiply',
  'groupScale',
]);

/** The flow through every kernel, by name, all divided by a common power of ten; and the log of that. */
export interface Flow {
  readonly flows: ReadonlyMap<string, number>;
  /** Natural logarithm of what the flows are to be multiplied by. */
  readonly logScale: number;
}

/** What the image, and the output, are multiplied by: the first with which nothing overflows 32-bit floats. */
const dimmings = [1, 1e-9, 1e-18, 1e-27];

export function synapticFlow(runtime: Runtime, graph: LayerGraph, weights: Weights): Flow {
  const linear = withoutOps(graph, ({ kind }) => notLinear.has(kind));
  const positive = new Map(
    [...weights].map(([name, { shape, data }]): [string, WeightArray] => [
      name,
      { shape, data: name.endsWith('.bias') ? new Float32Array(data.length) : data.map(Math.abs) },
    ]),
  );
  for (const dim of dimmings) {
    const flows = flowsAt(runtime, linear, positive, dim);
    if ([...flows.values()].every(Number.isFinite)) return { flows, logScale: -2 * Math.log(dim) };
  }
  return { flows: new Map(), logScale: 0 };
}

function flowsAt(runtime: Runtime, graph: LayerGraph, weights: Weights, dim: number) {
  const [height, width, channels] = inputShape(graph);
  const gradients = probe(runtime, graph, weights, ({ run, gradients: differentiate }) => {
    const image = runtime.tf.mul<Tensor4D>(runtime.tf.ones([1, height, width, channels]), dim);
    return differentiate(() => runtime.tf.mul(runtime.tf.sum(run(image)), dim));
  });
  const flows = new Map<string, number>();
  for (const [name, { data }] of gradients) {
    if (!name.endsWith('.kernel')) continue;
    const own = weights.get(name)?.data as Float32Array;
    flows.set(
      name,
      data.reduce((sum, gradient, i) => sum + gradient * (own[i] as number), 0),
    );
  }
  return flows;
}

/** The logarithm of the flow through all kernels together. */
export function synflow(runtime: Runtime, graph: LayerGraph, weights: Weights): number {
  const { flows, logScale } = synapticFlow(runtime, graph, weights);
  return Math.log([...flows.values()].reduce((sum, flow) => sum + flow, 0)) + logScale;
}
