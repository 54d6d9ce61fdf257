/** A quantized network in TensorFlow: every value rounded to its integers, for many images at once. */
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { InternalError } from '../../base/index.js';
import type { Runtime } from '../../training/index.js';
import type { QuantizedGraph } from '../lower/index.js';
import { isPassive, toFloats } from '../quantize/index.js';
import { rounded, stepsOf } from './fake-quantize.js';
import { forward } from './forward.js';

/** Owns tensors until `dispose`. */
export interface QuantizedNetwork {
  /** Logits `[batch, classes]` of normalised images `[batch, height, width, channels]`. */
  predict(images: Tensor4D): Tensor2D;
  dispose(): void;
}

/** The values that only move numbers which have been rounded already. */
export function movedValues({ graph, values }: QuantizedGraph): ReadonlySet<number> {
  return new Set(
    graph.nodes.flatMap((node) => (isPassive(node) ? node.outputs.filter((id) => values[id]) : [])),
  );
}

/**
 * Prepares a quantized network. It computes what `createSimulation` does but for the order of sums and halves that
 * are rounded to the even number: a step now and then.
 */
export function createQuantizedNetwork({ tf }: Runtime, quantized: QuantizedGraph): QuantizedNetwork {
  const { graph, values } = quantized;
  const moved = movedValues(quantized);
  const constants = graph.values.map(({ data, shape }, id): Tensor | undefined => {
    if (!data) return undefined;
    const integers = values[id]?.data;
    const floats = integers
      ? toFloats(integers, shape, values[id] as NonNullable<(typeof values)[number]>)
      : data;
    return tf.tensor(floats.slice(), [...shape]);
  });
  return {
    predict: (images) =>
      tf.tidy(() =>
        forward(tf, graph, images, {
          constant(id) {
            const found = constants[id];
            if (!found) throw new InternalError(`value ${id} is not constant`);
            return found;
          },
          value(id, x) {
            const quantization = values[id];
            if (!quantization || moved.has(id)) return x;
            return rounded(tf, x, quantization.scale[0] as number, stepsOf(quantization.zeroPoint));
          },
        }),
      ),
    dispose() {
      for (const constant of constants) constant?.dispose();
    },
  };
}
