/**
 * Zen-score (Lin et al., ICCV 2021, arXiv 2102.01063, algorithm 1): with Gaussian weights, how far the last
 * feature map moves when a Gaussian image is moved a little, and the scale that batch norms took out:
 * log E |f(x) - f(x + a e)| + sum over batch norms of log sqrt(mean variance). Without skip connections, as
 * in the authors' code.
 */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { InternalError, createRandom } from '../../base/index.js';
import type { LayerGraph } from '../../models/index.js';
import { type WeightArray, type Weights, initialWeights, inputShape, sizeOf } from '../network/variables.js';
import type { Runtime } from '../runtime/index.js';
import { probe } from './probe.js';
import { upTo, withoutOps } from './rewire.js';

/** a in the formula. */
const step = 0.01;
/** Images, and drawings of weights and images to take the mean of. */
const batch = 8;
const repeats = 3;

export function zen(runtime: Runtime, graph: LayerGraph, seed: string | number): number {
  const pooling = graph.ops.findLast(({ kind, name }) => kind === 'mean' && name === 'head.mean');
  if (!pooling) throw new InternalError('a network without global pooling');
  const plain = withoutOps(upTo(graph, pooling.inputs[0] as number), ({ kind }) => kind === 'add');
  let total = 0;
  for (let i = 0; i < repeats; i++) total += zenOnce(runtime, plain, `${seed}/zen/${i}`);
  return total / repeats;
}

function gaussianWeights(graph: LayerGraph, seed: string): Weights {
  const random = createRandom(seed);
  return new Map(
    [...initialWeights(graph, seed)].map(([name, { shape, data }]): [string, WeightArray] => {
      const stream = random.fork(name);
      return [name, { shape, data: name.endsWith('.kernel') ? data.map(() => stream.normal()) : data }];
    }),
  );
}

function zenOnce(runtime: Runtime, graph: LayerGraph, seed: string): number {
  const { tf } = runtime;
  const shape = [batch, ...inputShape(graph)] as [number, number, number, number];
  const random = createRandom(seed).fork('images');
  const noise = () => Float32Array.from({ length: sizeOf(shape) }, () => random.normal());
  return probe(runtime, graph, gaussianWeights(graph, seed), ({ run }) => {
    const image = tf.tensor4d(noise(), shape);
    const moved = tf.add<Tensor4D>(image, tf.mul(tf.tensor4d(noise(), shape), step));
    const deviations: Tensor[] = [];
    const last = (images: Tensor4D, logs?: Tensor[]): Tensor => {
      let features: Tensor = images;
      run(images, {
        onOutput: (_, output) => {
          features = output;
        },
        statistics: (name, value) => {
          if (name.endsWith('.variance')) logs?.push(tf.log(tf.sqrt(tf.mean(value))));
        },
      });
      return tf.reshape(features, [batch, -1]);
    };
    const change = tf.norm(tf.sub(last(image, deviations), last(moved)), 2, 1);
    const taken = deviations.length > 0 ? tf.addN(deviations) : tf.scalar(0);
    return tf.add(tf.log(tf.mean(change)), taken).dataSync()[0] as number;
  });
}
