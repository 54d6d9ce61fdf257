/** Figures of how well predictions agree with measurements. */
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

/** Ranks from 1; equal values share the mean of their ranks. */
function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number));
  const result = new Array<number>(values.length);
  for (let i = 0; i < order.length; ) {
    let end = i;
    while (end + 1 < order.length && values[order[end + 1] as number] === values[order[i] as number]) end++;
    for (let j = i; j <= end; j++) result[order[j] as number] = (i + end) / 2 + 1;
    i = end + 1;
  }
  return result;
}

/** Spearman's rank correlation; 1 for fewer than two values. */
export function spearman(a: readonly number[], b: readonly number[]): number {
  if (a.length < 2) return 1;
  const [x, y] = [ranks(a), ranks(b)];
  const middle = (a.length + 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  x.forEach((rank, i) => {
    const other = (y[i] as number) - middle;
    xy += (rank - middle) * other;
    xx += (rank - middle) ** 2;
    yy += other ** 2;
  });
  return xx === 0 || yy === 0 ? 1 : xy / Math.sqrt(xx * yy);
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
    spearman: spearman(
      models.map((m) => m.predictedMs),
      models.map((m) => m.measuredMs),
    ),
    coverage90: percent((m) => m.lowMs <= m.measuredMs && m.measuredMs <= m.highMs),
  };
}
