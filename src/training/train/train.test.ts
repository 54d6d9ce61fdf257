import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type DataSet, loadDataSet } from '../data/index.js';
import { graphOf } from '../test-helpers/graphs.js';
import { type Runtime, loadRuntime } from '../runtime/index.js';
import { evaluateNetwork } from './evaluate.js';
import { recipeSchema } from './recipe.js';
import { learningRateAt, statisticsShareAt } from './schedule.js';
import { softTargets } from './targets.js';
import { decodeTrainingState, encodeTrainingState } from '../training-state.js';
import type { TrainingProgress, TrainingState } from './state.js';
import { type TrainingResult, train } from './train.js';

let runtime: Runtime;
let dataset: DataSet;
let tensors = 0;
beforeAll(async () => {
  runtime = await loadRuntime();
  dataset = await loadDataSet({ name: 'textures', size: 512, resolution: 16, classes: 4 });
  tensors = runtime.tf.memory().numTensors;
}, 60_000);
afterEach(() => {
  if (runtime.tf.memory().numTensors !== tensors) throw new Error('the test leaked tensors');
});

const graph = graphOf([{ kernels: [3, 7], out: 16, activation: 'relu' }], {
  resolution: 16,
  stem: { out: 12, stride: 2, kernel: 5 },
});
const recipe = recipeSchema.parse({
  steps: 100,
  batchSize: 32,
  learningRate: 0.3,
  warmup: 0.1,
  augmentation: { padCrop: 0 },
});
const options = () => ({
  graph,
  dataset,
  split: { validation: 128, seed: 1 },
  recipe,
  seed: 7,
  runtime,
});

describe('training', () => {
  test('learns textures well above chance, and its weights evaluate to what it reported', async () => {
    const result = await train(options());
    expect(result.accuracy).toBeGreaterThan(0.4);
    expect(result.curve.at(-1)).toMatchObject({ step: 100, accuracy: result.accuracy });
    expect(result.curve[0]?.loss).toBeGreaterThan(result.curve.at(-1)?.loss as number);
    const evaluation = await evaluateNetwork({
      graph,
      weights: result.weights,
      set: dataset.test,
      normalisation: dataset,
      runtime,
    });
    expect(evaluation.count).toBe(128);
    expect(Math.abs(evaluation.accuracy - result.accuracy)).toBeLessThan(0.15);
  });

  test('gives the same weights to the bit for the same seed, others for another', async () => {
    const short = { ...recipe, steps: 12 };
    const [first, second, other] = [
      await train({ ...options(), recipe: short }),
      await train({ ...options(), recipe: short }),
      await train({ ...options(), recipe: short, seed: 8 }),
    ];
    expect(second.weights).toEqual(first.weights);
    expect(second.curve).toEqual(first.curve);
    expect(other.weights).not.toEqual(first.weights);
  });

  test('in parts, each taken up from the bytes of a file, gives the same weights to the bit as in one go', async () => {
    const short = { ...recipe, steps: 12, augmentation: { ...recipe.augmentation, padCrop: 2 } };
    const whole = await train({ ...options(), recipe: short });
    let state: TrainingState | undefined;
    let last: TrainingResult | undefined;
    for (const until of [4, 5, 12]) {
      last = await train({ ...options(), recipe: short, from: state, until });
      expect(last.steps).toBe(until);
      state = decodeTrainingState(encodeTrainingState({ ...last, step: last.steps }));
    }
    expect(last?.weights).toEqual(whole.weights);
    expect(last?.slots).toEqual(whole.slots);
    expect(last?.accuracy).toBe(whole.accuracy);
    expect(last?.curve.map(({ step }) => step)).toEqual(
      whole.curve.map(({ step }) => step).filter((step) => step > 5),
    );
  });

  test('reports its progress and stops within a step of being aborted', async () => {
    const controller = new AbortController();
    const reports: TrainingProgress[] = [];
    const training = train({
      ...options(),
      signal: controller.signal,
      onProgress(progress) {
        reports.push(progress);
        if (progress.step >= 20) controller.abort(new Error('enough'));
      },
    });
    await expect(training).rejects.toThrow('enough');
    expect(reports.map(({ step }) => step)).toEqual([5, 10, 15, 20]);
    expect(reports[0]).toMatchObject({ steps: 100, loss: expect.any(Number) });
  });

  test('ends as diverged, with the step and the learning rate, when the loss is no number', async () => {
    const wild = { ...recipe, learningRate: 1e30, warmup: 0 };
    await expect(train({ ...options(), recipe: wild })).rejects.toMatchObject({
      code: 'diverged',
      message: expect.stringMatching(
        /^Training diverged: the loss is NaN at step \d+, learning rate [\d.e+]+\.$/,
      ),
    });
  });

  test('names the last step and its learning rate when only the last measurement is no number', async () => {
    const wild = { ...recipe, learningRate: 1e30, warmup: 0, steps: 1 };
    await expect(train({ ...options(), recipe: wild })).rejects.toThrow(/at step 1, learning rate 1e\+30\.$/);
  });

  test('refuses images of another size or number of classes, naming both', async () => {
    const architecture = { ...options(), graph: graphOf([{}], { resolution: 8 }) };
    await expect(train(architecture)).rejects.toThrow(
      'The network takes 8 x 8 images, those of textures are 16 x 16.',
    );
    const classes = graphOf([{}], { resolution: 16, classes: 3 });
    await expect(train({ ...options(), graph: classes })).rejects.toThrow(
      'The network has 3 classes, textures has 4.',
    );
  });
});

test('the learning rate warms up in a line, peaks once and falls to nearly zero', () => {
  const schedule = { steps: 100, warmup: 0.1, learningRate: 0.5 };
  const rates = Array.from({ length: 100 }, (_, step) => learningRateAt(step, schedule));
  expect(rates[0]).toBeCloseTo(0.05);
  expect(rates[9]).toBeCloseTo(0.5);
  expect(rates[10]).toBeCloseTo(0.5);
  expect(rates[55]).toBeCloseTo(0.25);
  expect(rates[99]).toBeLessThan(0.001);
  for (let i = 11; i < 100; i++) expect(rates[i]).toBeLessThan(rates[i - 1] as number);
});

test('statistics follow the batches quickly at first and at their momentum in the end', () => {
  expect(statisticsShareAt(0, 0.99)).toBeCloseTo(0.9);
  expect(statisticsShareAt(90, 0.99)).toBeCloseTo(0.09);
  expect(statisticsShareAt(10_000, 0.99)).toBeCloseTo(0.01);
});

test('smoothed targets sum to one', () => {
  const targets = softTargets([1, 0], 4, 0.2);
  expect([...targets].map((value) => Number(value.toFixed(6)))).toEqual([
    0.05, 0.85, 0.05, 0.05, 0.85, 0.05, 0.05, 0.05,
  ]);
});
