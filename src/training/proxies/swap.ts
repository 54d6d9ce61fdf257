/**
 * SWAP-Score (Peng et al., ICLR 2024, arXiv 2403.04161, definition 3): each value between a convolution and its
 * non-linearity gives a sample-wise activation pattern, one bit an image, 1 where it is positive; the score is the number of
 * patterns that differ, over all non-linearities. Smooth ones count by the sign of their input, as ReLU does.
 */
import type { Tensor4D } from '@tensorflow/tfjs';
import type { LayerGraph } from '../../models/index.js';
import type { Weights } from '../network/variables.js';
import type { Runtime } from '../runtime/index.js';
import { kinkedInputs } from './naswot.js';
import { probe } from './probe.js';

/** @param images normalised, `[batch, height, width, channels]`. */
export function swap(runtime: Runtime, graph: LayerGraph, weights: Weights, images: Tensor4D): number {
  const read = kinkedInputs(graph);
  const count = images.shape[0];
  const patterns = new Set<string>();
  return probe(runtime, graph, weights, ({ run }) => {
    run(images, {
      onOutput(op, output) {
        if (read.has(op.id)) addPatterns(output.dataSync<'float32'>(), count, patterns);
      },
    });
    return patterns.size;
  });
}

/** Adds the pattern of each of the values, `[count, values]`, to those that were seen. */
export function addPatterns(values: Float32Array, count: number, seen: Set<string>): void {
  const width = values.length / count;
  const codes = new Uint16Array(Math.ceil(count / 16));
  for (let at = 0; at < width; at++) {
    codes.fill(0);
    for (let image = 0; image < count; image++) {
      if ((values[image * width + at] as number) > 0) {
        codes[image >> 4] = (codes[image >> 4] as number) | (1 << (image & 15));
      }
    }
    seen.add(String.fromCharCode(...codes));
  }
}
