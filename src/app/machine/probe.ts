/**
 * Run by `diagnose` in a process of its own: loads the backend and trains a small network for a few steps.
 * Sends what it found to its parent; a backend that takes the process down sends nothing.
 */
import type { Rank, Tensor2D } from '@tensorflow/tfjs';
import { messageOf } from '../../base/index.js';
import { loadRuntime } from '../../training/index.js';

/** What the probe sends. */
export type ProbeReport =
  | {
      readonly ok: true;
      readonly backend: 'tensorflow' | 'wasm' | 'cpu';
      readonly tensorflowVersion: string | undefined;
      readonly tfjsNodeVersion: string | undefined;
      readonly tfjsNodePath: string | undefined;
      readonly refused: readonly string[];
      /** The loss before the first step and after the last. */
      readonly losses: readonly [number, number];
      readonly stepMs: number;
    }
  | { readonly ok: false; readonly reason: string };

const steps = 10;

/** Learns to distinguish bright images from dark ones with a convolution, a depthwise one and a dense layer. */
async function probe(): Promise<ProbeReport> {
  const { tf, ...runtime } = await loadRuntime();
  const images = tf.tile(tf.tensor4d([0.2, 0.8], [2, 1, 1, 1]), [8, 8, 8, 3]);
  const labels = tf.tile(
    tf.tensor2d([
      [1, 0],
      [0, 1],
    ]),
    [8, 1],
  );
  const full = tf.variable(tf.randomNormal<Rank.R4>([3, 3, 3, 8], 0, 0.3, 'float32', 1));
  const depthwise = tf.variable(tf.randomNormal<Rank.R4>([3, 3, 8, 1], 0, 0.5, 'float32', 2));
  const dense = tf.variable(tf.randomNormal<Rank.R2>([8, 2], 0, 0.5, 'float32', 3));
  const loss = () => {
    const hidden = tf.relu(tf.depthwiseConv2d(tf.conv2d(images, full, 2, 'same'), depthwise, 1, 'same'));
    const logits = tf.matMul(tf.mean<Tensor2D>(hidden, [1, 2]), dense);
    return tf.losses.softmaxCrossEntropy(labels, logits).asScalar();
  };
  const optimizer = tf.train.sgd(0.5);
  const step = () => tf.tidy(() => optimizer.minimize(loss, true)?.dataSync()[0] ?? Number.NaN);
  const first = step();
  const start = performance.now();
  let last = first;
  for (let i = 0; i < steps; i++) last = step();
  const stepMs = (performance.now() - start) / steps;
  if (!(last < first)) return { ok: false, reason: `training on ${runtime.backend} does not learn` };
  const tfjsNodeVersion = (tf.version as Record<string, string>)['tfjs-node'];
  return { ok: true, ...runtime, tfjsNodeVersion, losses: [first, last], stepMs };
}

const report = await probe().catch((error: unknown) => ({ ok: false, reason: messageOf(error) }) as const);
process.send?.(report, () => process.exit());
