/**
 * Evaluates the front again with further seeds, once its trials are done. Seed by seed for all of them, so that time
 * which runs out leaves each finalist with nearly as many. Everything follows from the journal: a run that is resumed
 * does what is missing.
 */
import { renameSync } from 'node:fs';
import { type DataIdentity, formatPercent, removeOwn } from '../../../base/index.js';
import { type ExecutorOutcome, evaluatorOf } from '../../../evaluation/index.js';
import { type FinalistResult, type RunWriter, judgeFinalists } from '../../../runs/index.js';
import { type ExecutorSource, openExecutor } from '../executor.js';
import type { CodeParts } from '../code-parts.js';
import type { SearchLoop, SearchTrial } from '../loop-context.js';
import type { SearchParts } from '../parts.js';
import { completeTrials } from '../front-keeper.js';

type FinalistsLoop = Pick<SearchLoop, 'control' | 'front' | 'emit' | 'signal' | 'criteria'>;

export interface FinalistsHooks extends CodeParts, ExecutorSource {
  readonly identity: DataIdentity | undefined;
  /** Results of earlier sessions. */
  readonly before: readonly FinalistResult[];
}

/** One evaluation that is to be done. */
interface Job {
  readonly trial: SearchTrial;
  readonly seed: number;
}

/** Evaluates what is missing. @returns false when the signal ended it. @throws MixnasError a full disk, workers that fail. */
export async function finalistsPhase(
  parts: SearchParts,
  writer: RunWriter,
  loop: FinalistsLoop,
  hooks: FinalistsHooks,
): Promise<boolean> {
  const { config, study } = parts;
  const { control, emit, signal } = loop;
  const results = [...hooks.before];
  const judge = () => judgeFinalists(completeTrials(study), results, config.finalists, control.rules);
  const judged = judge();
  if (!judged) return true;
  loop.front.conclude(judged);
  const jobs = judged.finalists
    .flatMap(({ trial, waiting }) =>
      waiting.map((seed): Job => ({ trial: study.trials[trial] as SearchTrial, seed })),
    )
    .sort((a, b) => a.seed - b.seed || a.trial.id - b.trial.id);
  if (jobs.length === 0 || control.stopping || signal?.aborted) return !signal?.aborted;
  const report = () => {
    const { done = 0, total = 0 } = judge() ?? {};
    writer.append({ type: 'phase', phase: 'finalists', step: done, steps: total });
  };
  const executor = await openExecutor(parts, hooks, {
    workers: Math.min(config.workers, jobs.length),
    identity: hooks.identity,
    steps: config.finalists?.steps,
    onEvent: emit,
    signal,
  });
  const stop = () => void executor.close();
  signal?.addEventListener('abort', stop);
  let problem: unknown;
  const workOff = async (): Promise<void> => {
    for (;;) {
      await control.unpaused(signal);
      if (problem || control.problem || signal?.aborted || control.stopping) return;
      // One later accuracy of each is what the later front takes: time was kept for it, and little can be missing.
      if (control.secondsLeft <= 0 && jobs[0]?.seed !== 1) return;
      const job = jobs.shift();
      if (!job) return;
      const path = `${writer.weightsPath(job.trial.id)}.${job.seed}.tmp`;
      const outcome = await executor.run({
        trial: job.trial.id,
        architecture: job.trial.architecture,
        seed: `${job.trial.seed}/finalist/${job.seed}`,
        weightsPath: path,
      });
      if (outcome.state !== 'interrupted') settle(job, outcome, path);
      else removeOwn(path);
    }
  };

  function settle(
    { trial, seed }: Job,
    outcome: Exclude<ExecutorOutcome, { state: 'interrupted' }>,
    path: string,
  ): void {
    const of = `trial ${trial.id}, further seed ${seed} of ${config.finalists?.seeds ?? seed}`;
    const derived =
      outcome.state === 'complete'
        ? loop.criteria.deriveMeasured({ ...trial.known, ...outcome.values })
        : outcome.reason;
    const seconds = Number(outcome.seconds.toPrecision(4));
    const { worker } = outcome;
    if (outcome.state === 'failed' && outcome.fault) {
      // Nothing is known of the network: a run that is resumed tries again.
      emit({ type: 'notice', text: `${of} was lost: ${outcome.reason}` });
      return;
    }
    if (outcome.state === 'complete' && typeof derived !== 'string') {
      const values = withoutGates({ ...outcome.values, ...derived });
      keepBest(trial, values, path);
      writer.append({ type: 'finalist', id: trial.id, seed, state: 'complete', values, seconds, worker });
      results.push({ trial: trial.id, seed, state: 'complete', values, reason: undefined, seconds });
      const first = formatPercent(trial.values?.['accuracy'] ?? Number.NaN, 2);
      emit({
        type: 'notice',
        text: `${of}: ${formatPercent(values['accuracy'] ?? Number.NaN, 2)}, ${first} at first`,
      });
    } else {
      const reason = derived as string;
      removeOwn(path);
      writer.append({ type: 'finalist', id: trial.id, seed, state: 'failed', reason, seconds, worker });
      results.push({ trial: trial.id, seed, state: 'failed', values: {}, reason, seconds });
      emit({ type: 'notice', text: `${of} failed: ${reason}` });
    }
    report();
  }

  /** The weights that stay are those of the most accurate evaluation; the first counts unless the later ones are longer. */
  function keepBest(trial: SearchTrial, values: Readonly<Record<string, number>>, path: string): void {
    const isLonger = (config.finalists?.steps ?? 0) > evaluatorOf(config.evaluator).steps;
    const rivals = results.filter((one) => one.trial === trial.id && one.state === 'complete');
    const accuracies = rivals.map((one) => one.values['accuracy'] ?? 0);
    if (!isLonger) accuracies.push(trial.values?.['accuracy'] ?? 0);
    if ((values['accuracy'] ?? 0) <= Math.max(-1, ...accuracies)) return removeOwn(path);
    try {
      renameSync(path, writer.weightsPath(trial.id));
    } catch (error) {
      // An evaluator that keeps no weights wrote none.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  try {
    report();
    await Promise.all(
      Array.from({ length: executor.workers }, () =>
        workOff().catch((error: unknown) => (problem ??= error)),
      ),
    );
  } finally {
    signal?.removeEventListener('abort', stop);
    await executor.close();
  }
  problem ??= control.problem;
  if (problem) throw problem;
  loop.front.conclude(judge());
  return signal?.aborted !== true;
}

/** What gates say is of the search; it takes room in the journal. */
const withoutGates = (values: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !name.startsWith('gate.')));

/** No more of a session's time than this is kept for finalists. */
const mostReserved = 0.5;
/** Workers start again, and evaluations differ. */
const margin = 1.15;

/** How much of a session's time the finalists will take, from how long trials took and how many are on the front. */
export interface Reserve {
  /** Takes a trial that completed. */
  add(seconds: number): void;
  /** For a session of so many seconds. */
  secondsOf(budget: number): number;
}

export function createReserve(
  { finalists, evaluator, workers }: SearchParts['config'],
  frontSize: () => number,
): Reserve {
  let sum = 0;
  let count = 0;
  const { steps } = evaluatorOf(evaluator);
  const { seeds = 0, networks = Number.POSITIVE_INFINITY, steps: laterSteps = steps } = finalists ?? {};
  const longer = steps > 0 ? laterSteps / steps : 1;
  return {
    add(seconds) {
      sum += seconds;
      count++;
    },
    secondsOf(budget) {
      if (seeds === 0 || count === 0) return 0;
      const rounds = Math.ceil((Math.min(networks, frontSize()) * seeds) / workers);
      return Math.min(mostReserved * budget, (margin * rounds * longer * sum) / count);
    },
  };
}
