/**
 * The loop of a search: asks the study, runs what it proposes on the workers, and writes each result to
 * the journal before the study, or anyone else, is told.
 */
import { MixnasError, messageOf } from '../base/index.js';
import type { Executor, ExecutorOutcome, WorkerEvent } from '../evaluation/index.js';
import type { Architecture } from '../models/index.js';
import { type JournalEntry, type RunEnd, encodeCurve, encodeGenome } from '../runs/index.js';
import type { Params, Study, Trial } from '../search/index.js';
import type { FrontKeeper } from './front-keeper.js';
import type { RunConfig } from './config.js';
import type { SearchControl } from './search-control.js';
import type { SearchEvent } from './search-events.js';

export type SearchTrial = Trial<Params, Architecture>;

/** What the loop works with. */
export interface SearchLoop {
  readonly config: RunConfig;
  readonly study: Study<Params, Architecture>;
  readonly executor: Executor;
  readonly append: (entry: JournalEntry) => void;
  /** The names of the priced metrics, in the order of the journal. */
  readonly metrics: readonly string[];
  /** Where the weights of a trial go. */
  readonly weightsPath: (trial: number) => string;
  readonly front: FrontKeeper;
  readonly control: SearchControl;
  readonly emit: (event: SearchEvent) => void;
  readonly signal: AbortSignal | undefined;
}

/** Progress of one trial is written to the journal no more often than this. */
const reportEveryMs = 2000;

/** What a worker event is in the journal. */
export const workerEntry = ({ worker, state, pid, reason }: WorkerEvent): JournalEntry => ({
  type: 'worker',
  worker,
  state,
  ...(pid === undefined ? {} : { pid }),
  ...(reason === undefined ? {} : { reason }),
});

/**
 * Runs trials until the budget, the space or the time is used up, or the signal or the control says to stop.
 * @returns why it ended. When it returns, no trial runs any more.
 * @throws MixnasError what ends a search: a full disk, workers that do not start.
 */
export async function runTrials(loop: SearchLoop): Promise<RunEnd['reason']> {
  const { study, executor, signal, control } = loop;
  /** Trials of an earlier session that were interrupted: they go first. */
  const waiting = study.trials.filter((trial) => trial.state === 'running');
  const running = new Set<Promise<void>>();
  let exhausted = false;
  let problem: unknown;
  /** Called when a trial ends or the control has changed something. */
  let wake = (): void => {};

  /** Why no trial is started any more; a later command may change it. */
  function ending(): RunEnd['reason'] | undefined {
    if (control.stopping) return 'stopped';
    if (waiting.length > 0) return undefined;
    if (study.trials.length >= control.trials) return 'trials';
    if (control.timeIsUp) return 'time';
    return exhausted ? 'exhausted' : undefined;
  }

  function next(): SearchTrial | undefined {
    if (waiting.length > 0) return waiting.shift();
    if (!study.ready()) return undefined;
    try {
      return study.ask();
    } catch (error) {
      if (!(error instanceof MixnasError && error.code === 'exhausted')) throw error;
      exhausted = true;
      return undefined;
    }
  }

  function start(trial: SearchTrial): void {
    const job = runTrial(loop, trial)
      .catch((error: unknown) => {
        problem ??= error;
      })
      .finally(() => {
        running.delete(job);
        wake();
      });
    running.add(job);
  }

  const stop = () => {
    void executor.close();
    wake();
  };
  const over = () =>
    Boolean(problem ?? control.problem) || signal?.aborted === true || ending() !== undefined;
  control.onChange(() => wake());
  signal?.addEventListener('abort', stop);
  try {
    for (;;) {
      while (running.size < executor.workers && !control.paused && !over()) {
        const trial = next();
        if (!trial) break;
        start(trial);
      }
      if (running.size === 0 && (!control.paused || over())) break;
      await new Promise<void>((done) => {
        wake = done;
      });
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    control.close();
    await executor.close();
    await Promise.all(running);
  }
  problem ??= control.problem;
  if (problem) throw problem;
  if (signal?.aborted) return 'interrupted';
  return ending() ?? 'trials';
}

async function runTrial(loop: SearchLoop, trial: SearchTrial): Promise<void> {
  const { append, emit, executor, metrics } = loop;
  const { id, architecture, seed } = trial;
  append({
    type: 'ask',
    id,
    genome: encodeGenome(trial.genome),
    known: metrics.map((metric) => trial.known[metric] as number),
    ...(trial.parents.length > 0 ? { parents: [...trial.parents] } : {}),
    origin: trial.origin,
  });
  emit({ type: 'asked', trial: id, known: trial.known });

  let reportedAt = Number.NEGATIVE_INFINITY;
  let lost: unknown;
  const outcome = await executor.run(
    { trial: id, architecture, seed, weightsPath: loop.weightsPath(id) },
    ({ worker, step, steps, loss }) => {
      emit({ type: 'progress', trial: id, worker, step, steps, loss });
      if (performance.now() - reportedAt < reportEveryMs) return;
      reportedAt = performance.now();
      try {
        append({ type: 'report', id, worker, step, steps, ...(loss === undefined ? {} : { loss }) });
      } catch (error) {
        lost = error; // this runs in the worker's message handler; thrown when the trial is done
      }
    },
  );
  if (lost) throw lost;
  finish(loop, trial, outcome);
}

/** Enough digits for a loss or a time; a journal of 100,000 trials must stay small. */
const short = (value: number) => Number(value.toPrecision(4));

const journalledPoints = 6;

/** The last point of a curve, and evenly spread ones before it: as many as the journal keeps. */
function thin<T>(curve: readonly T[]): T[] {
  const every = Math.ceil(curve.length / journalledPoints);
  return curve.filter((_, i) => (curve.length - 1 - i) % every === 0);
}

function finish(loop: SearchLoop, { id, known, genome }: SearchTrial, outcome: ExecutorOutcome): void {
  const { append, emit, front, study, control } = loop;
  if (outcome.state === 'interrupted') return;
  const { state, worker } = outcome;
  const seconds = short(outcome.seconds);
  if (outcome.state === 'complete') {
    const curve = encodeCurve(thin(outcome.curve).map((point) => ({ ...point, loss: short(point.loss) })));
    const values = { ...outcome.values };
    append({ type: 'tell', id, state: 'complete', values, seconds, worker, curve });
    study.tell(id, values);
  } else {
    append({ type: 'tell', id, state: 'failed', reason: outcome.reason, seconds, worker });
    study.tell(id, { failed: outcome.reason });
  }
  const values = outcome.state === 'complete' ? outcome.values : {};
  const onFront = front.add({ id, known, values, state, genome });
  emit({
    type: 'finished',
    trial: id,
    state,
    reason: outcome.state === 'failed' ? outcome.reason : undefined,
    values: { ...known, ...values },
    seconds,
    finished: front.finished,
    trials: control.trials,
    onFront,
    front: front.size,
    hypervolume: front.hypervolume,
  });
}

/** The last line of a session. */
export function endEntry(reason: RunEnd['reason'], error?: unknown): JournalEntry {
  return { type: 'end', reason, ...(error === undefined ? {} : { message: messageOf(error) }) };
}
