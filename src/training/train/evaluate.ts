/** Measuring a trained network on images it was not trained on. */
import type { LayerGraph } from '../../models/index.js';
import { type ImageSet, type Normalisation, allIndices, evalBatches } from '../data/index.js';
import type { Network } from '../network/contract.js';
import { createNetwork } from '../network/network.js';
import { type Weights, inputShape } from '../network/variables.js';
import type { Runtime } from '../runtime/index.js';

/** How good a network is. */
export interface Evaluation {
  /** Share of the images whose most probable class is theirs. */
  readonly accuracy: number;
  /** Mean cross-entropy, in nats. */
  readonly loss: number;
  readonly count: number;
}

/** Images a batch; more is no faster, and memory grows with it. */
const batchSize = 256;

/** Evaluates a network on the images of `indices`; lets other work of the process run between batches. */
export async function evaluateOn(
  network: Network,
  runtime: Runtime,
  set: ImageSet,
  indices: Uint32Array,
  normalisation: Normalisation,
): Promise<Evaluation> {
  const { tf } = runtime;
  const [height, width, channels] = inputShape(network.graph);
  const { classes } = network.graph;
  let correct = 0;
  let loss = 0;
  for (const { images, labels } of evalBatches(set, indices, { ...normalisation, batchSize })) {
    const input = tf.tensor4d(images, [labels.length, height, width, channels]);
    const logits = network.predict(input);
    const values = logits.dataSync<'float32'>();
    tf.dispose([input, logits]);
    labels.forEach((label, i) => {
      const row = values.subarray(i * classes, (i + 1) * classes);
      const largest = Math.max(...row);
      if (row.indexOf(largest) === label) correct++;
      const total = row.reduce((sum, value) => sum + Math.exp(value - largest), 0);
      loss += Math.log(total) + largest - (row[label] as number);
    });
    await new Promise(setImmediate);
  }
  const count = indices.length;
  return { accuracy: correct / count, loss: loss / count, count };
}

/**
 * Accuracy and loss of a network with `weights` on all images of a set.
 * @param options `normalisation`: the one it was trained with, usually that of its data set.
 * @throws MixnasError `bad-data` when the weights do not fit the graph.
 */
export async function evaluateNetwork(options: {
  readonly graph: LayerGraph;
  readonly weights: Weights;
  readonly set: ImageSet;
  readonly normalisation: Normalisation;
  readonly runtime: Runtime;
}): Promise<Evaluation> {
  const { graph, weights, set, normalisation, runtime } = options;
  const network = createNetwork(graph, runtime, { weights });
  try {
    return await evaluateOn(network, runtime, set, allIndices(set), normalisation);
  } finally {
    network.dispose();
  }
}
