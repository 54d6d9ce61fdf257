/**
 * The evaluator that trains nothing: where a network stands, by zero-cost scores, among random networks of the
 * space. What it gives as `accuracy` is that standing, from 0 to 1, and no accuracy.
 */
import { createRandom } from '../base/index.js';
import { type Architecture, type LayerGraph, lower, parseSpace, scaleTo } from '../models/index.js';
import {
  type ProxyScores,
  ensembleStanding,
  loadDataSet,
  loadRuntime,
  proxyBatches,
  scoreNetwork,
  splitTrainValidation,
} from '../training/index.js';
import type { Evaluator } from './evaluator.js';
import type { ProxySpec } from './spec.js';
import type { TrainingData } from './training.js';

/** @throws MixnasError `no-backend` or `bad-data`; `bad-config` for larger batches than there are images. */
export async function createProxyEvaluator(
  { scores: names, batchSize, reference }: ProxySpec,
  { dataset: dataSpec, splitSeed, space: source }: TrainingData,
): Promise<Evaluator> {
  const dataset = await loadDataSet(dataSpec);
  const { train: indices } = splitTrainValidation(dataset.train, { validation: 1, seed: splitSeed });
  const batches = proxyBatches(dataset, indices, { batchSize, seed: splitSeed });
  const space = parseSpace(source);
  const runtime = await loadRuntime({ intraOpThreads: 1 });
  const at = { resolution: dataset.train.width, classes: dataset.train.classes.length };
  const graphOf = (architecture: Architecture): LayerGraph => lower(scaleTo(architecture, at));
  // The same weights seed for all, so that they differ by structure alone.
  const score = (graph: LayerGraph): ProxyScores =>
    scoreNetwork({ graph, batches, names, seed: splitSeed, runtime });

  /** Scores of random networks of the space: the same in every worker. */
  const others: ProxyScores[] = [];
  const random = createRandom(splitSeed).fork('proxy reference');
  const referenceGenomes = Array.from({ length: reference }, () => space.random(random));

  return {
    backend: runtime.backend,
    tensorflow: runtime.tensorflowVersion,
    async evaluate({ architecture }, onProgress) {
      const started = performance.now();
      const steps = reference + 1;
      while (others.length < reference) {
        others.push(score(graphOf(space.decode(referenceGenomes[others.length] as Uint8Array))));
        onProgress({ step: others.length, steps });
        await new Promise(setImmediate);
      }
      const own = score(graphOf(architecture));
      const accuracy = ensembleStanding(own, others, names);
      const raw = Object.entries(own)
        .filter(([, value]) => Number.isFinite(value))
        .map(([name, value]) => [`proxy.${name}`, value] as const);
      const seconds = (performance.now() - started) / 1000;
      return { state: 'complete', values: { accuracy, ...Object.fromEntries(raw) }, curve: [], seconds };
    },
  };
}
