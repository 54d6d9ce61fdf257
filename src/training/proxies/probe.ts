/** A network whose weights are used too briefly to pay for a training graph: run once, in plain TensorFlow.js ops. */
import type { Tensor, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs';
import { createRandom } from '../../base/index.js';
import type { LayerGraph } from '../../models/index.js';
import { type ForwardContext, forward } from '../network/portable/forward.js';
import { type WeightArray, type Weights, initialWeights } from '../network/variables.js';
import type { Runtime } from '../runtime/index.js';

/** What a probed network can do; only inside `probe`. */
export interface Probe {
  /** Logits, in training mode: with the batch's own statistics. */
  run(images: Tensor4D, hooks?: Partial<Pick<ForwardContext, 'onOutput' | 'statistics'>>): Tensor2D;
  /** The gradient of a scalar made of the network by every variable it depends on. */
  gradients(value: () => Tensor): Weights;
}

/** Lends a network to `use`; every tensor is gone when it returns. */
export function probe<R>({ tf }: Runtime, graph: LayerGraph, weights: Weights, use: (probed: Probe) => R): R {
  const variables = new Map<string, Variable>();
  tf.tidy(() => {
    // The tensor keeps the array it is given: hand it a copy, the caller's must not change.
    for (const [name, { shape, data }] of weights)
      variables.set(name, tf.variable(tf.tensor(data.slice(), [...shape])));
  });
  const probed: Probe = {
    run: (images, hooks = {}) =>
      forward(
        {
          tf,
          graph,
          training: true,
          variable: (name) => variables.get(name) as Variable,
          statistics: () => {},
          seed: 0,
          ...hooks,
        },
        images,
      ),
    gradients(value) {
      const { grads } = tf.variableGrads(() => value().asScalar(), [...variables.values()]);
      const arrays = [...variables].flatMap(([name, { name: key, shape }]): [string, WeightArray][] => {
        // Null where the value does not depend on the variable.
        const gradient = grads[key] as Tensor | null | undefined;
        return gradient ? [[name, { shape, data: Float32Array.from(gradient.dataSync()) }]] : [];
      });
      return new Map(arrays);
    },
  };
  try {
    let result: R;
    tf.tidy(() => {
      result = use(probed);
    });
    return result!;
  } finally {
    for (const variable of variables.values()) variable.dispose();
  }
}

/**
 * Initial weights under which every layer has a gradient: those of training, except for the classifier, which
 * starts at zero there and is uniform within 1 / sqrt(inputs) here.
 */
export function probeWeights(graph: LayerGraph, seed: string | number): Weights {
  const weights = new Map(initialWeights(graph, seed));
  const last = graph.ops.at(-1);
  const kernel = last && weights.get(`${last.name}.kernel`);
  if (!last || !kernel) return weights;
  const random = createRandom(seed).fork('classifier');
  const bound = 1 / Math.sqrt(kernel.shape[0] as number);
  const data = kernel.data.map(() => bound * (2 * random.next() - 1));
  return weights.set(`${last.name}.kernel`, { shape: kernel.shape, data });
}
