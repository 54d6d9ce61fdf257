/**
 * Which trials of a study are hopeless, decided when they report: successive halving by stopping (Li et al.,
 * "A System for Massively Parallel Hyperparameter Tuning", MLSys 2020), with non-dominated rank in place of
 * a single value, as in Schmucker et al., "Multi-objective Asynchronous Successive Halving", 2021.
 */
import type { Observation } from '../sampler.js';
import { selectSurvivors } from '../samplers/index.js';
import type { Verdict } from '../trial.js';

/** So few peers say nothing yet. */
const leastPeers = 4;

/**
 * Whether a trial is among the best of its peers at one budget: one in `reductionFactor` of them and
 * itself, by violation of outcome constraints, non-dominated rank and crowding. A trial that no peer
 * dominates always continues: it is on the front at that budget.
 */
export function judge(trial: Observation, peers: readonly Observation[], reductionFactor: number): Verdict {
  if (peers.length < leastPeers) return 'continue';
  const all = [...peers, trial];
  const survivors = selectSurvivors(all, all.length);
  const place = survivors.findIndex((r) => r.observation === trial);
  const onFront = survivors[place]?.rank === 0;
  return onFront || place < Math.ceil(all.length / reductionFactor) ? 'continue' : 'stop';
}
