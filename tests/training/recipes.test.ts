/** Whole trainings by recipes with everything in them. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { LayerGraph } from '../../src/models/index.js';
import { type DataSet, loadDataSet } from '../../src/training/data/index.js';
import { graphOf } from '../../src/training/test-helpers/graphs.js';
import { type Runtime, loadRuntime } from '../../src/training/runtime/index.js';
import { decodeTrainingState, encodeTrainingState } from '../../src/training/training-state.js';
import { evaluateNetwork } from '../../src/training/train/evaluate.js';
import { type RecipeInput, recipeSchema } from '../../src/training/train/recipe.js';
import type { StepReport, TrainingState } from '../../src/training/train/state.js';
import type { TrainOptions } from '../../src/training/train/options.js';
import { train } from '../../src/training/train/train.js';

let runtime: Runtime;
let dataset: DataSet;
let tensors = 0;
beforeAll(async () => {
  runtime = await loadRuntime();
  dataset = await loadDataSet({ name: 'textures', size: 256, resolution: 16, classes: 4 });
  tensors = runtime.tf.memory().numTensors;
}, 60_000);
afterEach(() => {
  if (runtime.tf.memory().numTensors !== tensors) throw new Error('the test leaked tensors');
});

const graphAt = (resolution: number): LayerGraph =>
  graphOf(
    [{ kernels: [3, 5, 7], expansion: 3, gate: 'hard', gateThreshold: 'learned', activation: 'relu' }],
    { resolution, stem: { out: 8, stride: 2 }, head: { out: 12, dropout: 0.2 } },
  );
const optionsOf = (recipe: RecipeInput, changes: Partial<TrainOptions> = {}): TrainOptions => ({
  graph: graphAt(16),
  graphAt,
  dataset,
  runtime,
  seed: 5,
  split: {
    validation: 64,
    seed: 1,
  },
  recipe: recipeSchema.parse({
    steps: 18,
    batchSize: 24,
    ...recipe,
  }),
  ...changes,
});

const everything: RecipeInput = {
  averaging: 0.9,
  augmentation: { flip: true, padCrop: 2, cutout: 4, randAugment: { magnitude: 6 }, mixup: 0.4 },
  progressive: [
    { resolution: 8, until: 0.25 },
    { resolution: 12, until: 0.6 },
  ],
  patience: 100,
  gates: { switchOff: 0.3 },
};

/** Gates taught by the open network, bounded each, and closed by rank. */
const allOfGates: RecipeInput['gates'] = { bounds: {}, open: {}, closing: 'rank', switchOff: 0.3 };

describe.each([
  ['sgd', everything.gates],
  ['rmsprop', everything.gates],
  ['adamw', everything.gates],
  ['adamw', allOfGates],
] as const)('%s with everything a recipe has, gates by %j', (optimizer, gates) => {
  test('stopped anywhere and taken up from the bytes of a checkpoint, is the unbroken training to the bit', async () => {
    const options = optionsOf({ ...everything, optimizer, gates }, { validateEvery: 4 });
    const whole = await train(options);
    expect(whole.steps).toBe(18);
    // In the first stage, at its end, between two reports, right after a validation, and near the end.
    let state: TrainingState | undefined;
    for (const until of [3, 5, 7, 12, 17]) {
      const controller = new AbortController();
      const part = train({
        ...options,
        from: state,
        signal: controller.signal,
        onStep: ({ step }) => step === until && controller.abort(new Error('enough')),
        onCheckpoint: (reached) => {
          state = decodeTrainingState(encodeTrainingState(reached));
        },
      });
      await expect(part).rejects.toThrow('enough');
      expect(state?.step).toBe(until);
    }
    const last = await train({ ...options, from: state });
    expect(last.state.weights).toEqual(whole.state.weights);
    expect(last.slots).toEqual(whole.slots);
    expect(last.curve).toEqual(whole.curve);
    expect(last.state.record).toEqual(whole.state.record);
    expect(last.weights).toEqual(whole.weights);
    expect([last.accuracy, last.loss, last.gates]).toEqual([whole.accuracy, whole.loss, whole.gates]);
  });
});

test('aborted after its last step or while it is measured, a training is taken up from there', async () => {
  const options = optionsOf({ ...everything, steps: 6 });
  const whole = await train(options);
  const ways = [
    (controller: AbortController) => controller.abort(new Error('enough')),
    (controller: AbortController) =>
      setImmediate(() => setImmediate(() => controller.abort(new Error('enough')))),
  ];
  for (const abort of ways) {
    const controller = new AbortController();
    let state: TrainingState | undefined;
    const broken = train({
      ...options,
      signal: controller.signal,
      onStep: ({ step }) => step === 6 && abort(controller),
      onCheckpoint: (reached) => {
        state = decodeTrainingState(encodeTrainingState(reached));
      },
    });
    await expect(broken).rejects.toThrow('enough');
    expect(state?.step).toBe(6);
    const resumed = await train({ ...options, from: state });
    expect(resumed.weights).toEqual(whole.weights);
    expect([resumed.curve, resumed.accuracy]).toEqual([whole.curve, whole.accuracy]);
  }
});

test('the random streams go on: without the step at which it stopped, a resumed training is another', async () => {
  const options = optionsOf({ steps: 8 });
  const half = await train({ ...options, until: 4 });
  const whole = await train(options);
  const resumed = await train({ ...options, from: half.state });
  const shifted = await train({ ...options, from: { ...half.state, step: 3 }, until: 7 });
  expect(resumed.weights).toEqual(whole.weights);
  expect(shifted.weights).not.toEqual(whole.weights);
});

test('averages are what is judged and saved, and lie between the first and the last weights', async () => {
  const recipe = { steps: 12, averaging: 0.99 };
  const first = await train(optionsOf(recipe, { until: 1 }));
  const result = await train(optionsOf(recipe));
  expect(result.weights).not.toEqual(result.state.weights);
  expect([...result.weights.keys()]).toEqual([...result.state.weights.keys()]);
  const { accuracy, loss } = await evaluateNetwork({
    graph: graphAt(16),
    weights: result.weights,
    set: dataset.test,
    normalisation: dataset,
    runtime,
  });
  expect(accuracy).toBeGreaterThanOrEqual(0);
  expect(loss).toBeGreaterThan(0);
  const norm = (from: typeof first.weights, to: typeof first.weights) =>
    [...from].reduce(
      (sum, [name, { data }]) =>
        sum + data.reduce((s, value, i) => s + (value - (to.get(name)?.data[i] as number)) ** 2, 0),
      0,
    );
  const whole = norm(first.state.weights, result.state.weights);
  expect(norm(result.weights, result.state.weights)).toBeLessThan(whole);
  expect(norm(result.weights, first.state.weights)).toBeLessThan(whole);
});

test('stops early after the measurements that patience allows, with the best weights', async () => {
  // A learning rate near zero: nothing gets better, so the first measurement is the best.
  const options = optionsOf(
    { steps: 60, patience: 3, learningRate: 1e-12, weightDecay: 0 },
    { validateEvery: 2 },
  );
  const reports: StepReport[] = [];
  const result = await train({ ...options, onStep: (report) => reports.push(report) });
  const measured = reports.flatMap(({ step, validation }) => (validation ? [{ step, ...validation }] : []));
  const best = Math.max(...measured.map(({ accuracy }) => accuracy));
  expect(result.steps).toBeLessThan(60);
  expect(result.accuracy).toBeGreaterThanOrEqual(best);
  const bestStep = measured.find(({ accuracy }) => accuracy === best)?.step as number;
  expect(result.steps).toBe(bestStep + 2 * 3);
});

test('a stage of small images trains the same variables, and is refused where it is too large', async () => {
  const recipe = { steps: 4, progressive: [{ resolution: 8, until: 0.5 }] };
  const [small, plain] = [await train(optionsOf(recipe)), await train(optionsOf({ steps: 4 }))];
  expect([...small.weights.keys()]).toEqual([...plain.weights.keys()]);
  expect(small.weights).not.toEqual(plain.weights);
  await expect(train(optionsOf({ progressive: [{ resolution: 32, until: 0.5 }] }))).rejects.toMatchObject({
    code: 'bad-config',
  });
});

test('gates whose thresholds are given do not close by rank, and bounds are in order', async () => {
  const graph = graphOf([{ kernels: [3, 5], expansion: 3, gate: 'hard' }], { resolution: 16 });
  await expect(train(optionsOf({ gates: { closing: 'rank' } }, { graph }))).rejects.toThrow(
    'recipe, gates.closing: thresholds follow ranks only where they are learned, that of blocks.0.gate.hard is given.',
  );
  const { error } = recipeSchema.safeParse({ gates: { bounds: { low: 0.6, high: 0.5 } } });
  expect(error?.issues[0]).toMatchObject({ message: 'is above `high`', path: ['gates', 'bounds', 'low'] });
});

test('what gates do is counted by class', async () => {
  const { gates } = await train(optionsOf({ steps: 4 }));
  const record = gates?.['blocks.0.gate'];
  expect(record?.byClass).toHaveLength(4);
  for (const weights of [record?.mean, ...(record?.byClass ?? [])]) {
    expect(weights?.reduce((a, b) => a + b, 0)).toBeGreaterThan(0);
    expect(weights?.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(1 + 1e-5);
  }
  expect(record?.runs.every((share) => share >= 0 && share <= 1)).toBe(true);
});

test('a learning rate that is not given is one that suits the optimizer', async () => {
  const rates: number[] = [];
  for (const optimizer of ['sgd', 'rmsprop', 'adamw'] as const) {
    const options = optionsOf({ steps: 2, optimizer, warmup: 0 });
    await train({ ...options, onStep: ({ step, learningRate }) => step === 1 && rates.push(learningRate) });
  }
  expect(rates).toEqual([0.5, 0.01, 0.004]);
});
