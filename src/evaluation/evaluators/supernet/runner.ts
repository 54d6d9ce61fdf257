/**
 * The process that trains a supernet: all cores in one, since its passes follow one another. Parent and child
 * speak as a worker and its parent do.
 */
import { parseSpace } from '../../../models/index.js';
import {
  loadRuntime,
  readTrainingState,
  splitTrainValidation,
  trainSupernet,
  writeTrainingState,
} from '../../../training/index.js';
import { loadLabelled } from '../../labelled-data.js';
import { serveParent } from '../../serve-parent.js';
import { type FromRunner, type SupernetJob, supernetJobSchema } from './messages.js';

async function run(job: SupernetJob, send: (answer: FromRunner) => void): Promise<void> {
  const { evaluator, splitSeed, space, path, threads } = job;
  const parsed = parseSpace(space);
  const dataset = await loadLabelled(job, parsed.spec.inputChannels);
  const split = splitTrainValidation(dataset.train, { validation: evaluator.validation, seed: splitSeed });
  const runtime = await loadRuntime({ intraOpThreads: threads });
  const from = readTrainingState(path);
  await trainSupernet({
    space: parsed,
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

serveParent(supernetJobSchema, run);
