/** The latency of one architecture on one or more devices. */
import { createPredictor, loadProfile, type Prediction, profileNames } from '../hardware/index.js';
import { layerShares, lower } from '../models/index.js';
import { resolveArchitecture } from './architecture.js';
import { sharesOf } from './saved.js';

export interface PredictOptions {
  /** Profile names or paths. Default: every profile there is. */
  readonly profiles?: readonly string[] | undefined;
  /** Input height and width in pixels. Default: the architecture's own. */
  readonly resolution?: number | undefined;
  readonly classes?: number | undefined;
}

export interface PredictReport {
  readonly name: string;
  /** In the order of the profiles asked for. */
  readonly predictions: readonly GatedPrediction[];
}

/** A prediction; its latency is the worst case where hard gates may skip something. */
export interface GatedPrediction extends Prediction {
  /** Over the images of validation, where the network is trained and has hard gates. */
  readonly expectedMs?: number;
}

/**
 * Predicts an architecture's latency, with its 90 % band, peak memory and the kernels it is made of.
 * @param spec see `resolveArchitecture`; of a trained network with hard gates, the expected latency too.
 * @throws MixnasError `bad-config` or `bad-profile`.
 */
export function predict(spec: string, options: PredictOptions = {}): PredictReport {
  const { architecture, name, gates } = resolveArchitecture(spec);
  const { profiles = profileNames(), resolution, classes } = options;
  const graph = lower(architecture, {
    ...(resolution === undefined ? {} : { resolution }),
    ...(classes === undefined ? {} : { classes }),
  });
  const skips = graph.ops.some((op) => op.kind === 'hardGate');
  const runs = gates && skips ? layerShares(graph, sharesOf(gates)) : undefined;
  return {
    name,
    predictions: profiles.map((profile): GatedPrediction => {
      const predictor = createPredictor(loadProfile(profile));
      const worst = predictor.predict(graph);
      return runs ? { ...worst, expectedMs: predictor.latencyMs(graph, runs) } : worst;
    }),
  };
}

/** The report as `--json` prints it: of a kernel its class, its latency and where that comes from. */
export function predictionJson({ predictions }: PredictReport) {
  return {
    predictions: predictions.map(({ kernels, ...rest }) => ({
      ...rest,
      kernels: kernels.map(({ op, latencyUs, source }) => ({ op, latencyUs, source })),
    })),
  };
}
