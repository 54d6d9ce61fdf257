/** What an inference takes on this machine. */
import type { Rank } from '@tensorflow/tfjs';
import { median } from '../base/index.js';
import type { LayerGraph } from '../models/index.js';
import { createNetwork } from './network/network.js';
import { loadRuntime } from './runtime/index.js';

/** Inferences that are measured, after one that warms up. */
const repeats = 9;

/**
 * The median of single-image inferences in milliseconds, with initial weights, on the tensor backend that is there.
 * @throws MixnasError `no-backend`.
 */
export async function inferenceMs(graph: LayerGraph): Promise<number> {
  const runtime = await loadRuntime();
  const network = createNetwork(graph, runtime);
  const [height = 1, width = 1, channels = 1] = graph.ops[0]?.shape ?? [];
  const image = runtime.tf.zeros<Rank.R4>([1, height, width, channels]);
  const times: number[] = [];
  for (let i = 0; i <= repeats; i++) {
    const started = performance.now();
    const logits = network.predict(image);
    logits.dataSync();
    logits.dispose();
    if (i > 0) times.push(performance.now() - started);
  }
  image.dispose();
  network.dispose();
  return median(times);
}
