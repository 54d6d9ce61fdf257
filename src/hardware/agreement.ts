/** Figures of how well predictions agree with measurements. */
import { spearman } from '../base/index.js';
import { bandWidth, type Shares } from './predict/index.js';
import type { Profile } from './profile/index.js';

/** One network, predicted and measured. */
export interface Compared {
  readonly model: string;
  readonly predictedMs: number;
  readonly lowMs: number;
  readonly highMs: number;
  readonly measuredMs: number;
  /** Signed, in percent of what was measured. */
  readonly errorPct: number;
}

export interface Agreement {
  readonly models: readonly Compared[];
  /** Mean absolute error, and shares within 5 and 10 %, in percent. */
  readonly mape: number;
  readonly within5: number;
  readonly within10: number;
  /** Rank correlation, 1 at best. */
  readonly spearman: number;
  /** Share inside the 90 % band, in percent. */
  readonly coverage90: number;
}

/** One network compared, with the band that its fitted shares ask for. */
export function compared(
  model: string,
  measuredUs: number,
  predicted: Shares & { readonly us: number },
  band: Profile['band'],
): Compared {
  const width = Math.exp(bandWidth(band, predicted));
  const predictedMs = predicted.us / 1000;
  return {
    model,
    predictedMs,
    lowMs: predictedMs / width,
    highMs: predictedMs * width,
    measuredMs: measuredUs / 1000,
    errorPct: 100 * (predicted.us / measuredUs - 1),
  };
}

/** The figures over a list of networks. */
export function agreement(models: readonly Compared[]): Agreement {
  const percent = (hit: (m: Compared) => boolean) => (100 * models.filter(hit).length) / models.length;
  return {
    models,
    mape: models.reduce((sum, m) => sum + Math.abs(m.errorPct), 0) / models.length,
    within5: percent((m) => Math.abs(m.errorPct) <= 5),
    within10: percent((m) => Math.abs(m.errorPct) <= 10),
    // Of networks that all take equally long none is in a wrong place.
    spearman:
      spearman(
        models.map((m) => m.predictedMs),
        models.map((m) => m.measuredMs),
      ) ?? 1,
    coverage90: percent((m) => m.lowMs <= m.measuredMs && m.measuredMs <= m.highMs),
  };
}
