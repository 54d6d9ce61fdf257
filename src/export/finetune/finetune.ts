/**
 * Quantization-aware fine-tuning: a quantized network is trained on as its integers have it. Batch norm is folded and
 * its statistics stay (Krishnamoorthi 2018, arXiv 1806.08342, section 3.2.2), kernels have a scale for each channel
 * from their largest weight, and the scales of what layers make are learnt (see fake-quantize.ts); their zero points stay,
 * so what is moved together keeps one scale.
 */
import type { Scalar, Tensor, Tensor4D, Variable } from '@tensorflow/tfjs';
import { InternalError, MixnasError } from '../../base/index.js';
import type { Runtime } from '../../training/index.js';
import type { LoweredGraph, Quantization, QuantizedGraph } from '../lower/index.js';
import {
  isFixed,
  isWeighted,
  jointValues,
  quantizeConstants,
  smallestShare,
  toFloats,
} from '../quantize/index.js';
import { Adam } from './adam.js';
import { fakeQuantize, fakeQuantizeKernel, stepsOf } from './fake-quantize.js';
import { forward } from './forward.js';
import { movedValues } from './network.js';
import { scalesWithinFactors } from './scales.js';

type Tf = Runtime['tf'];

export interface FineTuneOptions {
  readonly steps: number;
  /** The images of the next step, normalised, and their classes. */
  next(): Promise<{ readonly images: Float32Array; readonly labels: ArrayLike<number> }>;
  readonly onStep?: ((step: number, loss: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Largest change of a step: of weights by the root of their mean square, of scales by themselves. */
const rates = { weights: 2e-3, scales: 2e-3 } as const;

/** Of a target, the part that the float network's own probabilities have; the rest is the label's. */
const teacherShare = 0.5;

/**
 * Trains on. The same options give the same network, to the bit on one machine and backend.
 * @throws MixnasError `diverged` when the loss is no longer a number.
 */
export async function fineTune(
  { tf }: Runtime,
  source: QuantizedGraph,
  { steps, next, onStep, signal }: FineTuneOptions,
): Promise<QuantizedGraph> {
  const tuned = new Tuned(tf, source);
  try {
    for (let step = 0; step < steps; step++) {
      signal?.throwIfAborted();
      const { images, labels } = await next();
      const loss = tuned.step(images, labels, rateAt(step, steps));
      if (!Number.isFinite(loss)) {
        throw new MixnasError('diverged', `Fine-tuning diverged: the loss is ${loss} at step ${step + 1}.`);
      }
      onStep?.(step + 1, loss);
      await new Promise(setImmediate);
    }
    return tuned.quantized();
  } finally {
    tuned.dispose();
  }
}

/** Rises over a tenth of the steps, then falls as a cosine. */
const rateAt = (step: number, steps: number): number =>
  Math.min(1, (step + 1) / (steps / 10)) * 0.5 * (1 + Math.cos((Math.PI * step) / steps));

/** The network in training: its variables, and the constants that stay. */
class Tuned {
  readonly #tf: Tf;
  readonly #source: QuantizedGraph;
  readonly #graph: LoweredGraph;
  readonly #moved: ReadonlySet<number>;
  readonly #root: (id: number) => number;
  /** Constants as the float network has them, with the biases of the quantized one. */
  readonly #constants = new Map<number, Tensor>();
  /** Kernels and biases that are trained, by value. */
  readonly #weights = new Map<number, Variable>();
  /** Logarithms of the factors that scales are changed by, by the value that stands for all of one scale. */
  readonly #factors = new Map<number, Variable>();
  /** For each kernel, the axis of its scales. */
  readonly #kernels = new Map<number, number | undefined>();
  readonly #adam: Adam;

  constructor(tf: Tf, source: QuantizedGraph) {
    this.#tf = tf;
    this.#source = source;
    this.#graph = source.graph;
    this.#moved = movedValues(source);
    this.#root = jointValues(source.graph, (id) => source.values[id] !== undefined);
    this.#collect();
    this.#adam = new Adam(tf);
    for (const variable of this.#weights.values()) {
      const size = tf.tidy(() => tf.sqrt(tf.mean(tf.square(variable))).dataSync()[0] as number);
      this.#adam.add(variable, rates.weights * Math.max(size, 1e-3));
    }
    for (const variable of this.#factors.values()) this.#adam.add(variable, rates.scales);
  }

  #collect(): void {
    const { values } = this.#source;
    const fixed = new Set(this.#graph.nodes.filter(isFixed).flatMap(({ outputs }) => outputs));
    this.#graph.values.forEach(({ data, shape }, id) => {
      const quantization = values[id];
      if (data) this.#constants.set(id, this.#tf.tensor(data.slice(), [...shape]));
      else if (quantization && !fixed.has(id) && !this.#factors.has(this.#root(id)))
        this.#factors.set(this.#root(id), this.#variable(Float32Array.of(0), []));
    });
    for (const node of this.#graph.nodes) {
      if (!isWeighted(node) || !values[node.outputs[0] as number]) continue;
      const [, kernel, bias] = node.inputs as [number, number, number];
      this.#kernels.set(kernel, node.kind === 'dense' ? undefined : values[kernel]?.axis);
      // The matrix that spreads a gate over its groups is no weight: it says which channel is whose.
      const trained = !(this.#graph.values[kernel]?.name ?? '').endsWith('.spread');
      for (const id of [kernel, bias]) {
        const { data, shape } = this.#graph.values[id] as LoweredGraph['values'][number];
        const quantization = values[id] as Quantization;
        // Biases begin as they were corrected.
        const start = id === bias ? toFloats(quantization.data as Int32Array, shape, quantization) : data;
        if (trained) this.#weights.set(id, this.#variable(start as Float32Array, shape));
      }
    }
  }

  #variable(data: Float32Array, shape: readonly number[]): Variable {
    return this.#tf.tidy(() => this.#tf.variable(this.#tf.tensor(data.slice(), [...shape])));
  }

  /** The logits of the float network that the quantized one was made of. */
  #teacher(images: Tensor4D): Tensor {
    return forward(this.#tf, this.#graph, images, {
      constant: (id) => this.#constants.get(id) as Tensor,
      value: (_, x) => x,
    });
  }

  #student(images: Tensor4D): Tensor {
    const tf = this.#tf;
    const { values } = this.#source;
    const scales = new Map<number, Scalar>();
    const scaleOf = (id: number, start: number): Scalar => {
      const root = this.#root(id);
      const known = scales.get(root) ?? tf.mul<Scalar>(tf.exp(this.#factors.get(root) as Variable), start);
      scales.set(root, known);
      return known;
    };
    return forward(tf, this.#graph, images, {
      constant: (id) => {
        const weights = this.#weights.get(id) ?? (this.#constants.get(id) as Tensor);
        return this.#kernels.has(id)
          ? fakeQuantizeKernel(tf, weights, this.#kernels.get(id), smallestShare)
          : weights;
      },
      value: (id, x) => {
        const quantization = values[id];
        if (!quantization || this.#moved.has(id)) return x;
        const [start, steps] = [quantization.scale[0] as number, stepsOf(quantization.zeroPoint)];
        return this.#factors.has(this.#root(id))
          ? fakeQuantize(tf, x, scaleOf(id, start), steps)
          : fakeQuantize(tf, x, tf.scalar(start), steps);
      },
    });
  }

  /** One step; returns the loss before it. */
  step(images: Float32Array, labels: ArrayLike<number>, rate: number): number {
    const tf = this.#tf;
    const [, height = 1, width = 1, channels = 1] = this.#graph.values[this.#graph.input]?.shape ?? [];
    const classes = this.#graph.values[this.#graph.output]?.shape.at(-1) as number;
    const count = labels.length;
    return tf.tidy(() => {
      const pixels = tf.tensor4d(images.slice(), [count, height, width, channels]);
      const wanted = tf.tidy(() => {
        const known = tf.oneHot(tf.tensor1d(Array.from(labels), 'int32'), classes);
        const told = tf.softmax(this.#teacher(pixels));
        return tf.add(tf.mul(told, teacherShare), tf.mul(tf.cast(known, 'float32'), 1 - teacherShare));
      });
      const trained = [...this.#weights.values(), ...this.#factors.values()];
      const { value, grads } = tf.variableGrads(
        () => tf.neg<Scalar>(tf.mean(tf.sum(tf.mul(wanted, tf.logSoftmax(this.#student(pixels))), 1))),
        trained,
      );
      const loss = value.dataSync()[0] as number;
      if (Number.isFinite(loss)) this.#adam.step(grads, rate);
      return loss;
    });
  }

  /** The network in integers, as it was computed in the last step. */
  quantized(): QuantizedGraph {
    const read = (variable: Variable) => Float32Array.from(variable.dataSync());
    const graph: LoweredGraph = {
      ...this.#graph,
      values: this.#graph.values.map((value, id) => {
        const variable = this.#weights.get(id);
        return variable ? { ...value, data: read(variable) } : value;
      }),
    };
    const scales = this.#source.values.map((quantization, id): Quantization | undefined => {
      if (!quantization || quantization.data) return undefined;
      const variable = this.#factors.get(this.#root(id));
      if (!variable) return quantization;
      const factor = Math.exp(read(variable)[0] as number);
      return { ...quantization, scale: Float32Array.of((quantization.scale[0] as number) * factor) };
    });
    const integer = this.#source.values.map((quantization) => quantization !== undefined);
    if (integer.length !== graph.values.length) throw new InternalError('values without their scales');
    return quantizeConstants(graph, integer, scalesWithinFactors(graph, scales, this.#root));
  }

  dispose(): void {
    for (const tensor of this.#constants.values()) tensor.dispose();
    for (const variable of [...this.#weights.values(), ...this.#factors.values()]) variable.dispose();
    this.#adam.dispose();
  }
}
