/** A worker of the ranking study. */
import {
  createScorer,
  evaluateNetwork,
  loadDataSet,
  loadRuntime,
  openSupernet,
  proxyBatches,
  defaultProxies,
  laterScores,
  scoreNetwork,
  splitTrainValidation,
  train,
} from '../../src/training/index.js';
import { trainInto, weightsIn } from '../shared/supernet.js';
import { serveTasks } from '../shared/tasks.js';
import { type RankingTask, calibration, entries, graphOf, space, validation } from './plan.js';

const seed = 1;

const dataset = await loadDataSet({ name: 'cifar10' });
const splitBy = { validation, seed };
const split = splitTrainValidation(dataset.train, splitBy);
const runtime = await loadRuntime({ intraOpThreads: 1 });

/** Processor seconds of this process; on a busy machine the clock's say little. */
const clock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

async function superTrain(path: string, { supernet: recipe }: RankingTask['plan']): Promise<object> {
  const indices = split.train;
  await trainInto(path, { space, dataset, indices, recipe, seed, runtime });
  return {};
}

/** The supernet's accuracy for every network of the study, in the order of `entries`. */
async function score(path: string, { supernet: recipe }: RankingTask['plan']): Promise<number[]> {
  const supernet = openSupernet(space, dataset, recipe, seed, runtime);
  supernet.load(weightsIn(path));
  const scorer = await createScorer({ supernet, dataset, split, calibration, seed, runtime });
  const scores = entries().map(({ genome }) => scorer.score(genome).accuracy);
  scorer.dispose();
  supernet.dispose();
  return scores;
}

/** Accuracy on the 10,000 test images of a network that is trained alone. */
async function trainAlone(
  genome: readonly number[],
  { alone: recipe }: RankingTask['plan'],
  own: number,
): Promise<object> {
  const graph = graphOf(genome);
  const { weights, accuracy: validated } = await train({
    graph,
    dataset,
    split: splitBy,
    recipe,
    seed: own,
    runtime,
  });
  const measured = await evaluateNetwork({
    graph,
    weights,
    set: dataset.test,
    normalisation: dataset,
    runtime,
  });
  return { accuracy: measured.accuracy, loss: measured.loss, validated };
}

const batches = await proxyBatches(dataset, split.train, { batchSize: 64, seed });

async function answerTo(task: RankingTask): Promise<object> {
  switch (task.kind) {
    case 'supernet':
      return superTrain(task.path, task.plan);
    case 'scores':
      return { scores: await score(task.path, task.plan) };
    case 'alone':
      return trainAlone(task.genome, task.plan, task.seed);
    case 'proxies':
      return scoreNetwork({ graph: graphOf(task.genome), batches, names: defaultProxies, seed, runtime });
    case 'later':
      return scoreNetwork({ graph: graphOf(task.genome), batches, names: laterScores, seed, runtime });
  }
}

serveTasks(async (task: RankingTask) => {
  const started = clock();
  const answer = await answerTo(task);
  return { ...answer, seconds: Math.round(clock() - started) };
});
