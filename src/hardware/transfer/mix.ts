/**
 * The mixture of other devices that comes nearest to a few measured networks. Devices are first scaled to the new
 * one, then combined without negative weights; factors for kinds of work have a Gaussian prior around 1, whose width
 * is averaged over by the marginal likelihood (MacKay, "Bayesian Interpolation", 1992): with little data, or where
 * nothing asks for them, they stay at 1.
 */
import { median } from '../../base/index.js';
import { nonNegativeLeastSquares } from '../fit/index.js';
import { cholesky, logDeterminant, solveCholesky } from './cholesky.js';
import { type Parts, totalUs } from './source.js';

/** What sources say of a measured network, and how long it took. */
export interface Example {
  /** One of each source, in their order. */
  readonly parts: readonly Parts[];
  readonly us: number;
}

/** How a new device follows from others. */
export interface Mix {
  /** What the times of each source are multiplied by; 0 for those that are not used. */
  readonly weights: readonly number[];
  /** The same of each part. */
  readonly factors: readonly number[];
}

/**
 * How far a few networks are believed. `sources` take part, those that are nearest when scaled. Weights are held at shares of
 * which a part is `equal` for all and the rest follows from how near each is, as firmly as `ridge` says against relative
 * errors of the networks. `widths` are those of the priors of factors.
 */
interface Belief {
  readonly sources: number;
  readonly equal: number;
  readonly ridge: number;
  readonly widths: readonly number[];
}

/** With fewer networks luck decides which source is near: then all take part, at shares that are not far from equal. */
export const fewestToBelieve = 8;
const believed: Belief = { sources: 8, equal: 0, ridge: 0.1, widths: [0, 0.05, 0.15, 0.4] };
const doubted = (count: number): Belief => ({
  sources: Number.POSITIVE_INFINITY,
  equal: 0.7,
  ridge: 1.05 / count,
  widths: [0, 0.05, 0.1],
});
const beliefIn = (examples: readonly Example[]) =>
  examples.length < fewestToBelieve ? doubted(examples.length) : believed;

/** Relative deviation below which sources count as equally good, and networks beyond which they are not told apart more. */
const leastDeviation = 0.1;
const mostEvidence = 10;
/** Relative deviations that no factor explains. */
const noises = [0.03, 0.06, 0.12, 0.25];
/** No kind of work is believed to differ by more than this from the mixture, either way. */
const mostFactor = 3;

const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, v, i) => sum + v * (b[i] as number), 0);

/** What a mix says of a network. */
export function mixedUs({ weights, factors }: Mix, parts: readonly Parts[]): number {
  return parts.reduce((sum, list, s) => {
    const weight = weights[s] as number;
    return weight === 0 ? sum : sum + weight * dot(list, factors);
  }, 0);
}

/** One source, scaled to the networks: the factor is the median ratio. */
function scaledMix(examples: readonly Example[], source: number): Mix {
  const weight = median(examples.map(({ parts, us }) => us / totalUs(parts[source] as Parts)));
  const [first] = examples as [Example];
  return {
    weights: first.parts.map((_, s) => (s === source ? weight : 0)),
    factors: (first.parts[0] as Parts).map(() => 1),
  };
}

const errorOf = (mix: Mix, examples: readonly Example[], power: 1 | 2) =>
  mean(examples.map(({ parts, us }) => Math.abs(mixedUs(mix, parts) / us - 1) ** power));

/** The source that is nearest when scaled. */
export function nearestMix(examples: readonly Example[]): Mix {
  const mixes = (examples[0] as Example).parts.map((_, s) => scaledMix(examples, s));
  const errors = mixes.map((mix) => errorOf(mix, examples, 1));
  return mixes[errors.indexOf(Math.min(...errors))] as Mix;
}

/** All sources, each scaled to the networks, at equal shares. */
export function meanMix(examples: readonly Example[]): Mix {
  const { parts } = examples[0] as Example;
  const scaled = parts.map((_, s) => scaledMix(examples, s));
  const whole = {
    weights: scaled.map(({ weights }, s) => (weights[s] as number) / parts.length),
    factors: (parts[0] as Parts).map(() => 1),
  };
  const factor = median(examples.map((e) => e.us / mixedUs(whole, e.parts)));
  return { ...whole, weights: whole.weights.map((weight) => weight * factor) };
}

/** Weights of the sources, by what each says when scaled to the networks. */
function fitWeights(examples: readonly Example[]): number[] {
  const { parts } = examples[0] as Example;
  const { sources, equal, ridge } = beliefIn(examples);
  const scaled = parts.map((_, s) => scaledMix(examples, s));
  const near = scaled.map((mix) => errorOf(mix, examples, 1));
  const chosen = parts
    .map((_, s) => s)
    .sort((a, b) => (near[a] as number) - (near[b] as number) || a - b)
    .slice(0, sources);
  const evidence = Math.min(examples.length, mostEvidence) / 2;
  const trust = chosen.map(
    (s) => (errorOf(scaled[s] as Mix, examples, 2) + leastDeviation ** 2) ** -evidence,
  );
  const all = trust.reduce((a, b) => a + b, 0);
  const held = Math.sqrt(ridge);
  const rows = examples.map((e) => chosen.map((s) => mixedUs(scaled[s] as Mix, e.parts) / e.us));
  const shares = nonNegativeLeastSquares(
    [...rows, ...chosen.map((_, i) => chosen.map((_s, j) => (i === j ? held : 0)))],
    [...rows.map(() => 1), ...trust.map((t) => held * (((1 - equal) * t) / all + equal / trust.length))],
  );
  const weights = parts.map(() => 0);
  chosen.forEach((s, i) => {
    weights[s] = (shares[i] as number) * ((scaled[s] as Mix).weights[s] as number);
  });
  return weights;
}

/** Factors of the parts, as far as the networks carry them. */
function fitFactors(weights: readonly number[], examples: readonly Example[]): number[] {
  const size = ((examples[0] as Example).parts[0] as Parts).length;
  const rows = examples.map(({ parts }) => {
    const mixed = Array.from({ length: size }, (_, c) =>
      parts.reduce((sum, list, s) => sum + (weights[s] as number) * (list[c] as number), 0),
    );
    const all = totalUs(mixed);
    return { shares: mixed.map((us) => us / all), us: all };
  });
  const rest = rows.map(({ us }, i) => (examples[i] as Example).us / us - 1);
  const square = dot(rest, rest);
  const gram = Array.from({ length: size }, (_, c) =>
    Array.from({ length: size }, (_d, d) =>
      rows.reduce((sum, { shares }) => sum + (shares[c] as number) * (shares[d] as number), 0),
    ),
  );
  const moment = gram.map((_, c) =>
    rows.reduce((sum, { shares }, i) => sum + (shares[c] as number) * (rest[i] as number), 0),
  );
  const models = beliefIn(examples).widths.flatMap((width) =>
    noises.map((noise) => {
      const variance = noise ** 2;
      const fit = -examples.length * Math.log(noise);
      if (width === 0) return { score: fit - square / variance / 2, factors: moment.map(() => 0) };
      const ratio = variance / width ** 2;
      const factor = cholesky(gram.map((row, c) => row.map((v, d) => v + (c === d ? ratio : 0))));
      const factors = solveCholesky(factor, moment);
      const complexity = logDeterminant(factor) - size * Math.log(ratio);
      return { score: fit - (square - dot(moment, factors)) / variance / 2 - complexity / 2, factors };
    }),
  );
  const best = Math.max(...models.map(({ score }) => score));
  const odds = models.map(({ score }) => Math.exp(score - best));
  const all = odds.reduce((a, b) => a + b, 0);
  return moment.map((_, c) => {
    const more = models.reduce(
      (sum, { factors }, i) => sum + ((odds[i] as number) / all) * (factors[c] as number),
      0,
    );
    return Math.min(mostFactor, Math.max(1 / mostFactor, 1 + more));
  });
}

export function fitMix(examples: readonly Example[]): Mix {
  const weights = fitWeights(examples);
  return { weights, factors: fitFactors(weights, examples) };
}
