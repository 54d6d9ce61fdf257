/** What a front plot shows, and what lies too far out for it. */
import type { SymbolShape } from 'vega';
import type { Metric } from '../model/metrics.js';
import type { Role } from './theme.js';

/** A network in a front plot, in stored numbers. */
export interface FrontPoint {
  readonly cost: number;
  readonly quality: number;
  /** The 90 % band of the cost. */
  readonly band?: readonly [number, number] | undefined;
  /** Where the quality lies at 95 %, where it was measured on images. */
  readonly interval?: readonly [number, number] | undefined;
  /** Whether it is level with the best: their qualities differ by less than the best's interval. */
  readonly level?: boolean | undefined;
  readonly label: string;
  readonly tip: string;
  /** Whether it is on the front of these two metrics alone, not only on that of all objectives. */
  readonly onLine: boolean;
}

/** The front of one run; its first points are labelled first. */
export interface FrontSeries {
  readonly name: string;
  readonly role: Role;
  readonly shape: SymbolShape;
  readonly points: readonly FrontPoint[];
}

/** A reference model; without a quality only its cost is known. */
export interface ReferenceModel {
  readonly name: string;
  readonly cost: number;
  readonly quality?: number | undefined;
}

export interface FrontPlot {
  readonly name: string;
  readonly title: string;
  readonly subtitle: readonly string[];
  readonly cost: Metric;
  readonly quality: Metric;
  readonly series: readonly FrontSeries[];
  /** Finished trials that are on no front. */
  readonly others: readonly { readonly cost: number; readonly quality: number; readonly tip: string }[];
  readonly references: readonly ReferenceModel[];
  readonly limit?: number | undefined;
  /** The limit is on the upper end of the cost's band, not on the cost itself. */
  readonly limitOnBand?: boolean | undefined;
}

/** What lies farther out than this many times the costliest trial is named, not drawn. */
const farthest = 1.8;

/** What the plot shows next to the trials, and what would stretch it too far and is only named. */
export function sightOf(plot: FrontPlot): Sight {
  const most = costsOf(plot).reduce((a, b) => Math.max(a, b), 0) * farthest;
  const near = ({ cost }: ReferenceModel) => cost <= most;
  return {
    references: plot.references.filter(near),
    limitText: plot.limitOnBand ? "limit on the band's upper end" : 'limit',
    limit: plot.limit !== undefined && plot.limit <= most ? plot.limit : undefined,
    beyond: [
      ...plot.references.filter((reference) => !near(reference)),
      ...(plot.limit !== undefined && plot.limit > most
        ? [{ name: plot.limitOnBand ? "the limit on the band's upper end" : 'the limit', cost: plot.limit }]
        : []),
    ],
  };
}

export interface Sight {
  readonly references: readonly ReferenceModel[];
  readonly limit: number | undefined;
  /** What to call the limit. */
  readonly limitText: string;
  readonly beyond: readonly ReferenceModel[];
}

/** The costs of all trials. */
export const costsOf = ({ series, others }: FrontPlot): number[] => [
  ...series.flatMap(({ points }) => points.map(({ cost }) => cost)),
  ...others.map(({ cost }) => cost),
];
