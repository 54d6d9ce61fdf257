/** What is known of an architecture before it is trained: latency on every device, MACs, parameters. */
import { type Profile, createPredictor } from '../hardware/index.js';
import {
  type Architecture,
  countCost,
  lower,
  referenceArchitecture,
  referenceNames,
} from '../models/index.js';
import type { Landmarks } from '../runs/index.js';
import type { Constraint } from '../search/index.js';
import type { RunConfig } from './config.js';

/** Priced metrics of architectures, in this order always. */
export interface Pricing {
  readonly metrics: readonly string[];
  price(architecture: Architecture): Readonly<Record<string, number>>;
}

/** To the nanosecond: a journal line then holds the very number that the search saw. */
const roundMs = (ms: number) => Math.round(ms * 1e6) / 1e6;

/** Prices architectures at the size they are deployed at. */
export function createPricing(config: RunConfig, profiles: readonly Profile[]): Pricing {
  const { deploy, limits, objectives } = config;
  const predictors = profiles.map((profile) => createPredictor(profile));
  // Peak memory costs ten times what everything else does together: only where someone asks for it.
  const withMemory = limits.peakMemoryBytes !== undefined || objectives.includes('peakMemoryBytes');
  const latencies = profiles.map(({ name }) => `latencyMs.${name}`);
  return {
    metrics: [...latencies, 'macs', 'params', ...(withMemory ? ['peakMemoryBytes'] : [])],
    price(architecture) {
      const graph = lower(architecture, deploy);
      const known: Record<string, number> = {};
      for (const [i, predictor] of predictors.entries()) {
        known[latencies[i] as string] = roundMs(predictor.latencyMs(graph));
      }
      const { macs, params } = countCost(graph);
      known['macs'] = macs;
      known['params'] = params;
      if (withMemory) {
        known['peakMemoryBytes'] = Math.max(...predictors.map((p) => p.predict(graph).peakMemoryBytes));
      }
      return known;
    },
  };
}

/** A config's limits as constraints on priced metrics. */
export function constraintsOf({ limits }: RunConfig): Constraint[] {
  const { latencyMs, ...others } = limits;
  const latencies = Object.entries(latencyMs).map(([name, max]) => ({ metric: `latencyMs.${name}`, max }));
  const rest = Object.entries(others).flatMap(([metric, max]) =>
    max === undefined ? [] : [{ metric, max }],
  );
  return [...latencies, ...rest];
}

/**
 * The reference models at the size of deployment, and what each cost is divided by for the hypervolume:
 * its limit, or the largest reference model's.
 */
export function landmarksOf(config: RunConfig, pricing: Pricing): Landmarks {
  const models = referenceNames.map((name) => ({ name, values: pricing.price(referenceArchitecture(name)) }));
  const limitOf = new Map(constraintsOf(config).map(({ metric, max }) => [metric, max]));
  const scales = config.objectives
    .filter((name) => name !== 'accuracy')
    .map((name) => [name, limitOf.get(name) ?? Math.max(...models.map((m) => m.values[name] ?? 0))]);
  return { models, scales: Object.fromEntries(scales) };
}
