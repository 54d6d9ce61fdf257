/** Our predictions compared with simpler ones, on the same networks left out. */
import { spearman } from '../../base/index.js';
import type { Measurements } from '../measurements.js';
import type { Profile } from '../profile/index.js';
import { baselines } from './baselines.js';
import { crossValidate, errorOf } from './cross-validate.js';
import { observationsOf } from './fit-profile.js';
import { crossValidatedAgreement } from './tune.js';

/** One way to predict networks that were left out, and how well it did. */
export interface BenchmarkRow {
  readonly method: 'lookup-table' | 'roofline' | 'true-kernel-time' | 'mixnas';
  readonly mape: number;
  readonly within10: number;
  readonly spearman: number;
  /** Share inside the 90 % band, in percent; only our own has one. */
  readonly coverage90?: number;
}

export function compareMethods(
  data: Measurements,
  profile: Profile,
  leave: 'family' | 'tenth' | 'model',
): BenchmarkRow[] {
  const networks = observationsOf(data, profile.name, profile.mapping);
  const rows = Object.entries(baselines).map(([method, predictive]): BenchmarkRow => {
    const left = crossValidate(networks, leave, predictive);
    const order =
      spearman(
        left.map((l) => l.predictedUs),
        left.map((l) => l.measuredUs),
      ) ?? 1;
    return { method: method as keyof typeof baselines, ...errorOf(left), spearman: order };
  });
  const { mape, within10, spearman: rank, coverage90 } = crossValidatedAgreement(data, profile, leave);
  return [...rows, { method: 'mixnas', mape, within10, spearman: rank, coverage90 }];
}
