/**
 * AZ-NAS (Lee and Ham, CVPR 2024, arXiv 2403.19232): three scores of the features between blocks, under Gaussian weights
 * and images; with the MACs as a fourth they are combined by their ranks (`azNasStanding`).
 */
import type { Rank, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { createRandom } from '../../base/index.js';
import type { LayerGraph } from '../../models/index.js';
import { type WeightArray, type Weights, initialWeights, inputShape, sizeOf } from '../network/variables.js';
import type { Runtime } from '../runtime/index.js';
import { eigenvalues } from './eigenvalues.js';
import { probe } from './probe.js';
import { withoutHead } from './rewire.js';

export interface AzNasScores {
  /** Sum over the features of the entropy of their principal components' shares (equation 2). */
  readonly expressivity: number;
  /** The least growth of that entropy from one block to the next (equation 4). */
  readonly progressivity: number;
  /** Mean over the blocks of 2 - s - 1 / s, s the largest singular value of a block's Jacobian (equation 7). */
  readonly trainability: number;
}

const batch = 16;

/** Ops whose outputs are the features: what the stem gives, and each block. */
function boundaries({ ops }: LayerGraph): number[] {
  return ops.flatMap(({ id, block }, i) => {
    const next = ops[i + 1];
    return ops[i]?.kind !== 'input' && (next === undefined || next.block !== block) ? [id] : [];
  });
}

/** Kernels normal with variance 2 / fan-in, as in the authors' code. */
function normalWeights(graph: LayerGraph, seed: string): Weights {
  const random = createRandom(seed);
  return new Map(
    [...initialWeights(graph, seed)].map(([name, { shape, data }]): [string, WeightArray] => {
      if (!name.endsWith('.kernel')) return [name, { shape, data }];
      const stream = random.fork(name);
      // Depthwise kernels are [height, width, channels, 1].
      const inputs =
        sizeOf(shape) / (shape.at(-1) === 1 ? (shape.at(-2) as number) : (shape.at(-1) as number));
      const deviation = Math.sqrt(2 / inputs);
      return [name, { shape, data: data.map(() => deviation * stream.normal()) }];
    }),
  );
}

export function azNas(runtime: Runtime, given: LayerGraph, seed: string | number): AzNasScores {
  const { tf } = runtime;
  const graph = withoutHead(given);
  const ends = boundaries(graph);
  const random = createRandom(`${seed}/az-nas`);
  const shape = [batch, ...inputShape(graph)] as [number, number, number, number];
  const images = Float32Array.from({ length: sizeOf(shape) }, () => random.normal());
  const signs = (size: number) => Float32Array.from({ length: size }, () => (random.next() < 0.5 ? -1 : 1));
  return probe(runtime, graph, normalWeights(graph, `${seed}/az-nas/weights`), ({ run }) => {
    const features: Tensor4D[] = [];
    run(tf.tensor4d(images, shape), {
      onOutput(op, output) {
        if (ends.includes(op.id)) features.push(output);
      },
    });
    const entropies = features.map((feature) => {
      const channels = feature.shape[3];
      const flat = tf.reshape<Rank.R2>(feature, [-1, channels]);
      const centred = tf.sub<Tensor2D>(flat, tf.mean(flat, 0));
      const covariance = tf.matMul(centred, centred, true).dataSync<'float32'>();
      return entropyOf(eigenvalues(Float64Array.from(covariance), channels));
    });
    const aims = features.map((feature) => tf.tensor4d(signs(feature.size), feature.shape));
    // Each block by itself: it reads the feature before it as if that were an image.
    const blocks = tf.grads((...inputs) => {
      const outputs: Tensor4D[] = [];
      run(tf.tensor4d(images, shape), {
        onOutput(op, output) {
          const at = ends.indexOf(op.id);
          if (at < 0) return undefined;
          outputs.push(output);
          return inputs[at] as Tensor4D | undefined;
        },
      });
      return tf.addN(outputs.slice(1).map((output, l) => tf.sum(tf.mul(output, aims[l + 1] as Tensor4D))));
    });
    const gradients = blocks(features.slice(0, -1)) as Tensor4D[];
    const trainabilities = gradients.map((gradient, l) => {
      const s = largestSingular(runtime, gradient, aims[l + 1] as Tensor4D);
      return 2 - s - 1 / (s + 1e-6);
    });
    return combine(entropies, trainabilities);
  });
}

/** The three scores, from what was found block by block. */
export function combine(entropies: readonly number[], trainabilities: readonly number[]): AzNasScores {
  const growth = entropies.slice(1).map((value, l) => value - (entropies[l] as number));
  const mean = trainabilities.reduce((a, b) => a + b, 0) / Math.max(1, trainabilities.length);
  return {
    expressivity: entropies.reduce((a, b) => a + b, 0),
    progressivity: growth.length > 0 ? Math.min(...growth) : 0,
    trainability: mean,
  };
}

/** -sum p log p of values that are made shares. */
export function entropyOf(values: readonly number[]): number {
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  return -values.reduce((sum, value) => {
    const share = Math.max(0, value) / total;
    return share > 0 ? sum + share * Math.log(share) : sum;
  }, 0);
}

/**
 * The largest singular value of the mean over images and pixels of g_in g_out^T; where a block has a stride, the pixels
 * that it reads for one of its own are channels.
 */
function largestSingular({ tf }: Runtime, gradient: Tensor4D, aim: Tensor4D): number {
  const stride = Math.max(1, Math.round(gradient.shape[1] / aim.shape[1]));
  const [height, width] = [aim.shape[1], aim.shape[2]];
  const whole = tf.pad<Tensor4D>(gradient, [
    [0, 0],
    [0, height * stride - gradient.shape[1]],
    [0, width * stride - gradient.shape[2]],
    [0, 0],
  ]);
  const channels = gradient.shape[3];
  const pixels = tf.reshape(whole, [batch, height, stride, width, stride * channels]);
  const input = tf.reshape<Rank.R2>(tf.transpose(pixels, [0, 1, 3, 2, 4]), [-1, channels * stride * stride]);
  const output = tf.reshape<Rank.R2>(aim, [-1, aim.shape[3]]);
  const jacobian = tf.div<Tensor2D>(tf.matMul(input, output, true), output.shape[0]);
  const [rows, columns] = jacobian.shape;
  const small =
    rows < columns ? tf.matMul(jacobian, jacobian, false, true) : tf.matMul(jacobian, jacobian, true);
  return Math.sqrt(Math.max(0, ...eigenvalues(Float64Array.from(small.dataSync()), Math.min(rows, columns))));
}
