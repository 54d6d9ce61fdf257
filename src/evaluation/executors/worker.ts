/**
 * A worker process: sets an evaluator up, then evaluates the jobs that its parent sends, one at a time.
 * A crash of native code takes down this process and one trial.
 */
import { InternalError, MixnasError, dataDifferences } from '../../base/index.js';
import { identifyData, loadDataSet, loadRuntime } from '../../training/index.js';
import { createEvaluator } from '../evaluators/index.js';
import type { Evaluator } from '../evaluator.js';
import { type FromWorker, type Setup, type ToWorker, toWorkerSchema } from './messages.js';
import { serveParent } from '../serve-parent.js';

let evaluator: Evaluator | undefined;

async function handle(message: ToWorker, send: (answer: FromWorker) => void): Promise<void> {
  switch (message.type) {
    case 'probe': {
      const { backend, tensorflowVersion } = await loadRuntime({ intraOpThreads: 1 });
      send({ type: 'ready', backend, tensorflow: tensorflowVersion });
      return;
    }
    case 'setup': {
      if (message.compare) await compareData(message);
      evaluator = await createEvaluator(message.evaluator, message);
      const { backend, tensorflow } = evaluator;
      send({ type: 'ready', backend, tensorflow });
      return;
    }
    case 'evaluate': {
      if (!evaluator) throw new InternalError('a job came before the set-up');
      const outcome = await evaluator.evaluate(message.job, (progress) =>
        send({ type: 'progress', ...progress }),
      );
      send({
        type: 'outcome',
        outcome: structuredClone(outcome) as (FromWorker & { type: 'outcome' })['outcome'],
      });
      return;
    }
  }
}

/** @throws MixnasError `bad-data` where a folder here does not hold the images that the search is of. */
async function compareData({ dataset, identity }: Setup): Promise<void> {
  if (!identity || dataset.name !== 'folder') return;
  const now = await identifyData(dataset, () => loadDataSet(dataset, {}));
  const differences = dataDifferences(identity, now);
  if (differences === undefined) return;
  throw new MixnasError(
    'bad-data',
    `The images of ${dataset.path} are not those of the search: ${differences}.`,
    {
      remedy: 'Bring the same images to this machine, or give the search and its workers one `--store`.',
    },
  );
}

serveParent(toWorkerSchema, handle);
