/** The host's own tfjs-node (TensorFlow) as a target: whole networks only, it does not time its nodes. */
import type { Rank } from '@tensorflow/tfjs';
import { createRandom } from '../base/index.js';
import { randomWeights } from '../formats/index.js';
import { createNetwork, loadRuntime } from '../training/index.js';
import { runtimeNames } from './describe.js';
import type { Target } from './target.js';

/** @throws MixnasError `no-backend` when tfjs-node does not load. */
export async function tfjsTarget(): Promise<Target> {
  const runtime = await loadRuntime({ backend: 'tfjs-node', intraOpThreads: 1 });
  const { tf } = runtime;
  return {
    runtime: { name: runtimeNames['tfjs-node'], version: runtime.tensorflowVersion ?? 'unknown' },
    async open(graph) {
      const weights = randomWeights(graph, createRandom(graph.name));
      const network = createNetwork(graph, runtime, { weights });
      const [height, width, channels] = graph.ops[0]?.shape ?? [1, 1, 1];
      const image = tf.randomUniform<Rank.R4>([1, height, width, channels], -0.5, 0.5, 'float32', 1);
      return {
        async run() {
          const logits = network.predict(image);
          logits.dataSync();
          logits.dispose();
        },
        async close() {
          image.dispose();
          network.dispose();
          return [];
        },
      };
    },
  };
}
