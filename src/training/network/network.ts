/**
 * A network made of a layer graph, with its weights, on a tensor backend. Two paths give the same numbers:
 * the native one where the backend is TensorFlow (`native/`), the portable one everywhere (`portable/`).
 */
import { type LayerGraph, checkWeightsLimit } from '../../models/index.js';
import type { Runtime } from '../runtime/index.js';
import type { Network, NetworkPath, Trainer } from './contract.js';
import { createNativeTrainer } from './native/trainer.js';
import type { GateFeatures } from './gates.js';
import type { OptimizerSpec } from './optimizer.js';
import { createPortableTrainer } from './portable/trainer.js';
import { type Weights, checkWeights, initialWeights } from './variables.js';

export interface NetworkOptions {
  /** The weights; else initial ones from `seed`. */
  readonly weights?: Weights | undefined;
  readonly seed?: string | number | undefined;
  /** Default: native where the backend is TensorFlow. */
  readonly path?: NetworkPath | undefined;
  /** Whether the native path uses our own device kernels. Default: where they are loaded. */
  readonly kernels?: boolean | undefined;
}

export interface TrainerOptions extends NetworkOptions {
  readonly optimizer: OptimizerSpec;
  /** The optimizer's variables, as `slots` gave them; default: zeros. */
  readonly slots?: Weights | undefined;
  /** What its steps ask of gates; default: nothing more. */
  readonly gates?: GateFeatures | undefined;
}

/**
 * A network for inference.
 * @throws MixnasError `bad-data` when the weights do not fit the graph.
 */
export function createNetwork(graph: LayerGraph, runtime: Runtime, options: NetworkOptions = {}): Network {
  return create(graph, runtime, options, undefined);
}

/**
 * A network for training.
 * @throws MixnasError `bad-data` when the weights do not fit the graph.
 */
export function createTrainer(graph: LayerGraph, runtime: Runtime, options: TrainerOptions): Trainer {
  return create(graph, runtime, options, options.optimizer, options.slots, options.gates);
}

function create(
  graph: LayerGraph,
  runtime: Runtime,
  {
    weights,
    seed = 0,
    kernels,
    path = runtime.backend === 'tensorflow' ? 'native' : 'portable',
  }: NetworkOptions,
  optimizer: OptimizerSpec | undefined,
  slots?: Weights,
  gates?: GateFeatures,
): Trainer {
  if (weights) checkWeights(graph, weights);
  else checkWeightsLimit(graph);
  const start = weights ?? initialWeights(graph, seed);
  return path === 'native'
    ? createNativeTrainer(graph, runtime, start, optimizer, { slots, kernels, gates })
    : createPortableTrainer(graph, runtime, start, optimizer, slots);
}
