/**
 * Successive halving for several objectives: which trials continue with a larger budget.
 *
 * After Schmucker, Donini, Zafar, Salinas and Archambeau, "Multi-objective Asynchronous Successive Halving"
 * (arXiv 2106.12639): trials that have reached a rung are sorted into fronts, the front that fits only in
 * part is thinned to an even spread (their epsilon net), and the best one in `reductionFactor` continues.
 * There, whoever comes first decides; here trial n is compared at a rung with the trials up to n - lag that have
 * reached it, which is fixed by n alone. So any number of workers, and a run that was killed, take the
 * same decisions. A trial that is not among the best is stopped for good: in the terms of the authors'
 * own implementation, the stopping variant.
 */
import { createSettledCursor, MixnasError } from '../../base/index.js';
import { nonDominatedSort } from '../../pareto/index.js';

export interface HalvingOptions {
  /** How many rungs there are below the whole budget. */
  readonly rungs: number;
  /** One in this many continues; above 1. */
  readonly reductionFactor: number;
  /** Trial n is compared with those up to n - lag; at least 1. */
  readonly lag: number;
}

/** Reports come in any order. */
export interface Halving {
  /** What a trial has at a rung, in minimisation. */
  report(id: number, rung: number, costs: ArrayLike<number>): void;
  /** A trial will reach no further rung: it is complete, has failed or was stopped. */
  settle(id: number): void;
  /** Whether a trial that has reported `rung` continues; undefined until the results are in that fix it. */
  decide(id: number, rung: number): 'promote' | 'stop' | undefined;
}

/** @throws MixnasError `bad-usage` for options that make no sense. */
export function createHalving({ rungs, reductionFactor, lag }: HalvingOptions): Halving {
  if (!(Number.isInteger(rungs) && rungs > 0 && reductionFactor > 1 && Number.isInteger(lag) && lag >= 1)) {
    throw new MixnasError(
      'bad-usage',
      'Halving needs a rung, a reduction factor above 1 and a lag of at least 1.',
    );
  }
  /** Costs by rung and trial. */
  const results = Array.from({ length: rungs }, () => new Map<number, ArrayLike<number>>());
  const settled = new Set<number>();
  /** By rung: the first trial of which it is not known yet whether it reaches it. */
  const firstOpen = results.map((reached) => createSettledCursor((id) => reached.has(id) || settled.has(id)));

  const at = (rung: number) => results[rung] as Map<number, ArrayLike<number>>;

  return {
    report(id, rung, costs) {
      at(rung).set(id, costs);
    },
    settle(id) {
      settled.add(id);
    },
    decide(id, rung) {
      const own = at(rung).get(id);
      if (own === undefined || (firstOpen[rung]?.() ?? 0) <= id - lag) return undefined;
      const others = [...at(rung)].filter(([other]) => other <= id - lag).sort(([a], [b]) => a - b);
      const costs = [...others.map(([, cost]) => cost), own];
      return bestOf(costs, Math.ceil(costs.length / reductionFactor)).includes(costs.length - 1)
        ? 'promote'
        : 'stop';
    },
  };
}

/** The indices of the `count` best: front by front, the last front thinned to an even spread. */
export function bestOf(costs: readonly ArrayLike<number>[], count: number): number[] {
  const best: number[] = [];
  for (const front of nonDominatedSort(costs)) {
    const room = count - best.length;
    if (room <= 0) break;
    best.push(...(front.length <= room ? front : spread(costs, front, room)));
  }
  return best;
}

/**
 * `count` indices of a front that lie apart: first the best by the first objective, then always the one
 * farthest from those taken, every objective scaled to its range. Ties go to the smaller index.
 */
function spread(costs: readonly ArrayLike<number>[], front: readonly number[], count: number): number[] {
  const indices = front.toSorted((a, b) => a - b);
  const value = (i: number, k: number) => (costs[i] as ArrayLike<number>)[k] as number;
  const objectives = (costs[0] as ArrayLike<number>).length;
  const ranges = Array.from({ length: objectives }, (_, k) => {
    const column = indices.map((i) => value(i, k));
    return Math.max(...column) - Math.min(...column) || 1;
  });
  const apart = (a: number, b: number) =>
    Math.hypot(...ranges.map((range, k) => (value(a, k) - value(b, k)) / range));
  let next = indices.reduce((first, i) => (value(i, 0) < value(first, 0) ? i : first));
  const taken: number[] = [];
  const nearest = new Map(indices.map((i) => [i, Infinity]));
  while (taken.length < count) {
    taken.push(next);
    nearest.delete(next);
    let farthest = -1;
    for (const [i, distance] of nearest) {
      const now = Math.min(distance, apart(i, next));
      nearest.set(i, now);
      if (farthest < 0 || now > (nearest.get(farthest) as number)) farthest = i;
    }
    if (farthest < 0) break;
    next = farthest;
  }
  return taken;
}
