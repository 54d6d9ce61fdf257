/** The latency of one architecture on one or more devices. */
import { createPredictor, loadProfile, type Prediction, profileNames } from '../hardware/index.js';
import { lower } from '../models/index.js';
import { resolveArchitecture } from './architecture.js';

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
  readonly predictions: readonly Prediction[];
}

/**
 * Predicts an architecture's latency, with its 90 % band, peak memory and the kernels it is made of.
 * @param spec a reference model's name or an architecture file.
 * @throws MixnasError `bad-config` or `bad-profile`.
 */
export function predict(spec: string, options: PredictOptions = {}): PredictReport {
  const { architecture, name } = resolveArchitecture(spec);
  const { profiles = profileNames(), resolution, classes } = options;
  const graph = lower(architecture, {
    ...(resolution === undefined ? {} : { resolution }),
    ...(classes === undefined ? {} : { classes }),
  });
  return {
    name,
    predictions: profiles.map((profile) => createPredictor(loadProfile(profile)).predict(graph)),
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
