/** Measuring a trained network on images it was not trained on. */
import type { LayerGraph } from '../../models/index.js';
import { type ImageSet, type Normalisation, allIndices, evalBatches } from '../data/index.js';
import type { Network } from '../network/contract.js';
import { createNetwork } from '../network/network.js';
import { type Weights, inputShape } from '../network/variables.js';
import type { Runtime } from '../runtime/index.js';

/** How good a network is. */
export interface Evaluation {
  /** Share of the images whose most probable class is theirs. */
  readonly accuracy: number;
  /** Mean cross-entropy, in nats. */
  readonly loss: number;
  readonly count: number;
  /** What the gates did, where the network has some. */
  readonly gates?: GateStatistics;
}

/** What one gate did on some images. */
export interface GateRecord {
  /** How often each group ran, of the images. */
  readonly runs: readonly number[];
  /** Mean weight of each group; even weights are 1 / groups. */
  readonly mean: readonly number[];
  /** The same for the images of each class, in the order of the classes. */
  readonly byClass: readonly (readonly number[])[];
}

/** By the gate's name, as in `blocks.3.gate`. */
export type GateStatistics = Readonly<Record<string, GateRecord>>;

/** Adds up what gates do, batch by batch. */
function createGateCounter(classes: number) {
  const sums = new Map<string, { runs: number[]; byClass: number[][] }>();
  const images = new Array<number>(classes).fill(0);
  return {
    add(gates: Weights, labels: ArrayLike<number>) {
      for (let i = 0; i < labels.length; i++) images[labels[i] as number]!++;
      for (const [name, { shape, data }] of gates) {
        const groups = shape[1] as number;
        const sum = sums.get(name) ?? {
          runs: new Array<number>(groups).fill(0),
          byClass: Array.from({ length: classes }, () => new Array<number>(groups).fill(0)),
        };
        sums.set(name, sum);
        data.forEach((weight, i) => {
          const group = i % groups;
          if (weight > 0) sum.runs[group]!++;
          const own = sum.byClass[labels[Math.floor(i / groups)] as number] as number[];
          own[group] = (own[group] as number) + weight;
        });
      }
    },
    statistics(): GateStatistics | undefined {
      if (sums.size === 0) return undefined;
      const total = images.reduce((a, b) => a + b, 0);
      return Object.fromEntries(
        [...sums].map(([name, { runs, byClass }]) => {
          const mean = runs.map((_, g) => byClass.reduce((sum, own) => sum + (own[g] as number), 0) / total);
          return [
            name,
            {
              runs: runs.map((n) => n / total),
              mean,
              byClass: byClass.map((own, c) => own.map((n) => n / Math.max(1, images[c] as number))),
            },
          ];
        }),
      );
    },
  };
}

/** Images a batch; more is no faster, and memory grows with it. */
const batchSize = 256;

/** How an evaluation may differ from the plain one. */
export interface EvaluateOptions {
  /** How many groups of each gate may run, those with the smallest kernels; default: all. */
  readonly groups?: number | undefined;
  /** Aborting rejects with the signal's reason, within a batch. */
  readonly signal?: AbortSignal | undefined;
}

/** Evaluates a network on the images of `indices`; lets other work of the process run between batches. */
export async function evaluateOn(
  network: Network,
  runtime: Runtime,
  set: ImageSet,
  indices: Uint32Array,
  normalisation: Normalisation,
  { groups, signal }: EvaluateOptions = {},
): Promise<Evaluation> {
  const { tf } = runtime;
  const [height, width, channels] = inputShape(network.graph);
  const { classes } = network.graph;
  const counter = createGateCounter(classes);
  let correct = 0;
  let loss = 0;
  for await (const { images, labels } of evalBatches(set, indices, { ...normalisation, batchSize })) {
    const input = tf.tensor4d(images, [labels.length, height, width, channels]);
    const { logits: values, gates } = network.inspect(input, groups);
    input.dispose();
    counter.add(gates, labels);
    labels.forEach((label, i) => {
      const row = values.subarray(i * classes, (i + 1) * classes);
      const largest = Math.max(...row);
      if (row.indexOf(largest) === label) correct++;
      const total = row.reduce((sum, value) => sum + Math.exp(value - largest), 0);
      loss += Math.log(total) + largest - (row[label] as number);
    });
    await new Promise(setImmediate);
    signal?.throwIfAborted();
  }
  const count = indices.length;
  const gates = counter.statistics();
  return { accuracy: correct / count, loss: loss / count, count, ...(gates && { gates }) };
}

/**
 * Accuracy and loss of a network with `weights` on all images of a set.
 * @param options `normalisation`: the one it was trained with, usually that of its data set.
 * @throws MixnasError `bad-data` when the weights do not fit the graph.
 */
export async function evaluateNetwork(
  options: EvaluateOptions & {
    readonly graph: LayerGraph;
    readonly weights: Weights;
    readonly set: ImageSet;
    readonly normalisation: Normalisation;
    readonly runtime: Runtime;
  },
): Promise<Evaluation> {
  const { graph, weights, set, normalisation, runtime } = options;
  const network = createNetwork(graph, runtime, { weights });
  try {
    return await evaluateOn(network, runtime, set, allIndices(set), normalisation, options);
  } finally {
    network.dispose();
  }
}
