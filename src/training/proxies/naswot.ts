/**
 * NASWOT (Mellor et al., "Neural Architecture Search without Training", ICML 2021, arXiv 2006.04647): each
 * non-linearity gives an image a binary code, 1 where its input is positive. K counts for every two images
 * in how many places their codes agree; the score is log |det K|, which is large when no two images look
 * alike to the network, and -Infinity when two are the same.
 */
import type { Rank, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { LayerGraph } from '../../models/index.js';
import type { Weights } from '../network/variables.js';
import type { Runtime } from '../runtime/index.js';
import { probe } from './probe.js';

/** Kinds with a kink at or near zero; a sigmoid has none. */
const kinked = new Set(['relu', 'relu6', 'swish', 'hswish']);

/** The ops that non-linearities with a kink read. */
export function kinkedInputs(graph: LayerGraph): ReadonlySet<number> {
  return new Set(
    graph.ops.flatMap((op) =>
      op.kind === 'activation' && kinked.has(op.activation) ? [op.inputs[0] as number] : [],
    ),
  );
}

/** @param images normalised, `[batch, height, width, channels]`. */
export function naswot(runtime: Runtime, graph: LayerGraph, weights: Weights, images: Tensor4D): number {
  const { tf } = runtime;
  const read = kinkedInputs(graph);
  const count = images.shape[0];
  const kernel = probe(runtime, graph, weights, ({ run }) => {
    let total = tf.zeros<Rank.R2>([count, count]);
    run(images, {
      onOutput(op, output) {
        if (!read.has(op.id)) return;
        const code = tf.cast<Tensor2D>(tf.reshape(tf.greater(output, 0), [count, -1]), 'float32');
        const other = tf.sub<Tensor2D>(1, code);
        const agree = (x: Tensor2D) => tf.matMul(x, x, false, true);
        total = tf.add(total, tf.add(agree(code), agree(other)));
      },
    });
    return total.dataSync<'float32'>();
  });
  return logDeterminant(Float64Array.from(kernel), count);
}

/** log |det| of a square matrix `[n, n]`, which is overwritten; -Infinity when it is singular. */
export function logDeterminant(matrix: Float64Array, n: number): number {
  const at = (row: number, column: number) => matrix[row * n + column] as number;
  const scale = Math.max(...matrix.map(Math.abs));
  let log = 0;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let row = k + 1; row < n; row++) if (Math.abs(at(row, k)) > Math.abs(at(pivot, k))) pivot = row;
    // Codes are whole numbers: what elimination leaves below this is rounding.
    if (Math.abs(at(pivot, k)) <= scale * n * 1e-14) return Number.NEGATIVE_INFINITY;
    for (let column = k; column < n && pivot !== k; column++) {
      const kept = at(k, column);
      matrix[k * n + column] = at(pivot, column);
      matrix[pivot * n + column] = kept;
    }
    log += Math.log(Math.abs(at(k, k)));
    for (let row = k + 1; row < n; row++) {
      const factor = at(row, k) / at(k, k);
      for (let column = k; column < n; column++) {
        matrix[row * n + column] = at(row, column) - factor * at(k, column);
      }
    }
  }
  return log;
}
