/** A worker of the accuracy study. */
import { existsSync, readFileSync } from 'node:fs';
import { writeFileAtomic } from '../../src/base/index.js';
import {
  evaluateNetwork,
  loadDataSet,
  loadRuntime,
  readTrainingState,
  train,
  writeTrainingState,
} from '../../src/training/index.js';
import { serveTasks } from '../shared/tasks.js';
import { type AccuracyTask, type Trained, graphOf, splitSeed, validation } from './plan.js';

const seed = 1;
const split = { validation, seed: splitSeed };
const warmSteps = 10;
const timedSteps = 40;

/** Images a second, after a few steps to get going. */
async function speed({ architecture, data, recipe, threads }: AccuracyTask): Promise<object> {
  const dataset = await loadDataSet(data);
  const runtime = await loadRuntime({ intraOpThreads: threads });
  let started = 0;
  await train({
    graph: graphOf(architecture),
    dataset,
    split,
    recipe,
    seed,
    runtime,
    until: warmSteps + timedSteps,
    onStep: ({ step }) => {
      if (step === warmSteps) started = performance.now();
      if (step === warmSteps + timedSteps) started = performance.now() - started;
    },
  });
  return { imagesPerSecond: (timedSteps * recipe.batchSize) / (started / 1000) };
}

async function trainWhole(task: AccuracyTask): Promise<Trained> {
  const { architecture, data, recipe, threads, checkpoint } = task;
  const dataset = await loadDataSet(data);
  const runtime = await loadRuntime({ intraOpThreads: threads });
  const graph = graphOf(architecture);
  const clock = `${checkpoint}.seconds`;
  const from = readTrainingState(checkpoint);
  const before = from && existsSync(clock) ? Number(readFileSync(clock, 'utf8')) : 0;
  const started = performance.now();
  const seconds = () => before + (performance.now() - started) / 1000;
  const { weights } = await train({
    graph,
    dataset,
    split,
    recipe,
    seed,
    runtime,
    from,
    onCheckpoint: (state) => {
      writeTrainingState(checkpoint, state);
      writeFileAtomic(clock, String(seconds()));
    },
    onProgress: ({ step, steps, loss }) => {
      console.error(
        `${task.key}: step ${step} of ${steps}, loss ${loss.toFixed(3)}, ${seconds().toFixed(0)} s`,
      );
    },
  });
  const took = Math.round(seconds());
  const measured = await evaluateNetwork({
    graph,
    weights,
    set: dataset.test,
    normalisation: dataset,
    runtime,
  });
  const { accuracy, loss, count } = measured;
  return { accuracy, loss, count, seconds: took };
}

serveTasks((task: AccuracyTask) => (task.kind === 'speed' ? speed(task) : trainWhole(task)));
