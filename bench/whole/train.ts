/** A worker that trains finalists, all alike, and measures them on the test images. */
import { evaluateNetwork, loadDataSet, loadRuntime, train } from '../../src/training/index.js';
import type { DataSpec } from '../../src/training/index.js';
import { type Task, serveTasks } from '../../studies/shared/tasks.js';
import { type Whole, finalRecipe, graphAt, openSpace } from './plan.js';

export interface FinalTask extends Task {
  readonly spaceName: string;
  readonly genome: readonly number[];
  readonly data: DataSpec;
  readonly at: Whole['at'];
  readonly steps: number;
  readonly seed: number;
}

export interface FinalAnswer {
  /** On the test images. */
  readonly accuracy: number;
  readonly loss: number;
}

serveTasks(async ({ spaceName, genome, data, at, steps, seed }: FinalTask): Promise<FinalAnswer> => {
  const dataset = await loadDataSet(data);
  const runtime = await loadRuntime({ intraOpThreads: 1 });
  const graph = graphAt(openSpace(spaceName).decode(genome), at);
  const split = { validation: Math.floor(dataset.train.count / 20), seed: 1 };
  const { weights } = await train({ graph, dataset, split, recipe: finalRecipe(steps), seed, runtime });
  const { accuracy, loss } = await evaluateNetwork({
    graph,
    weights,
    set: dataset.test,
    normalisation: dataset,
    runtime,
  });
  return { accuracy, loss };
});
