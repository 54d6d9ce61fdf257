/** What is known of an architecture before it is trained: latency on every device, MACs, parameters. */
import { parseBandwidth, parseMilliseconds } from '../../base/index.js';
import {
  type Prediction,
  type Predictor,
  type Profile,
  createPredictor,
  memoryUse,
  peakMemoryBytes,
} from '../../hardware/index.js';
import {
  type Architecture,
  type LayerGraph,
  createBlockPlaces,
  createCostCounter,
  lower,
  referenceArchitecture,
  referenceNames,
} from '../../models/index.js';
import { latencyMetric, memoryMetric, scalesOf } from '../../metrics/index.js';
import type { ReferenceModels } from '../../runs/index.js';
import type { Criteria, RunConfig } from '../config/index.js';
import { createSplitPricer } from '../network/index.js';

/** Priced metrics of architectures, in this order always. */
export interface Pricing {
  readonly metrics: readonly string[];
  price(architecture: Architecture): Readonly<Record<string, number>>;
}

/** To the nanosecond: a journal line then holds the very number that the search saw. */
const roundMs = (ms: number) => Math.round(ms * 1e6) / 1e6;

/** Prices architectures at the size they are deployed at. */
export function createPricing(
  { deploy, profiles: names, splitLatency }: Pick<RunConfig, 'deploy' | 'profiles' | 'splitLatency'>,
  profiles: readonly Profile[],
  criteria: Pick<Criteria, 'needs' | 'derivedKnown' | 'deriveKnown'>,
): Pricing {
  const places = createBlockPlaces();
  const predictors = profiles.map((profile) => createPredictor(profile, places));
  // Peak memory and bands cost ten times what everything else does together: only where someone asks for them.
  const withMemory = criteria.needs.has('peakMemoryBytes');
  const bands = names.flatMap((name, device) =>
    (['latencyHighMs', 'latencyLowMs'] as const)
      .map((end) => ({ metric: latencyMetric(name, end), device, end }))
      .filter(({ metric }) => criteria.needs.has(metric)),
  );
  const split =
    splitLatency &&
    createSplitPricer(
      predictors[names.indexOf(splitLatency.phone)] as Predictor,
      typeof splitLatency.server === 'number'
        ? splitLatency.server
        : (predictors[names.indexOf(splitLatency.server)] as Predictor),
      {
        bandwidthMbps: parseBandwidth(splitLatency.bandwidth) as number,
        rttMs: parseMilliseconds(splitLatency.rtt) as number,
        precision: splitLatency.precision,
      },
    );
  const memories = names
    .map((name, device) => ({ metric: memoryMetric(name), device }))
    .filter(({ metric }) => criteria.needs.has(metric));
  const needsGraph = bands.length > 0 || withMemory || memories.length > 0 || split !== undefined;
  const count = createCostCounter(places);
  const latencies = profiles.map(({ name }) => latencyMetric(name));

  /** What needs the layer graph. */
  function addGraphMetrics(known: Record<string, number>, graph: LayerGraph): void {
    if (bands.length > 0) {
      const predictions = predictors.map((predictor) => predictor.predict(graph));
      for (const { metric, device, end } of bands) {
        const { highMs, lowMs } = predictions[device] as Prediction;
        known[metric] = roundMs(end === 'latencyHighMs' ? highMs : lowMs);
      }
    }
    const arenas = withMemory ? profiles.map((profile) => peakMemoryBytes(graph, profile)) : [];
    if (withMemory) known['peakMemoryBytes'] = Math.max(...arenas);
    for (const { metric, device } of memories) {
      known[metric] = memoryUse(graph, profiles[device] as Profile, arenas[device]).totalBytes;
    }
    if (split) known['splitLatencyMs'] = roundMs(split(graph).totalMs);
  }

  return {
    metrics: [
      ...latencies,
      'macs',
      'params',
      ...bands.map(({ metric }) => metric),
      ...(withMemory ? ['peakMemoryBytes'] : []),
      ...memories.map(({ metric }) => metric),
      ...(split ? ['splitLatencyMs'] : []),
      ...criteria.derivedKnown,
    ],
    price(architecture) {
      const known: Record<string, number> = {};
      for (const [i, predictor] of predictors.entries()) {
        known[latencies[i] as string] = roundMs(predictor.latencyOf(architecture, deploy));
      }
      const { macs, params } = count(architecture, deploy);
      known['macs'] = macs;
      known['params'] = params;
      if (needsGraph) addGraphMetrics(known, lower(architecture, deploy));
      return Object.assign(known, criteria.deriveKnown(known));
    },
  };
}

/**
 * The reference models at the size of deployment, and what each cost is divided by for the hypervolume:
 * what the config says, its limit, or the largest reference model's.
 */
export function referenceModelsOf(criteria: Criteria, pricing: Pricing): ReferenceModels {
  const models = referenceNames.map((name) => ({ name, values: pricing.price(referenceArchitecture(name)) }));
  const references = models.map(({ values }) => values);
  return { models, scales: scalesOf(criteria.objectives, criteria.scales, criteria.constraints, references) };
}
