/** What the accuracy study does: its limits, its recipe, its baselines and its tasks. */
import { widened } from '../../src/app/ablation/equal.js';
import { shortHash } from '../../src/base/index.js';
import { createPredictor, loadProfile } from '../../src/hardware/index.js';
import {
  type Architecture,
  type LayerGraph,
  countCost,
  lower,
  referenceArchitecture,
  scaleTo,
} from '../../src/models/index.js';
import { type DataSpec, type Recipe, recipeSchema } from '../../src/training/index.js';
import type { Task } from '../shared/tasks.js';

export const device = 'mali-g76';
/** Where latency and limits are priced, and where networks are trained. */
export const deploy = { resolution: 224, classes: 1000 } as const;
export const proxy = { resolution: 32, classes: 10 } as const;
/** Most MACs at 32x32. */
export const mostMacs = 12e6;
/** Training images that are held out while networks are trained to the end. */
export const validation = 500;
export const splitSeed = 1;

const predictor = createPredictor(loadProfile(device));

/** Predicted latency at 224x224 with 1000 classes, in ms. */
export const latencyMs = (architecture: Architecture): number =>
  predictor.latencyMs(lower(architecture, deploy));

/** The architecture as it is trained: without as many first strides as images of 32x32 do not bear. */
export const trainedForm = (architecture: Architecture): Architecture => scaleTo(architecture, proxy);
export const graphOf = (architecture: Architecture): LayerGraph => lower(trainedForm(architecture));
export const trainedMacs = (architecture: Architecture): number => countCost(graphOf(architecture)).macs;

/** A reference model at the greatest width, in hundredths, that keeps within a latency; 0.1 where none does. */
export function baseline(
  name: string,
  most: number,
): { readonly width: number; readonly architecture: Architecture } {
  const reference = referenceArchitecture(name);
  for (let hundredths = 200; hundredths > 10; hundredths--) {
    const architecture = widened(reference, hundredths / 100);
    if (latencyMs(architecture) <= most) return { width: hundredths / 100, architecture };
  }
  return { width: 0.1, architecture: widened(reference, 0.1) };
}

/** For tens of epochs: shifted and mirrored images, a long cosine, and the moving average of the weights. */
export function recipeOf(steps: number): Recipe {
  return recipeSchema.parse({
    steps,
    batchSize: 128,
    learningRate: 0.5,
    warmup: 0.1,
    weightDecay: 2e-4,
    averaging: 0.999,
    augmentation: { flip: true, padCrop: 4 },
  });
}

/** A task of the study, as a worker receives it. */
export interface AccuracyTask extends Task {
  /** `speed`: images a second of a few steps. `train`: to the end, then the test images. */
  readonly kind: 'speed' | 'train';
  readonly architecture: Architecture;
  readonly data: DataSpec;
  readonly recipe: Recipe;
  readonly threads: number;
  /** Where an interrupted training resumes. */
  readonly checkpoint: string;
}

export interface Trained {
  /** On the test images. */
  readonly accuracy: number;
  readonly loss: number;
  readonly count: number;
  /** Of the clock, over all parts; from the start of training to the last step. */
  readonly seconds: number;
}

export function taskOf(
  kind: AccuracyTask['kind'],
  architecture: Architecture,
  rest: {
    readonly data: DataSpec;
    readonly recipe: Recipe;
    readonly threads: number;
    readonly folder: string;
  },
): AccuracyTask {
  const { data, recipe, threads, folder } = rest;
  const id = shortHash({ architecture, data, recipe, threads, validation });
  const checkpoint = `${folder}/${id}.safetensors`;
  return { key: `${kind} ${id}`, kind, architecture, data, recipe, threads, checkpoint };
}
