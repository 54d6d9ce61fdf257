/** What the runs of each sampler came to: searches that differ in their seeds tell a sampler from luck. */
import { z } from 'zod';
import type { ComparedRun } from './compare.js';
import { valueOf } from './run.js';

const named = z.union([z.string(), z.looseObject({ name: z.string() }).transform(({ name }) => name)]);

/** A mean over runs, and the standard deviation (with Bessel's correction); no deviation of a single run. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number | undefined;
}

export interface SamplerRuns {
  readonly sampler: string;
  readonly seeds: readonly string[];
  readonly hypervolume: Spread;
  /** Of the best quality of each run; undefined where a run has no finished trial. */
  readonly best: Spread | undefined;
}

/** The runs by the sampler that proposed their networks, the largest mean hypervolume first. */
export function bySampler(runs: readonly ComparedRun[]): SamplerRuns[] {
  const groups = new Map<string, ComparedRun[]>();
  for (const one of runs) {
    const sampler = named.safeParse(one.run.view.config['sampler']).data ?? 'auto';
    groups.set(sampler, [...(groups.get(sampler) ?? []), one]);
  }
  return [...groups]
    .map(([sampler, group]) => {
      const bests = group.flatMap(({ run }) => {
        const best = run.front[0];
        return best ? [valueOf(best.row, run.quality.name)] : [];
      });
      return {
        sampler,
        seeds: group.map(({ run }) => String(run.view.config.seed)),
        hypervolume: spreadOf(group.map(({ hypervolume }) => hypervolume)),
        best: bests.length === group.length ? spreadOf(bests) : undefined,
      };
    })
    .toSorted((a, b) => b.hypervolume.mean - a.hypervolume.mean);
}

function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : undefined };
}
