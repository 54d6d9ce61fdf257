/** The evaluator that trains: every architecture from scratch, for a fixed number of steps. */
import { z } from 'zod';
import { MixnasError, createRandom, formatInteger, messageOf, writeFileAtomic } from '../../base/index.js';
import { gateMetrics, lower, scaleTo } from '../../models/index.js';
import {
  type DataSet,
  type Recipe,
  createBatchStream,
  describeData,
  encodeNetwork,
  heldOutSchema,
  loadRuntime,
  readTrainingState,
  recipeSchema,
  splitTrainValidation,
  train,
  writeTrainingState,
} from '../../training/index.js';
import { type Evaluator, type TrainingData, isTrialFault } from '../evaluator.js';
import { int8Accuracy } from '../int8-accuracy.js';
import { loadLabelled } from '../labelled-data.js';
import { defineEvaluator } from './entry.js';

const schema = recipeSchema
  .safeExtend({
    name: z
      .literal('training')
      .describe('Trains every architecture from scratch for a fixed number of steps.'),
    validation: heldOutSchema,
  })
  .describe('Short training: the accuracy of each architecture is really measured.');

/** Training with every default filled in. */
export type TrainingSpec = z.output<typeof schema>;

/**
 * Loads the backend and the data set, once, and checks that the data suits the recipe.
 * @throws MixnasError `no-backend`, `bad-data`, or `bad-config` for more validation images or larger
 *   batches than there are images.
 */
export async function createTrainingEvaluator(spec: TrainingSpec, data: TrainingData): Promise<Evaluator> {
  const { validation } = spec;
  const recipe = recipeOf(spec);
  const { dataset: dataSpec, splitSeed, identity, int8 } = data;
  const dataset = await loadLabelled(data);
  const split = { validation, seed: splitSeed };
  checkFit(dataset, split, recipe);
  const runtime = await loadRuntime({ intraOpThreads: 1 });

  return {
    backend: runtime.backend,
    tensorflow: runtime.tensorflowVersion,
    async evaluate({ architecture, seed, weightsPath, part }, onProgress) {
      const started = performance.now();
      const at = { resolution: dataset.train.width, classes: dataset.train.classes.length };
      const trained = scaleTo(architecture, at);
      try {
        const from = part?.load === undefined ? undefined : readTrainingState(part.load);
        const result = await train({
          graph: lower(trained),
          graphAt: (resolution) => lower(trained, { resolution }),
          dataset,
          split,
          recipe,
          seed,
          runtime,
          from,
          until: part?.until,
          onProgress: ({ step, steps, loss }) => onProgress({ step, steps, loss }),
        });
        if (part?.save !== undefined) writeTrainingState(part.save, result.state);
        if (weightsPath !== undefined) {
          writeFileAtomic(
            weightsPath,
            encodeNetwork({
              architecture: trained,
              weights: result.weights,
              data: describeData(dataSpec, dataset, identity),
              gates: result.gates,
            }),
          );
        }
        const { seconds, gates = {} } = result;
        const accuracies = int8
          ? {
              accuracy: (await int8Accuracy(trained, result.weights, dataset, { split, runtime })).int8,
              floatAccuracy: result.accuracy,
            }
          : { accuracy: result.accuracy };
        const means = Object.fromEntries(Object.entries(gates).map(([name, { mean }]) => [name, mean]));
        // Of this part alone: the points before it were reported with the part before.
        const curve = result.curve.filter(({ step }) => step > (part?.from ?? 0));
        return {
          state: 'complete',
          values: { ...accuracies, ...gateMetrics(trained, means) },
          curve,
          seconds,
        };
      } catch (error) {
        if (error instanceof MixnasError && !isTrialFault(error.code)) throw error;
        return { state: 'failed', reason: messageOf(error), seconds: (performance.now() - started) / 1000 };
      }
    },
  };
}

/** What is said of the training itself. */
function recipeOf({ name: _name, validation: _validation, ...recipe }: TrainingSpec): Recipe {
  return recipe;
}

/** Cuts what training will cut, so that images that do not suffice are found before the first trial. */
function checkFit(
  dataset: DataSet,
  split: { validation?: number | undefined; seed: string | number },
  { batchSize, augmentation }: Recipe,
): void {
  const { train, mean, std } = dataset;
  const indices = splitTrainValidation(train, split).train;
  createBatchStream(train, indices, { batchSize, augmentation, random: createRandom(0), mean, std });
}

export const trainingEntry = defineEvaluator({
  schema,
  create: createTrainingEvaluator,
  needsData: true,
  needsBackend: true,
  inParts: true,
  comparable: true,
  trains: true,
  quantizes: true,
  heldOut: ({ validation }) => validation,
  recipe: recipeOf,
  describe: ({ steps }, data) =>
    `measured on validation images of ${data}, ${formatInteger(steps)} training steps`,
});
