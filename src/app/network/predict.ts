/** The latency of one architecture on one or more devices. */
import { spearman } from '../../base/index.js';
import {
  createPredictor,
  type EnergyEstimate,
  estimateEnergy,
  loadProfile,
  type Prediction,
  profileNames,
  usualProfiles,
} from '../../hardware/index.js';
import { layerShares } from '../../models/index.js';
import { type GraphOptions, resolveGraph } from './graph.js';
import type { FileFacts } from './model-file.js';
import { sharesOf } from './saved.js';

export interface PredictOptions extends GraphOptions {
  /** Profile names or paths. Default: one of each device and unit, see `usualProfiles`. */
  readonly profiles?: readonly string[] | undefined;
  /** Where no profiles are named: every one there is. */
  readonly allProfiles?: boolean | undefined;
  /** Whether to estimate the energy of an inference too. */
  readonly energy?: boolean | undefined;
}

export interface PredictReport {
  readonly name: string;
  /** In the order of the profiles asked for. */
  readonly predictions: readonly DevicePrediction[];
  /** Of a model file: what it takes, and what in it is estimated. */
  readonly file?: FileFacts;
}

/** A prediction; its latency is the worst case where hard gates may skip something. */
interface DevicePrediction extends Prediction {
  /** Over the images of validation, where the network is trained and has hard gates. */
  readonly expectedMs?: number;
  /** Where it was asked for. */
  readonly energy?: EnergyEstimate;
}

/**
 * Predicts an architecture's latency, with its 90 % band, peak memory and the device kernels it is made of.
 * @param spec see `resolveGraph`; of a trained network with hard gates, the expected latency too.
 * @throws MixnasError `bad-config` or `bad-profile`.
 */
export function predict(spec: string, options: PredictOptions = {}): PredictReport {
  const [report] = predictAll([spec], options);
  return report as PredictReport;
}

/** The same for several architectures; each profile is loaded once. */
export function predictAll(specs: readonly string[], options: PredictOptions = {}): PredictReport[] {
  const { profiles = options.allProfiles ? profileNames() : usualProfiles(), energy = false } = options;
  const graphs = specs.map((spec) => {
    const { graph, name, file, resolved } = resolveGraph(spec, options);
    const gates = resolved?.gates;
    const skips = graph.ops.some((op) => op.kind === 'hardGate');
    return { name, graph, file, runs: gates && skips ? layerShares(graph, sharesOf(gates)) : undefined };
  });
  const predictors = [...new Set(profiles)].map((profile) => createPredictor(loadProfile(profile)));
  return graphs.map(({ name, graph, file, runs }) => ({
    name,
    ...(file && { file }),
    predictions: predictors.map((predictor): DevicePrediction => {
      const worst = predictor.predict(graph);
      return {
        ...worst,
        ...(runs && { expectedMs: predictor.latencyMs(graph, runs) }),
        ...(energy && { energy: estimateEnergy(worst.kernels, predictor.profile) }),
      };
    }),
  }));
}

/** How devices rank the same architectures. */
export interface RankingReport {
  readonly architectures: readonly string[];
  readonly devices: readonly {
    readonly profile: string;
    readonly latencyMs: readonly number[];
    /** 1 is the fastest; equal latencies share the better rank. */
    readonly ranks: readonly number[];
    /** Spearman's rank correlation with each device, in the order of `devices`. */
    readonly agreement: readonly number[];
  }[];
}

/** Compares the rankings of architectures between the devices that all of them were predicted for. */
export function compareRankings(reports: readonly PredictReport[]): RankingReport {
  const profiles = reports[0]?.predictions.map((p) => p.profile) ?? [];
  const latencies = profiles.map((_, i) => reports.map((r) => r.predictions[i]?.latencyMs as number));
  return {
    architectures: reports.map((report) => report.name),
    devices: profiles.map((profile, i) => {
      const latencyMs = latencies[i] as number[];
      return {
        profile,
        latencyMs,
        ranks: latencyMs.map((ms) => 1 + latencyMs.filter((other) => other < ms).length),
        agreement: latencies.map((other) => spearman(latencyMs, other) ?? 1),
      };
    }),
  };
}

/** The report as `--json` prints it: of a device kernel its class, its latency and where that comes from. */
export function predictionJson({ predictions, file }: PredictReport) {
  return {
    ...(file && { file }),
    predictions: predictions.map(({ kernels, ...rest }) => ({
      ...rest,
      kernels: kernels.map(({ op, latencyUs, source }) => ({ op, latencyUs, source })),
    })),
  };
}
