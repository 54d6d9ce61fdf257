/** What a search benchmark is run on, and the measure of how much of the front was found. */
import { type Constraint, type Metrics, type Objective, costsOf, meetsAll } from '../../src/metrics/index.js';
import { type Point, createHypervolume, paretoFront } from '../../src/pareto/index.js';
import { type Params, type Space, type StudyOptions, discreteSpace } from '../../src/search/index.js';

export interface Problem {
  readonly name: string;
  readonly space: Space<unknown>;
  readonly objectives: readonly Objective[];
  readonly constraints: readonly Constraint[];
  /** Present where some metrics are known before the evaluation. */
  readonly price: StudyOptions['price'];
  readonly evaluate: (point: { readonly params: Params; readonly architecture: unknown }) => Metrics;
  /** What `evaluate` gives without its noise; a search is judged by it. */
  readonly truth?: Problem['evaluate'];
  /** Costs (in minimisation) up to which hypervolume is measured. */
  readonly reference: readonly number[];
  /** Hypervolume of the whole front, or of the best one known. */
  readonly best: number;
}

type Plain = Omit<Problem, 'space' | 'reference' | 'best' | 'price' | 'truth'> & {
  readonly spec: Readonly<Record<string, readonly (number | string)[]>>;
  readonly price?: Problem['price'];
  /** Points that hold the whole front; the whole space where it is left out. */
  readonly optimal?: readonly Params[];
};

/**
 * A problem with its front computed. The reference is the worst feasible cost in each objective over
 * the points of the front, moved out by a tenth of its range; for one objective, the worst of a sample.
 */
export function defineProblem({ spec, optimal, ...rest }: Plain): Problem {
  const space = discreteSpace(spec) as unknown as Space<unknown>;
  const points = optimal ?? [...space.enumerate()].map((genome) => space.params(genome));
  const metrics = points.map((params) => rest.evaluate({ params, architecture: params }));
  const costs = metrics
    .filter((m) => meetsAll((name) => m[name], rest.constraints))
    .map((m) => [...costsOf(m, rest.objectives)]);
  return { price: undefined, ...rest, space, ...measure(costs) };
}

/** Reference and best hypervolume for the costs of a whole space, or of its front. */
export function measure(costs: readonly (readonly number[])[]) {
  const front = paretoFront(costs).map((i) => costs[i] as number[]);
  const single = front[0]?.length === 1;
  const reference = (front[0] ?? []).map((_, k) => {
    const column = (single ? costs : front).map((c) => c[k] as number);
    const low = column.reduce((a, b) => Math.min(a, b));
    const high = column.reduce((a, b) => Math.max(a, b));
    return single ? high : high + 0.1 * (high - low);
  });
  const archive = createHypervolume(reference);
  for (const point of front) archive.add(point);
  return { reference, best: archive.value };
}

/**
 * Follows the share of the best hypervolume that the evaluations so far have found; with noise, that of the true values of
 * the front by what was seen.
 */
export function createMeter(problem: Problem) {
  const archive = createHypervolume(problem.reference);
  const seen: { readonly costs: Point; readonly true: Point }[] = [];
  const costs = (metrics: Metrics) =>
    meetsAll((name) => metrics[name], problem.constraints) ? costsOf(metrics, problem.objectives) : undefined;
  return {
    add(point: Parameters<Problem['evaluate']>[0], metrics: Metrics): void {
      const found = costs(metrics);
      if (!found) return;
      const truth = problem.truth?.(point);
      if (!truth) archive.add(found);
      else seen.push({ costs: found, true: costs(truth) ?? problem.reference });
    },
    ratio(): number {
      if (!problem.truth) return archive.value / problem.best;
      const handedOver = createHypervolume(problem.reference);
      for (const i of paretoFront(seen.map((one) => one.costs))) handedOver.add(seen[i]?.true ?? []);
      return handedOver.value / problem.best;
    },
  };
}
