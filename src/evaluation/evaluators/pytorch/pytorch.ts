/** The evaluator that trains in PyTorch: a process a worker that stays up, with the package in `python/`. */
import { MixnasError, defaultPython, formatInteger } from '../../../base/index.js';
import { type Architecture, gateMetrics, lower, scaleTo } from '../../../models/index.js';
import {
  type DataSet,
  decodedFolderOf,
  describeData,
  networkMetadata,
  recipeSchema,
  splitTrainValidation,
} from '../../../training/index.js';
import type { EvaluationJob, Evaluator, TrainingData } from '../../evaluator.js';
import { loadLabelled } from '../../labelled-data.js';
import { limitsOf } from '../command/leash.js';
import { createLineParser } from '../command/lines.js';
import { servedPrograms } from '../command/served.js';
import { defineEvaluator } from '../entry.js';
import { probeTorch, pythonPath } from './python.js';
import { type PytorchSpec, pytorchSchema } from './schema.js';

/** Mean weights of the groups, by the gate's name. */
type GateMeans = Readonly<Record<string, readonly number[]>>;

/**
 * Starts nothing yet; checks that Python has what it needs, and that the data suits the recipe.
 * @throws MixnasError `bad-config` without PyTorch, for what it does not do with gates, or for more validation images than there are; `bad-data`.
 */
export async function createPytorchEvaluator(spec: PytorchSpec, data: TrainingData): Promise<Evaluator> {
  refuseGates(spec);
  const python = spec.python ?? defaultPython();
  const { torch } = probeTorch(python, spec.device);
  const { dataset: dataSpec, splitSeed, identity } = data;
  const dataset = await loadLabelled(data);
  const { validation } = splitTrainValidation(dataset.train, {
    validation: spec.validation,
    seed: splitSeed,
  });
  const folder = await decodedFolderOf(dataSpec, dataset);
  const at = { resolution: dataset.train.width, classes: dataset.train.classes.length };
  const lines = createLineParser([], () => {});
  /** What the gates of each trial did: its last line says so, which the line's reader does not keep. */
  const gates = new Map<number, GateMeans>();
  const programs = servedPrograms({
    spec,
    limits: limitsOf(spec.timeoutSeconds, data.trialLimits),
    command: ['env', `PYTHONPATH=${pythonPath()}`, python, '-m', 'mixnas_torch', 'serve'],
    greeting: `${JSON.stringify({ setup: setupOf(spec, dataset, folder, [...validation]) })}\n`,
    parse(text) {
      if (text.startsWith('{"ready"')) return undefined;
      if (text.startsWith('{"accuracy"')) keepGates(text, gates);
      return lines(text);
    },
    request: (job) => `${JSON.stringify(requestOf(spec, job, scaleTo(job.architecture, at), metadata))}\n`,
  });
  const metadata = (architecture: Architecture) =>
    networkMetadata({ architecture, data: describeData(dataSpec, dataset, identity) });
  return {
    backend: `pytorch ${torch}`,
    close: programs.close,
    async evaluate(job, onProgress, signal) {
      const outcome = await programs.evaluate(job, onProgress, signal);
      if (outcome.state !== 'complete') return outcome;
      const means = gates.get(job.trial) ?? {};
      gates.delete(job.trial);
      return {
        ...outcome,
        values: { ...outcome.values, ...gateMetrics(scaleTo(job.architecture, at), means) },
      };
    },
  };
}

/** What all trials of a process have in common. */
function setupOf(spec: PytorchSpec, { mean, std }: DataSet, decoded: string, validation: readonly number[]) {
  const { device, precision, compile, threads } = spec;
  const recipe = recipeSchema.strip().parse(spec);
  return { recipe, device, precision, compile, threads, data: { decoded, mean, std }, validation };
}

function requestOf(
  { steps }: PytorchSpec,
  { trial, seed, weightsPath, part }: EvaluationJob,
  architecture: Architecture,
  metadata: (architecture: Architecture) => object,
) {
  const { until = steps, load, save } = part ?? {};
  return {
    trial,
    seed,
    graph: lower(architecture),
    until,
    load,
    save,
    ...(weightsPath !== undefined && { weights: weightsPath, metadata: metadata(architecture) }),
  };
}

/** @throws MixnasError `bad-config` for the parts of a recipe that only our own trainer has. */
function refuseGates({ gates }: PytorchSpec): void {
  const [field, text] = gates.open ? ['open', ''] : gates.closing === 'rank' ? ['closing', ': rank'] : [];
  if (field === undefined) return;
  throw new MixnasError(
    'bad-config',
    `evaluator.gates.${field}${text} is not known to the PyTorch trainer.`,
    {
      remedy: 'Leave it out, or train with `evaluator: training`.',
    },
  );
}

/** Keeps the gates of an answer; one that is broken is for the reader of lines to refuse. */
function keepGates(text: string, gates: Map<number, GateMeans>): void {
  try {
    const { trial, gates: means } = JSON.parse(text) as { trial: number; gates: GateMeans };
    gates.set(trial, means);
  } catch {
    return;
  }
}

export const pytorchEntry = defineEvaluator({
  schema: pytorchSchema,
  create: createPytorchEvaluator,
  needsData: true,
  needsBackend: false,
  inParts: true,
  comparable: true,
  trains: false,
  workers: ({ gpus }) => gpus?.length ?? 1,
  program: ({ python }) => python,
  // A worker that was given a GPU is to use it, not to train a hundred times as long on its processor.
  elsewhere: (spec, { python, hasGpus }) => ({
    ...spec,
    python,
    gpus: undefined,
    device: spec.device === 'auto' && hasGpus ? 'cuda' : spec.device,
  }),
  heldOut: ({ validation }) => validation,
  describe: ({ steps }, data) =>
    `measured on validation images of ${data}, ${formatInteger(steps)} training steps in PyTorch`,
});
