/**
 * Which trials are on the front or may come back on it: a limit that is tightened takes networks off, and what they
 * alone have beaten returns. Where every latency is an objective as it is limited, that is the front and nothing else.
 */
import { type FrontRules, limitedMetric } from '../../metrics/index.js';
import { dominates, weaklyDominates } from '../../pareto/index.js';
import { type Measured, meetsConstraints, costsOfRow } from '../../runs/index.js';
import type { RunConfig } from '../config/index.js';

export interface LastingTrials {
  /** Takes a finished trial. Returns who does not last among the others: it, or those that it outlives. */
  add(trial: Measured, rules: FrontRules): number[];
  /** Takes tighter limits. Returns who is beyond one. */
  judge(rules: FrontRules): number[];
  ids(): Set<number>;
}

interface Entry {
  readonly trial: Measured;
  readonly costs: readonly number[];
  /** What limits are on; alike for all where a search does not know it. */
  readonly limited: readonly number[];
}

/** Whether `a` keeps `b` off the front for good: no limit strikes `a` alone. */
const outlives = (a: Entry, b: Entry): boolean =>
  dominates(a.costs, b.costs) && weaklyDominates(a.limited, b.limited);

/** None at first. */
export function createLasting(config: Pick<RunConfig, 'profiles' | 'robust'>): LastingTrials {
  const limits = config.profiles.map((profile) => limitedMetric(config, profile));
  let kept: Entry[] = [];

  /** Keeps those that pass, and returns the others. */
  function keepIf(passes: (entry: Entry) => boolean): number[] {
    const gone = kept.filter((entry) => !passes(entry));
    if (gone.length > 0) kept = kept.filter(passes);
    return gone.map(({ trial }) => trial.id);
  }

  return {
    add(trial, rules) {
      const costs = costsOfRow(trial, rules);
      if (!costs) return [trial.id];
      const limited = limits.map((metric) => trial.known[metric] ?? 0);
      const entry = { trial, costs, limited };
      if (kept.some((other) => outlives(other, entry))) return [trial.id];
      const gone = keepIf((other) => !outlives(entry, other));
      kept.push(entry);
      return gone;
    },
    judge: (rules) => keepIf(({ trial }) => meetsConstraints(trial, rules)),
    ids: () => new Set(kept.map(({ trial }) => trial.id)),
  };
}
