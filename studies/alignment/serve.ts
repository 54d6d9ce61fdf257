/** A worker of the alignment study: trains one network. */
import { evaluateNetwork, loadDataSet, loadRuntime, recipeSchema, train } from '../../src/training/index.js';
import { lower, withAlign } from '../../src/models/index.js';
import { serveTasks } from '../shared/tasks.js';
import { type AlignTask, multiple, networksOf, spaceOf } from './plan.js';

const space = spaceOf('cifar-small');
const dataset = await loadDataSet({ name: 'cifar10' });
const runtime = await loadRuntime({ intraOpThreads: 1 });

serveTasks(async ({ network, seed, aligned, steps }: AlignTask) => {
  const plain = networksOf(space, network + 1)[network];
  if (plain === undefined) throw new Error(`there is no network ${network}`);
  const graph = lower(aligned ? withAlign(plain, multiple) : plain);
  const { weights } = await train({
    graph,
    dataset,
    split: { validation: 5000, seed },
    recipe: recipeSchema.parse({ steps }),
    seed,
    runtime,
  });
  const { accuracy, loss } = await evaluateNetwork({
    graph,
    weights,
    set: dataset.test,
    normalisation: dataset,
    runtime,
  });
  return { accuracy, loss };
});
