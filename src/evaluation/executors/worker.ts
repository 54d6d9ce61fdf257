/**
 * A worker process: sets an evaluator up, then evaluates the jobs that its parent sends, one at a time.
 * A crash of native code takes down this process and one trial.
 */
import { InternalError } from '../../base/index.js';
import { loadRuntime } from '../../training/index.js';
import { createEvaluator } from '../evaluators/index.js';
import type { Evaluator } from '../evaluator.js';
import { type FromWorker, type ToWorker, toWorkerSchema } from './messages.js';
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

serveParent(toWorkerSchema, handle);
