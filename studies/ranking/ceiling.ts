/** What a perfect score could reach: Kendall's tau of the networks' true accuracies with a truth of a few seeds. */
import { createRandom, kendall } from '../../src/base/index.js';

export interface Ceiling {
  readonly tau: number;
  /** Standard deviation of a network's accuracy between seeds. */
  readonly deviation: number;
  readonly freedom: number;
}

const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** Pooled deviation between the seeds of a network; undefined where none has two. */
export function deviationBetween(
  accuracies: readonly (readonly number[])[],
): { readonly deviation: number; readonly freedom: number } | undefined {
  let [squares, freedom] = [0, 0];
  for (const own of accuracies) {
    const mean = meanOf(own);
    for (const value of own) squares += (value - mean) ** 2;
    freedom += Math.max(0, own.length - 1);
  }
  return freedom > 0 ? { deviation: Math.sqrt(squares / freedom), freedom } : undefined;
}

/**
 * The mean tau of true accuracies with measured ones, over drawn truths. True accuracies are the measured means, drawn
 * together so far that with the noise of their seeds they spread as the measured do.
 * @param accuracies by seed, of each network of a set.
 * @param all those of every network, from which the deviation between seeds is.
 */
export function ceilingOf(
  accuracies: readonly (readonly number[])[],
  all: readonly (readonly number[])[] = accuracies,
  { draws = 4000, seed = 'ceiling' } = {},
): Ceiling | undefined {
  const between = deviationBetween(all);
  if (!between) return undefined;
  const means = accuracies.map(meanOf);
  const noise = accuracies.map(({ length }) => between.deviation / Math.sqrt(length));
  const centre = meanOf(means);
  const spread = meanOf(means.map((mean) => (mean - centre) ** 2)) * (means.length / (means.length - 1));
  const error = meanOf(noise.map((deviation) => deviation ** 2));
  const shrink = Math.sqrt(Math.max(0, 1 - error / spread));
  const truth = means.map((mean) => centre + shrink * (mean - centre));
  const random = createRandom(seed);
  let total = 0;
  for (let draw = 0; draw < draws; draw++) {
    const seen = truth.map((value, i) => value + (noise[i] as number) * random.normal());
    total += kendall(truth, seen) ?? 0;
  }
  return { tau: total / draws, ...between };
}
