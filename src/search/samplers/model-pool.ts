/**
 * Every point of a small space as a candidate for a model. At each checkpoint the acquisition values of all of them are
 * bounded and the best ones kept; the posteriors of those are then exact, whatever the model learns in between.
 */
import type { Candidate, Candidates, Taken } from '../candidates.js';
import type { Acquisition, Models, TrackedModels, Codes } from '../model/index.js';
import type { Space } from '../space/index.js';

/** Spaces up to this size are enumerated as a whole. */
export const wholeSize = 50_000n;

const mostKept = 2500;
const leastKept = 1000;

export interface Pool {
  /** Chooses what to keep: the points not in `known` with the largest bounds of the acquisition value. */
  refresh(models: Models, acquisition: Acquisition, known: ReadonlySet<string>): void;
  /** The kept candidate with the largest acquisition value that is not taken; undefined when all values are 0. */
  best(acquisition: Acquisition, taken: Taken): Candidate | undefined;
}

export function createPool(
  space: Space<unknown>,
  candidates: Candidates,
  encode: (candidate: Candidate) => Codes,
): Pool {
  let all: { readonly candidate: Candidate; readonly codes: Codes }[] | undefined;
  let kept: readonly Candidate[] = [];
  let tracked: TrackedModels = { objectives: [], limits: [] };

  function walk() {
    const feasible = [...space.enumerate()]
      .map((g) => candidates.consider(g))
      .filter((c) => c.violation === 0);
    return feasible.map((candidate) => ({ candidate, codes: encode(candidate) }));
  }

  return {
    refresh(models, acquisition, known) {
      all ??= walk();
      const free = all.filter(({ candidate }) => !known.has(candidate.key));
      const bounds = Float64Array.from(free, ({ candidate, codes }) => acquisition.bound(candidate, codes));
      const order = Array.from(bounds, (_, i) => i);
      order.sort((a, b) => (bounds[b] as number) - (bounds[a] as number) || a - b);
      const promising = bounds.reduce((count, bound) => count + (bound > 0 ? 1 : 0), 0);
      const count = Math.min(mostKept, Math.max(leastKept, promising));
      const chosen = order.slice(0, count).map((i) => free[i] as (typeof free)[number]);
      kept = chosen.map((c) => c.candidate);
      const codes = chosen.map((c) => c.codes);
      tracked = {
        objectives: models.objectives.map((m) => m?.process.track(codes)),
        limits: models.limits.map((m) => m.process.track(codes)),
      };
    },
    best(acquisition, taken) {
      const valueOf = acquisition.trackedValue(kept, tracked);
      let best: Candidate | undefined;
      let most = 0;
      for (const quick of [true, false]) {
        kept.forEach((candidate, i) => {
          if (taken(candidate.key)) return;
          const value = valueOf(i, quick, most);
          if (value <= most) return;
          most = value;
          best = candidate;
        });
        if (best) break;
      }
      return best;
    },
  };
}
