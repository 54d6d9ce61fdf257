/** What a network is worth in 8-bit integers: quantized after training, and simulated on the validation images. */
import { type Architecture, lower } from '../models/index.js';
import {
  type DataSet,
  type Runtime,
  type Split,
  type Weights,
  createNetwork,
  evalBatches,
  splitTrainValidation,
} from '../training/index.js';

/** Training images that ranges are measured on. */
const calibrationImages = 64;
const batchSize = 100;

export interface Int8Data {
  /** What was held out of training. */
  readonly split: { readonly validation?: number | undefined; readonly seed: string | number };
  readonly runtime: Runtime;
  /** Whether accuracy in floats is measured, too. */
  readonly float?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Shares of the held-out images. */
export interface PrecisionAccuracy {
  readonly int8: number;
  readonly float: number | undefined;
  readonly images: number;
}

/**
 * Accuracy on the held-out images. Ranges are those with the least squared error on training images,
 * biases are corrected: what serves most networks; an export tries more.
 * @param architecture as it was trained, at the size of the images.
 */
export async function int8Accuracy(
  architecture: Architecture,
  weights: Weights,
  { train, mean, std }: DataSet,
  { split, runtime, float, signal }: Int8Data,
): Promise<PrecisionAccuracy> {
  // Only searches that ask for integers load what makes them.
  const { createQuantizedNetwork, lowerNetwork, quantizeGraph, targetOptions } = await import(
    '../export/index.js'
  );
  const { train: trained, validation }: Split = splitTrainValidation(train, split);
  const [height, width, channels] = [train.height, train.width, train.channels];
  const size = height * width * channels;
  const count = Math.min(calibrationImages, trained.length);
  const chosen = Uint32Array.from(
    { length: count },
    (_, i) => trained[Math.floor((i * trained.length) / count)] as number,
  );
  const images: Float32Array[] = [];
  for await (const batch of evalBatches(train, chosen, { mean, std, batchSize })) {
    for (let i = 0; i < batch.labels.length; i++) images.push(batch.images.slice(i * size, (i + 1) * size));
  }
  const data = { labels: [...train.classes], mean, std };
  const graph = lowerNetwork(architecture, weights, data, targetOptions('any'));
  const quantized = quantizeGraph(graph, images, {
    calibration: 'mse',
    equalise: false,
    correctBias: true,
    io: 'float',
  });
  const networks = [createQuantizedNetwork(runtime, quantized)];
  if (float) networks.push(createNetwork(lower(architecture), runtime, { weights }));
  const { tf } = runtime;
  const right = networks.map(() => 0);
  try {
    for await (const batch of evalBatches(train, validation, { mean, std, batchSize })) {
      signal?.throwIfAborted();
      networks.forEach((network, n) => {
        const classes = tf.tidy(() => {
          const pixels = tf.tensor4d(batch.images.slice(), [batch.labels.length, height, width, channels]);
          return tf.argMax(network.predict(pixels), 1).dataSync();
        });
        const own = batch.labels.reduce((sum, label, i) => sum + (classes[i] === label ? 1 : 0), 0);
        right[n] = (right[n] as number) + own;
      });
      await new Promise(setImmediate);
    }
  } finally {
    for (const network of networks) network.dispose();
  }
  const [int8 = Number.NaN, inFloats] = right.map((count) => count / validation.length);
  return { int8, float: inFloats, images: validation.length };
}
