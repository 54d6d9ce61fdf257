/**
 * Several seeds of one config: what share of them attained an accuracy at a latency (Fonseca and Fleming, "On the
 * performance assessment and comparison of stochastic multiobjective optimizers", PPSN 1996).
 */
import { groupBy } from '../../base/index.js';
import type { ReadRun } from './measures.js';

/** A config without what may differ between repetitions. */
function configKey({ view }: ReadRun): string {
  const { seed: _, name: __, budget: ___, ...rest } = view.config as Record<string, unknown>;
  return JSON.stringify([rest, view.manifest.space.hash]);
}

/** Runs by config, those with several seeds alone. */
export function seedGroups(runs: readonly ReadRun[]): ReadRun[][] {
  return [...groupBy(runs, configKey).values()]
    .map((group) => [...group])
    .filter((group) => new Set(group.map(({ view }) => view.config.seed)).size > 1);
}

/** At a latency: the accuracy that every run attained, that half of them did, and that the best did; NaN for none. */
export interface Attained {
  readonly x: number;
  readonly all: number;
  readonly half: number;
  readonly best: number;
}

/** The attainment of a group along an axis. */
export function attainment(group: readonly ReadRun[], metric: string, xs: readonly number[]): Attained[] {
  const stairs = group.map(({ front }) =>
    front
      .map((member) => ({ x: member.metric(metric), y: member.metric('accuracy') }))
      .sort((a, b) => a.x - b.x),
  );
  return xs.map((x) => {
    const best = stairs
      .map((points) =>
        points.reduce((most, point) => (point.x <= x ? Math.max(most, point.y) : most), -Infinity),
      )
      .sort((a, b) => b - a);
    const at = (place: number) => {
      const value = best[Math.min(best.length - 1, place)] ?? -Infinity;
      return Number.isFinite(value) ? value : Number.NaN;
    };
    return { x, all: at(best.length - 1), half: at(Math.ceil(best.length / 2) - 1), best: at(0) };
  });
}
