/**
 * A worker process: sets an evaluator up, then evaluates the jobs that its parent sends, one at a time.
 * A crash of native code takes down this process and one trial. It ends with its parent, and leaves
 * signals to it: Ctrl-C in a terminal goes to both.
 */
import { InternalError, MixnasError, messageOf, parseWith } from '../base/index.js';
import { loadRuntime } from '../training/index.js';
import { createEvaluator } from './create-evaluator.js';
import type { Evaluator } from './evaluator.js';
import { type FromWorker, type ToWorker, toWorkerSchema } from './messages.js';

let evaluator: Evaluator | undefined;

const send = (message: FromWorker) => process.send?.(message);

async function handle(message: ToWorker): Promise<void> {
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

function report(error: unknown): void {
  const known = error instanceof MixnasError ? { code: error.code, remedy: error.remedy } : {};
  send({ type: 'error', message: messageOf(error), ...known });
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit(0));
process.on('message', (data) => {
  try {
    handle(parseWith(toWorkerSchema, data, 'worker message', 'failed')).catch(report);
  } catch (error) {
    report(error);
  }
});
