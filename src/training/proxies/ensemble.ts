/** One number from several scores that have nothing in common but their order. */
import type { ProxyName, ProxyScores } from './names.js';

/** The scores that AZ-NAS combines. */
const azNasNames = ['azExpressivity', 'azProgressivity', 'azTrainability', 'macs'] as const;

/**
 * AZ-NAS's combination (arXiv 2403.19232, equation 9): the sum over its scores of log(rank / m) of a network among m, itself
 * included, the best of rank m: being bad in one costs more than being good in another gains.
 */
export function azNasStanding(scores: ProxyScores, others: readonly ProxyScores[]): number {
  return azNasNames.reduce((sum, name) => {
    const own = valueOf(scores, name);
    const rank = others.filter((other) => valueOf(other, name) <= own).length;
    return sum + Math.log(Math.max(1, rank) / others.length);
  }, 0);
}

/** The value of a score; one that is missing or not a number is the worst. */
const valueOf = (scores: ProxyScores, name: ProxyName) => {
  const value = scores[name];
  return value === undefined || Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
};

/**
 * Where a network stands among others in one score: the share of them that it beats, ties counting half,
 * from 0 to 1.
 */
function standing(scores: ProxyScores, others: readonly ProxyScores[], name: ProxyName): number {
  const own = valueOf(scores, name);
  let beaten = 0;
  for (const other of others) {
    const value = valueOf(other, name);
    beaten += own > value ? 1 : own === value ? 0.5 : 0;
  }
  return others.length === 0 ? 0.5 : beaten / others.length;
}

/**
 * The rank ensemble: the mean standing over the scores `names` of a network among others, from 0 to 1.
 * Ranks, because the scores differ by powers of ten and a single wild one must not decide.
 */
export function ensembleStanding(
  scores: ProxyScores,
  others: readonly ProxyScores[],
  names: readonly ProxyName[],
): number {
  return names.reduce((sum, name) => sum + standing(scores, others, name), 0) / names.length;
}
