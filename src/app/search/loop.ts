/**
 * The loop of a search: asks the study, runs what it proposes on the workers, and writes each result to
 * the journal before the study, or anyone else, receives it.
 */
import { createSettledCursor, messageOf, MixnasError } from '../../base/index.js';
import type { WorkerEvent } from '../../evaluation/index.js';
import type { JournalEntry, RunEnd } from '../../runs/index.js';
import type { SearchLoop, SearchTrial } from './loop-context.js';
import { createFailureWatch } from './same-failure.js';
import { type StopWatch, createStopWatch } from '../config/index.js';
import { runPart, stopTrial } from './trial-run.js';

/** What a worker event is in the journal. */
export const workerEntry = ({ worker, state, pid, host, name, reason }: WorkerEvent): JournalEntry => ({
  type: 'worker',
  worker,
  state,
  ...(pid === undefined ? {} : { pid }),
  ...(host === undefined ? {} : { host }),
  ...(name === undefined ? {} : { name }),
  ...(reason === undefined ? {} : { reason }),
});

/**
 * Runs trials until the budget, the space or the time is used up, or a rule, the signal or the control says
 * to stop.
 * @returns why it ended. When it returns, no trial runs any more.
 * @throws MixnasError what ends a search: a full disk, workers that do not start.
 */
export async function runTrials(loop: SearchLoop): Promise<RunEnd['reason']> {
  const { config, criteria, study, executor, fidelity, signal, control } = loop;
  let watch = createStopWatch(config, criteria.target, control.rules);
  /** The rules that the watch goes by. */
  let { rules } = control;
  const unfinished = study.trials.filter((trial) => trial.state === 'running');
  const atRung = (trial: SearchTrial) => (fidelity?.reached(trial.id).length ?? 0) > 0;
  /** Trials of an earlier session that were interrupted: they go first. */
  const waiting = unfinished.filter((trial) => !atRung(trial));
  /** Trials at a rung, by number: they continue or are stopped when the results are in that decide it. */
  const parked = new Map(unfinished.filter(atRung).map((trial) => [trial.id, trial]));
  const running = new Set<Promise<void>>();
  let exhausted = false;
  /** How many first trials are finished. */
  const settled = createSettledCursor((id) => (study.trials[id]?.state ?? 'running') !== 'running');
  /** Finished trials in the order in which rules see them where that is not the order of numbers. */
  const arrived = study.trials.filter(({ state }) => state !== 'running').map(({ id }) => id);
  let problem: unknown;
  const failures = createFailureWatch(study.trials);
  /** Called when a trial ends or the control has changed something. */
  let wake = (): void => {};

  /** Why no trial is started any more; a later command may change it. */
  function ending(): RunEnd['reason'] | undefined {
    if (control.stopping) return 'stopped';
    if (waiting.length > 0) return undefined;
    if (study.trials.length >= control.trials) return 'trials';
    if (control.timeIsUp) return 'time';
    return exhausted ? 'exhausted' : watchInForce()?.reason;
  }

  /** The watch; where a limit was tightened one that sees all trials again, as that of a resumed run does. */
  function watchInForce(): StopWatch | undefined {
    if (control.rules !== rules) {
      ({ rules } = control);
      watch = createStopWatch(config, criteria.target, rules);
    }
    return watch;
  }

  /** Stops what is decided to be stopped, in the order of numbers; returns the first that continues. */
  function nextPromoted(): SearchTrial | undefined {
    for (let again = true; again; ) {
      again = false;
      for (const id of [...parked.keys()].toSorted((a, b) => a - b)) {
        const trial = parked.get(id) as SearchTrial;
        const decision = fidelity?.decide(id);
        if (decision === 'promote') {
          parked.delete(id);
          return trial;
        }
        // Its estimate rests on what became of all trials before it.
        if (decision !== 'stop' || settled() < id) continue;
        parked.delete(id);
        stopTrial(loop, trial);
        arrived.push(id);
        again = true;
      }
    }
    return undefined;
  }

  /** Whether a rule forbids another trial; undefined while that is not known. */
  function mayAsk(): boolean | undefined {
    const judge = watchInForce();
    if (!judge) return true;
    // Where it need not be repeatable, the rules go by what is known.
    const needed = config.deterministic ? judge.needs(study.trials.length) : arrived.length;
    while (judge.taken < (config.deterministic ? Math.min(needed, settled()) : arrived.length)) {
      const place = config.deterministic ? judge.taken : (arrived[judge.taken] as number);
      const { id, known, values = {}, state } = study.trials[place] as SearchTrial;
      judge.take({ id, known, values, state });
      if (judge.reason) return false;
    }
    return judge.taken >= needed ? true : undefined;
  }

  function next(): SearchTrial | undefined {
    const promoted = nextPromoted();
    if (promoted) return promoted;
    if (waiting.length > 0) return waiting.shift();
    if (ending() || !mayAsk() || !study.ready()) return undefined;
    try {
      return study.ask();
    } catch (error) {
      if (!(error instanceof MixnasError && error.code === 'exhausted')) throw error;
      exhausted = true;
      return undefined;
    }
  }

  function start(trial: SearchTrial): void {
    const job = runPart(loop, trial)
      .then((done) => {
        if (done === 'parked') {
          parked.set(trial.id, trial);
          failures.succeed();
        } else {
          if (study.trials[trial.id]?.state !== 'running') arrived.push(trial.id);
          problem ??= failures.take(study.trials[trial.id] as SearchTrial);
        }
      })
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
  /** Whether nothing at all is started any more, not even what waits at a rung. */
  const closed = () =>
    Boolean(problem ?? control.problem) ||
    signal?.aborted === true ||
    control.stopping ||
    (control.timeIsUp && waiting.length === 0);
  const over = () => closed() || (ending() !== undefined && parked.size === 0);
  control.onChange(() => wake());
  signal?.addEventListener('abort', stop);
  try {
    for (;;) {
      while (running.size < executor.workers && !control.paused && !closed()) {
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
    control.onChange(() => {});
    await executor.close();
    await Promise.all(running);
  }
  problem ??= control.problem;
  if (problem) throw problem;
  if (signal?.aborted) return 'interrupted';
  return ending() ?? 'trials';
}

/** The last line of a session. */
export function endEntry(reason: RunEnd['reason'], error?: unknown): JournalEntry {
  return { type: 'end', reason, ...(error === undefined ? {} : { message: messageOf(error) }) };
}
