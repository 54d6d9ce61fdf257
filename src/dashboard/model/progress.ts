/** How far a run is and when it will be done. */
import { pausedMs } from './clock.js';
import type { RunModel } from './run-model.js';

export type Phase = 'running' | 'finished' | 'interrupted' | 'failed' | 'stopped';

export interface Progress {
  readonly phase: Phase;
  /** One word or two, as in titles. */
  readonly phaseText: string;
  /** Trials with an end: complete, pruned or failed. */
  readonly finished: number;
  readonly budget: number;
  readonly elapsedSeconds: number;
  /** Limit of the session's time; undefined where there is none. */
  readonly limitSeconds: number | undefined;
  /** Undefined when nothing is running, or too little is known. */
  readonly leftSeconds: number | undefined;
  readonly trialsPerMinute: number | undefined;
  readonly hypervolume: number;
}

function phaseOf({ view }: RunModel): { phase: Phase; phaseText: string } {
  if (view.live) return { phase: 'running', phaseText: view.paused ? 'paused' : 'running' };
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
  const rate = finished > 0 && elapsedSeconds > 0 ? finished / elapsedSeconds : undefined;
  const byTrials = rate === undefined ? undefined : Math.max(0, budget - finished) / rate;
  const sessionSeconds = session ? Math.max(0, now - session.startedAt - pausedMs(session, now)) / 1000 : 0;
  const byTime = session?.seconds === undefined ? undefined : Math.max(0, session.seconds - sessionSeconds);
  const left = [byTrials, byTime].filter((s) => s !== undefined);
  return {
    ...phaseOf(model),
    finished,
    budget,
    elapsedSeconds,
    limitSeconds: session?.seconds,
    leftSeconds: model.view.live && left.length > 0 ? Math.min(...left) : undefined,
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
