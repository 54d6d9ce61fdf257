/**
 * Operating points of a gated network: what it does when a device switches its largest convolution kernels off while it
 * runs, to save time and power.
 */
import { MixnasError } from '../../base/index.js';
import { createPredictor, loadProfile, usualProfiles } from '../../hardware/index.js';
import {
  type Architecture,
  countCost,
  expectedMacs,
  gatesOf,
  layerShares,
  lower,
  peakActivationBytes,
} from '../../models/index.js';
import { type GateStatistics, evaluateNetwork, loadRuntime } from '../../training/index.js';
import { type EvaluateOptions, openFor } from './evaluate.js';
import { readSaved, sharesOf } from './saved.js';
import { dataText } from '../data/index.js';
import { findTrial, parseTrial } from './trial.js';

export interface OperatingPointsOptions extends EvaluateOptions {
  /** Profile names or paths. Default: one of each device and unit. */
  readonly profiles?: readonly string[] | undefined;
  /** Where latency and memory are priced. Default: where the run deploys; else as trained. */
  readonly resolution?: number | undefined;
}

/** The network with at most `groups` groups in every gated block. */
export interface OperatingPoint {
  readonly groups: number;
  /** On the test images. */
  readonly accuracy: number;
  readonly loss: number;
  /** MACs of an image at most, and on average where hard gates skip some of what is allowed. */
  readonly macs: number;
  readonly expectedMacs: number;
  /** At 4 bytes an element. */
  readonly peakActivationBytes: number;
  readonly latencies: readonly {
    readonly profile: string;
    /** On average over the test images, and when every allowed group runs. */
    readonly expectedMs: number;
    readonly worstMs: number;
  }[];
}

export interface OperatingPointsReport {
  readonly network: string;
  readonly data: string;
  readonly count: number;
  /** What accuracy was measured at. */
  readonly trainedResolution: number;
  /** What latency, MACs and memory are priced at. */
  readonly resolution: number;
  readonly classes: number;
  /** From all groups to one. */
  readonly points: readonly OperatingPoint[];
}

/**
 * Measures every operating point of a trained gated network on the test images.
 * @param spec see `readSaved`.
 * @throws MixnasError `bad-config` when the network has no gates.
 */
export async function operatingPoints(
  spec: string,
  options: OperatingPointsOptions = {},
): Promise<OperatingPointsReport> {
  const saved = readSaved(spec);
  const { architecture, weights, data } = saved;
  const graph = lower(architecture);
  const most = Math.max(0, ...gatesOf(graph).map(({ groups }) => groups));
  if (most === 0) {
    throw new MixnasError('bad-config', `${spec} has no gates, so it runs in one way only.`, {
      remedy:
        'Train an architecture whose blocks have several convolution kernels and `gate: soft` or `gate: hard`.',
    });
  }
  const predictors = (options.profiles ?? usualProfiles()).map((name) => createPredictor(loadProfile(name)));
  const priced = pricedAt(spec, architecture, options.resolution);
  const { signal } = options;
  const { dataset, spec: used } = await openFor(spec, saved, options);
  const runtime = await loadRuntime();
  const points: OperatingPoint[] = [];
  for (let groups = most; groups >= 1; groups--) {
    const common = { graph, weights, set: dataset.test, normalisation: data, runtime, groups, signal };
    const { accuracy, loss, gates } = await evaluateNetwork(common);
    const small = lower(priced, { groups });
    const shares = sharesOf(keptGroups(gates ?? {}, architecture, groups));
    const runs = layerShares(small, shares);
    points.push({
      groups,
      accuracy,
      loss,
      macs: countCost(small).macs,
      expectedMacs: expectedMacs(small, shares),
      peakActivationBytes: peakActivationBytes(small),
      latencies: predictors.map((predictor) => ({
        profile: predictor.profile.name,
        expectedMs: predictor.latencyMs(small, runs),
        worstMs: predictor.latencyMs(small),
      })),
    });
  }
  return {
    network: spec,
    data: dataText(used),
    count: dataset.test.count,
    trainedResolution: graph.resolution,
    resolution: priced.resolution,
    classes: priced.classes,
    points,
  };
}

/** The architecture at the size to price it at. */
function pricedAt(spec: string, trained: Architecture, resolution: number | undefined): Architecture {
  const trial = parseTrial(spec);
  const found = trial && findTrial(trial);
  const deployed = found ? { ...found.architecture, ...found.run.config.deploy } : trained;
  return resolution === undefined ? deployed : { ...deployed, resolution };
}

/** The records of the groups that are left, as the restricted graph counts them. */
function keptGroups(gates: GateStatistics, architecture: Architecture, groups: number): GateStatistics {
  const left = new Map(
    gatesOf(lower(architecture, { groups })).map(({ name, layers }) => [
      name,
      layers.map((layer) => Number(layer.slice(layer.lastIndexOf('.') + 1))),
    ]),
  );
  return Object.fromEntries(
    Object.entries(gates).map(([name, { runs, mean, byClass }]) => {
      const pick = (values: readonly number[]) =>
        (left.get(name) ?? []).map((index) => values[index] as number);
      return [name, { runs: pick(runs), mean: pick(mean), byClass: byClass.map(pick) }];
    }),
  );
}
