/**
 * The evaluator that asks a trained supernet: a network's accuracy with the weights it shares with all others,
 * its batch statistics estimated for it alone. Its second job is to train a network that was cut out further.
 */
import {
  InternalError,
  MixnasError,
  formatInteger,
  messageOf,
  readBytes,
  sizeLimits,
  writeFileAtomic,
} from '../../../base/index.js';
import { type MixnetSpace, gateMetrics, parseSpace } from '../../../models/index.js';
import {
  type Scorer,
  type Supernet,
  createScorer,
  decodeTrainingState,
  describeData,
  encodeNetwork,
  loadRuntime,
  openSupernet,
  splitTrainValidation,
  train,
} from '../../../training/index.js';
import {
  type EvaluationJob,
  type EvaluationOutcome,
  type Evaluator,
  type TrainingData,
  isTrialFault,
} from '../../evaluator.js';
import { loadLabelled } from '../../labelled-data.js';
import { defineEvaluator } from '../entry.js';
import { type SupernetSpec, supernetSchema } from './schema.js';

/** A supernet with its weights, read from a file. */
interface Loaded {
  readonly path: string;
  readonly supernet: Supernet;
  readonly scorer: Scorer;
}

/** @throws MixnasError `no-backend` without TensorFlow, `bad-data`, `bad-config` for unfit numbers of images. */
export async function createSupernetEvaluator(spec: SupernetSpec, data: TrainingData): Promise<Evaluator> {
  const { calibration, validation, finetune } = spec;
  const { dataset: dataSpec, splitSeed, identity, space: source } = data;
  const space: MixnetSpace = parseSpace(source);
  const dataset = await loadLabelled(data, space.spec.inputChannels);
  const split = splitTrainValidation(dataset.train, { validation, seed: splitSeed });
  const runtime = await loadRuntime({ intraOpThreads: 1 });
  let loaded: Loaded | undefined;

  async function load(path: string | undefined): Promise<Loaded> {
    if (path === undefined) throw new InternalError('a supernet job without a supernet');
    if (loaded?.path === path) return loaded;
    const supernet = openSupernet(space, dataset, spec, splitSeed, runtime);
    const { weights } = decodeTrainingState(
      readBytes(path, 'bad-data', { own: true, limit: sizeLimits.weights }),
      path,
    );
    supernet.load(weights);
    const scorer = await createScorer({ supernet, dataset, split, calibration, seed: splitSeed, runtime });
    loaded = { path, supernet, scorer };
    return loaded;
  }

  async function tune(
    { seed, weightsPath }: EvaluationJob,
    cut: ReturnType<Scorer['cut']>,
    onProgress: Parameters<Evaluator['evaluate']>[1],
  ): Promise<EvaluationOutcome> {
    const result = await train({
      graph: cut.subnet.graph,
      weights: cut.weights,
      dataset,
      split: { validation, seed: splitSeed },
      recipe: finetune,
      seed,
      runtime,
      onProgress: ({ step, steps, loss }) => onProgress({ step, steps, loss }),
    });
    save(weightsPath, cut.subnet.architecture, result.weights);
    const { accuracy, curve, seconds } = result;
    return { state: 'complete', values: { accuracy }, curve, seconds };
  }

  function save(
    path: string | undefined,
    architecture: Saved['architecture'],
    weights: Saved['weights'],
  ): void {
    if (path === undefined) return;
    const trainedOn = describeData(dataSpec, dataset, identity);
    writeFileAtomic(path, encodeNetwork({ architecture, weights, data: trainedOn }));
  }

  return {
    backend: runtime.backend,
    tensorflow: runtime.tensorflowVersion,
    async evaluate(job, onProgress) {
      const started = performance.now();
      const seconds = () => (performance.now() - started) / 1000;
      try {
        const { scorer } = await load(job.supernet?.path);
        const genome = space.encode(job.architecture);
        if (!genome) throw new InternalError('an architecture of another space');
        if (job.supernet?.tune) return await tune(job, scorer.cut(genome), onProgress);
        const { accuracy, loss } = scorer.score(genome);
        if (job.weightsPath !== undefined) {
          const { subnet, weights } = scorer.cut(genome);
          save(job.weightsPath, subnet.architecture, weights);
        }
        if (!Number.isFinite(loss)) {
          return { state: 'failed', reason: 'Its outputs are not numbers.', seconds: seconds() };
        }
        const values = { accuracy, ...gateMetrics(job.architecture, scorer.gates(genome)) };
        return { state: 'complete', values, curve: [], seconds: seconds() };
      } catch (error) {
        if (!(error instanceof MixnasError) || !isTrialFault(error.code)) throw error;
        return { state: 'failed', reason: messageOf(error), seconds: seconds() };
      }
    },
  };
}

type Saved = Parameters<typeof encodeNetwork>[0];

export const supernetEntry = defineEvaluator({
  schema: supernetSchema,
  create: createSupernetEvaluator,
  needsData: true,
  needsBackend: true,
  inParts: false,
  // What a supernet says counts among the networks that share its weights only.
  comparable: false,
  trains: true,
  heldOut: ({ validation }) => validation,
  supernet: (spec) => spec,
  describe: ({ steps }, data) =>
    `with the weights of a supernet, on validation images of ${data}, ${formatInteger(steps)} training steps`,
});
