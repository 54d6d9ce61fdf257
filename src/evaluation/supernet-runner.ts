/**
 * The process that trains a supernet: all cores in one, since its passes follow one another. Parent and child
 * speak as a worker and its parent do.
 */
import { MixnasError, messageOf, parseWith } from '../base/index.js';
import { parseSpace } from '../models/index.js';
import {
  loadDataSet,
  loadRuntime,
  readTrainingState,
  splitTrainValidation,
  trainSupernet,
  writeTrainingState,
} from '../training/index.js';
import { type FromRunner, type SupernetJob, supernetJobSchema } from './supernet-messages.js';

const send = (message: FromRunner) => process.send?.(message);

async function run({
  evaluator,
  dataset: spec,
  splitSeed,
  space,
  path,
  threads,
}: SupernetJob): Promise<void> {
  const dataset = await loadDataSet(spec);
  const split = splitTrainValidation(dataset.train, { validation: evaluator.validation, seed: splitSeed });
  const runtime = await loadRuntime({ intraOpThreads: threads });
  const from = readTrainingState(path);
  await trainSupernet({
    space: parseSpace(space),
    dataset,
    indices: split.train,
    recipe: evaluator,
    seed: splitSeed,
    runtime,
    from,
    onProgress: ({ step, steps, loss }) => send({ type: 'progress', step, steps, loss }),
    checkpoint: {
      every: evaluator.checkpointEvery,
      save: (state) => writeTrainingState(path, state),
    },
  });
  send({ type: 'done' });
}

function report(error: unknown): void {
  const known = error instanceof MixnasError ? { code: error.code, remedy: error.remedy } : {};
  send({ type: 'error', message: messageOf(error), ...known });
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit(0));
process.on('message', (data) => {
  try {
    run(parseWith(supernetJobSchema, data, 'supernet job', 'failed')).catch(report);
  } catch (error) {
    report(error);
  }
});
