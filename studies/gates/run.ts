/** One training of the gate study, measured on the test images. */
import { createRandom } from '../../src/base/index.js';
import { countCost, expectedMacs, gatesOf, lower } from '../../src/models/index.js';
import {
  type DataSet,
  type GateStatistics,
  type Runtime,
  evaluateNetwork,
  train,
} from '../../src/training/index.js';
import type { Case } from './cases.js';

/** What is kept of a training. */
export interface Result {
  readonly seed: number;
  /** On the test images. */
  readonly accuracy: number;
  readonly loss: number;
  readonly macs: number;
  /** On average over the test images. */
  readonly expectedMacs: number;
  readonly params: number;
  readonly gates?: GateStatistics;
  /** What the gates do by class when the test images' labels are shuffled: the spread that is chance alone. */
  readonly shuffled?: GateStatistics;
  readonly seconds: number;
}

const sharesOf = (gates: GateStatistics) =>
  Object.fromEntries(Object.entries(gates).map(([name, { runs }]) => [name, runs]));

/** Trains a case from a seed and measures it. */
export async function runCase(
  { architecture, recipe }: Case,
  seed: number,
  { dataset, runtime }: { readonly dataset: DataSet; readonly runtime: Runtime },
): Promise<Result> {
  const graph = lower(architecture);
  const split = { validation: Math.floor(dataset.train.count / 10), seed: 1 };
  const { weights, seconds } = await train({ graph, dataset, split, recipe, seed, runtime });
  const common = { graph, weights, normalisation: dataset, runtime };
  const { accuracy, loss, gates } = await evaluateNetwork({ ...common, set: dataset.test });
  const { params, macs } = countCost(graph);
  const result = { seed, accuracy, loss, macs, params, seconds };
  if (!gates || gatesOf(graph).length === 0) return { ...result, expectedMacs: macs };
  const labels = createRandom(`shuffled ${seed}`).shuffle(dataset.test.labels.slice());
  const chance = await evaluateNetwork({ ...common, set: { ...dataset.test, labels } });
  return {
    ...result,
    expectedMacs: expectedMacs(graph, sharesOf(gates)),
    gates,
    ...(chance.gates && { shuffled: chance.gates }),
  };
}
