/** Measuring a trained network on the test images, which nothing else touches. */
import { countCost, expectedMacs, lower } from '../../models/index.js';
import {
  type DataProgress,
  type GateStatistics,
  type TrainedNetwork,
  type DataSpec,
  evaluateNetwork,
  loadRuntime,
} from '../../training/index.js';
import { readSaved, sharesOf } from './saved.js';
import { dataText } from '../data/index.js';
import { type OpenedData, openForWeights } from './trained-data.js';

export interface EvaluateOptions {
  /** Other data than it was trained on; the classes must be the same by name. */
  readonly data?: DataSpec | undefined;
  /** Receives what is not known of the data. */
  readonly onNotice?: ((notice: string) => void) | undefined;
  readonly onData?: ((progress: DataProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface EvaluateReport {
  /** As it was asked for. */
  readonly network: string;
  readonly data: string;
  /** Test images. */
  readonly count: number;
  readonly accuracy: number;
  readonly loss: number;
  /** What it was trained, and is evaluated, at. */
  readonly resolution: number;
  readonly classes: number;
  readonly params: number;
  readonly macs: number;
  /** MACs of a test image on average, where hard gates skip some. */
  readonly expectedMacs?: number;
  /** What the gates did on the test images, by gate: how often each group ran, and its mean weight. */
  readonly gates?: GateStatistics;
}

/**
 * Test accuracy of saved weights.
 * @param spec `run#trial`, a weights file, or a folder that `train` wrote.
 * @throws MixnasError `bad-run` where a trial's weights were not kept, `bad-data` for a broken file, or data that is
 *   not what the weights were trained on.
 */
export async function evaluate(spec: string, options: EvaluateOptions = {}): Promise<EvaluateReport> {
  const saved = readSaved(spec);
  const { architecture, weights, data } = saved;
  const { signal } = options;
  const { dataset, spec: used } = await openFor(spec, saved, options);
  const graph = lower(architecture);
  const { params, macs } = countCost(graph);
  const runtime = await loadRuntime();
  const common = { graph, weights, set: dataset.test, normalisation: data, runtime, signal };
  const measured = await evaluateNetwork(common);
  const { resolution, classes } = graph;
  const { gates } = measured;
  const skips = gates && graph.ops.some((op) => op.kind === 'hardGate');
  return {
    network: spec,
    data: dataText(used),
    ...measured,
    resolution,
    classes,
    params,
    macs,
    ...(skips && { expectedMacs: expectedMacs(graph, sharesOf(gates)) }),
  };
}

/** The data to evaluate weights on. */
export async function openFor(
  spec: string,
  saved: TrainedNetwork,
  { data, onData, onNotice, signal }: EvaluateOptions,
): Promise<OpenedData> {
  const user = { what: `The weights of ${spec}`, command: ['eval', spec] };
  const opened = await openForWeights(saved, data, user, { onProgress: onData, signal });
  if (opened.notice !== undefined) onNotice?.(opened.notice);
  return opened;
}
