/**
 * The evaluator that trains nothing: where a network stands, by zero-cost scores, among random networks of the
 * space. What it gives as `accuracy` is that standing, from 0 to 1, and no accuracy.
 */
import { z } from 'zod';
import { createRandom } from '../../base/index.js';
import { type Architecture, type LayerGraph, lower, parseSpace, scaleTo } from '../../models/index.js';
import {
  type ProxyScores,
  defaultProxies,
  ensembleStanding,
  loadRuntime,
  proxyBatches,
  proxyNames,
  scoreNetwork,
  splitTrainValidation,
} from '../../training/index.js';
import type { Evaluator, TrainingData } from '../evaluator.js';
import { loadLabelled } from '../labelled-data.js';
import { defineEvaluator } from './entry.js';

const schema = z
  .strictObject({
    name: z.literal('proxy').describe('Zero-cost scores; nothing is trained.'),
    scores: z
      .array(z.enum(proxyNames))
      .min(1)
      .default([...defaultProxies])
      .describe('Zero-cost scores; of several the mean rank counts.'),
    batchSize: z.number().int().min(4).max(512).default(32).describe('Images that a network is scored on.'),
    reference: z
      .number()
      .int()
      .min(4)
      .max(1000)
      .default(32)
      .describe('Random networks of the space among which each takes its rank.'),
  })
  .describe(
    'Nothing is trained: `accuracy` is the rank of a network among random ones by zero-cost scores, from 0 to 1.',
  );

type ProxySpec = z.output<typeof schema>;

/** @throws MixnasError `no-backend` or `bad-data`; `bad-config` for larger batches than there are images. */
export async function createProxyEvaluator(
  { scores: names, batchSize, reference }: ProxySpec,
  data: TrainingData,
): Promise<Evaluator> {
  const { splitSeed, space: source } = data;
  const space = parseSpace(source);
  const dataset = await loadLabelled(data, space.spec.inputChannels);
  const { train: indices } = splitTrainValidation(dataset.train, { validation: 1, seed: splitSeed });
  const batches = await proxyBatches(dataset, indices, { batchSize, seed: splitSeed });
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

export const proxyEntry = defineEvaluator({
  schema,
  create: createProxyEvaluator,
  needsData: true,
  needsBackend: true,
  inParts: false,
  // A rank counts among the networks of its own run only.
  comparable: false,
  trains: false,
  describe: () => 'a rank among random networks by zero-cost scores: nothing was trained',
});
