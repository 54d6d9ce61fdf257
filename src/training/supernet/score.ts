/** Scoring subnets: batch statistics re-estimated for each, then accuracy on validation images. */
import type { Tensor4D } from '@tensorflow/tfjs';
import { createRandom } from '../../base/index.js';
import { gatesOf } from '../../models/index.js';
import { type DataSet, evalBatches } from '../data/index.js';
import { createNetwork } from '../network/network.js';
import type { WeightArray, Weights } from '../network/variables.js';
import type { Runtime } from '../runtime/index.js';
import type { Evaluation } from '../train/evaluate.js';
import type { EncodedSubnet, Supernet } from './supernet.js';

export interface ScorerOptions {
  readonly supernet: Supernet;
  readonly dataset: DataSet;
  readonly split: { readonly train: Uint32Array; readonly validation: Uint32Array };
  /** Training images from which each subnet's batch statistics are estimated. */
  readonly calibration: number;
  readonly seed: string | number;
  readonly runtime: Runtime;
}

export interface Scorer {
  /** Accuracy and cross-entropy of a subnet on the validation images. */
  score(genome: ArrayLike<number>): Evaluation;
  /** The mean weight of each group on a batch of validation images, by the gate's name; none: `{}`. */
  gates(genome: ArrayLike<number>): Record<string, number[]>;
  /** The subnet as a network of its own, with statistics estimated for it. */
  cut(genome: ArrayLike<number>): { readonly subnet: EncodedSubnet; readonly weights: Weights };
  dispose(): void;
}

/** The mean of each column of `[count, columns]`. */
function columnMeans({ shape, data }: WeightArray): number[] {
  const columns = shape[1] as number;
  const sums = new Array<number>(columns).fill(0);
  data.forEach((value, i) => (sums[i % columns] = (sums[i % columns] as number) + value));
  return sums.map((sum) => (sum * columns) / data.length);
}

/** Images a pass; statistics of a batch this large are close to those of all. */
const batchSize = 128;

interface LabelledBatch {
  readonly images: Tensor4D;
  readonly labels: Int32Array;
}

/**
 * Keeps the images as tensors, which `dispose` frees; the supernet stays its owner's, who does not train it
 * meanwhile.
 */
export async function createScorer(options: ScorerOptions): Promise<Scorer> {
  const { supernet, dataset, split, calibration, seed, runtime } = options;
  const chosen = createRandom(seed).fork('calibration').shuffle(split.train.slice()).slice(0, calibration);
  const load = async (indices: Uint32Array): Promise<LabelledBatch[]> => {
    const { width, height, channels } = dataset.train;
    const { mean, std } = dataset;
    const loaded: LabelledBatch[] = [];
    for await (const { images, labels } of evalBatches(dataset.train, indices, { mean, std, batchSize })) {
      // Copied as it comes: the next batch takes the place of the one before.
      const copy = runtime.tf.tensor4d(images.slice(), [labels.length, height, width, channels]);
      loaded.push({ images: copy, labels: Int32Array.from(labels) });
    }
    return loaded;
  };
  const tuning = await load(chosen);
  const validation = await load(split.validation);

  /** The subnet that the running statistics are of. */
  let tuned: { readonly genome: string; readonly subnet: EncodedSubnet } | undefined;
  function calibrated(given: ArrayLike<number>): EncodedSubnet {
    const genome = Array.from(given).join();
    if (tuned?.genome === genome) return tuned.subnet;
    const subnet = supernet.subnet(given);
    // A running mean with equal weights: the first batch takes the place of what was there.
    tuning.forEach(({ images }, i) => supernet.calibrate(subnet, images, 1 / (i + 1)));
    tuned = { genome, subnet };
    return subnet;
  }

  return {
    score(genome) {
      const subnet = calibrated(genome);
      let correct = 0;
      let loss = 0;
      let count = 0;
      for (const { images, labels } of validation) {
        const logits = supernet.predict(subnet, images);
        const values = logits.dataSync<'float32'>();
        logits.dispose();
        const classes = values.length / labels.length;
        labels.forEach((label, i) => {
          const row = values.subarray(i * classes, (i + 1) * classes);
          const largest = Math.max(...row);
          if (row.indexOf(largest) === label) correct++;
          const total = row.reduce((sum, value) => sum + Math.exp(value - largest), 0);
          loss += Math.log(total) + largest - (row[label] as number);
        });
        count += labels.length;
      }
      return { accuracy: correct / count, loss: loss / count, count };
    },
    gates(genome) {
      const subnet = calibrated(genome);
      const first = validation[0];
      if (!first || gatesOf(subnet.graph).length === 0) return {};
      const network = createNetwork(subnet.graph, runtime, { weights: supernet.cut(subnet) });
      const { gates } = network.inspect(first.images);
      network.dispose();
      return Object.fromEntries([...gates].map(([name, weights]) => [name, columnMeans(weights)]));
    },
    cut(genome) {
      const subnet = calibrated(genome);
      return { subnet, weights: supernet.cut(subnet) };
    },
    dispose() {
      for (const { images } of [...tuning, ...validation]) images.dispose();
    },
  };
}
