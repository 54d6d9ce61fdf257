/** How far a run is and when it will be done. */
import { significant } from '../../base/index.js';
import { activeSeconds } from './clock.js';
import type { RunModel } from './run-model.js';

export type Phase = 'running' | 'finished' | 'interrupted' | 'failed' | 'stopped';

export interface Progress {
  readonly phase: Phase;
  /** One word or two, as in titles; or what is done before and after the trials. */
  readonly phaseText: string;
  /** Trials with an end: complete, pruned or failed. */
  readonly finished: number;
  readonly budget: number;
  readonly elapsedSeconds: number;
  /** Limit of the session's time; undefined where there is none. */
  readonly limitSeconds: number | undefined;
  /** What the session used of it: it counts from the first trial. */
  readonly limitUsedSeconds: number;
  /** Undefined when nothing is running, or too little is known. */
  readonly leftSeconds: number | undefined;
  readonly trialsPerMinute: number | undefined;
  readonly hypervolume: number;
}

/** What a live run does before its trials or after them: `training the supernet: step 200 of 3000, loss 1.93`. */
export interface Preparation {
  readonly name: string;
  readonly step: number;
  readonly steps: number;
  readonly text: string;
}

export function preparationOf({ live, phase }: RunModel['view']): Preparation | undefined {
  if (!live || !phase || phase.step >= phase.steps) return undefined;
  const { step, steps, loss } = phase;
  const lossText = loss === undefined ? '' : `, loss ${significant(loss)}`;
  switch (phase.phase) {
    case 'supernet':
      return {
        name: 'supernet',
        step,
        steps,
        text: `training the supernet: step ${step} of ${steps}${lossText}`,
      };
    case 'finetune':
      return { name: 'fine-tuned', step, steps, text: `fine-tuning the front: ${step} of ${steps} networks` };
    case 'finalists':
      return {
        name: 'finalists',
        step,
        steps,
        text: `evaluating the front again: ${step} of ${steps} evaluations`,
      };
  }
}

/** What a run is doing, or how it ended. */
export function phaseOf({ view }: Pick<RunModel, 'view'>): { phase: Phase; phaseText: string } {
  const running = preparationOf(view)?.text ?? 'running';
  if (view.live) return { phase: 'running', phaseText: view.paused ? 'paused' : running };
  switch (view.ended?.reason) {
    case 'trials':
      return { phase: 'finished', phaseText: 'finished' };
    case 'exhausted':
      return { phase: 'finished', phaseText: 'finished: the whole space was tried' };
    case 'time':
      return { phase: 'finished', phaseText: 'finished: time is up' };
    case 'stopped':
      return { phase: 'interrupted', phaseText: 'stopped' };
    case 'target':
      return { phase: 'finished', phaseText: 'finished: its target is reached' };
    case 'stagnation':
      return { phase: 'finished', phaseText: 'finished: the front no longer grows' };
    case 'failed':
      return { phase: 'failed', phaseText: 'failed' };
    case 'interrupted':
      return { phase: 'interrupted', phaseText: 'interrupted' };
    default:
      return { phase: 'stopped', phaseText: 'not running' };
  }
}

/** @param now ms since 1970, for a run that is live. */
export function progressOf(model: RunModel, now: number): Progress {
  const { counts } = model.table;
  const session = model.view.sessions.at(-1);
  const finished = counts.complete + counts.pruned + counts.failed;
  const budget = session?.trials ?? model.view.config.budget.trials;
  const elapsedSeconds = model.elapsedSeconds(now);
  // Training a supernet says nothing of how long trials take, and is not counted against the limit of time.
  const firstAt = model.table.count > 0 ? model.row(0).startedAt : now;
  const trialSeconds = elapsedSeconds - activeSeconds(model.view, firstAt);
  const rate = finished > 0 && trialSeconds > 0 ? finished / trialSeconds : undefined;
  const byTrials = rate === undefined ? undefined : Math.max(0, budget - finished) / rate;
  const begun = Math.max(session?.startedAt ?? firstAt, firstAt);
  const limitUsedSeconds = Math.max(0, elapsedSeconds - activeSeconds(model.view, begun));
  const byTime = session?.seconds === undefined ? undefined : Math.max(0, session.seconds - limitUsedSeconds);
  const left = [byTrials, byTime].filter((s) => s !== undefined);
  return {
    ...phaseOf(model),
    finished,
    budget,
    elapsedSeconds,
    limitSeconds: session?.seconds,
    limitUsedSeconds,
    leftSeconds:
      model.view.live && left.length > 0 && !preparationOf(model.view) ? Math.min(...left) : undefined,
    trialsPerMinute: rate === undefined ? undefined : rate * 60,
    hypervolume: model.hypervolume.at(-1)?.value ?? 0,
  };
}

/** How often each reason of a failure occurred, most often first; numbers in them are left out. */
export function failureReasons(model: RunModel): readonly { reason: string; count: number; last: number }[] {
  return model.memo('failures', () => {
    const found = new Map<string, { count: number; last: number }>();
    for (const row of model.table.failures()) {
      const { reason, id } = model.row(row);
      const key = (reason ?? 'no reason given').replaceAll(/\d+(\.\d+)?/g, 'N');
      found.set(key, { count: (found.get(key)?.count ?? 0) + 1, last: id });
    }
    return [...found]
      .map(([reason, rest]) => ({ reason, ...rest }))
      .sort((a, b) => b.count - a.count || b.last - a.last);
  });
}
