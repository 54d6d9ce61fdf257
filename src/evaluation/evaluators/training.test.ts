import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type ArchitectureInput, parseArchitecture } from '../../models/index.js';
import type { RecipeInput } from '../../training/index.js';
import type { EvaluationJob } from '../evaluator.js';
import { evaluatorSchema } from './index.js';
import { type TrainingSpec, createTrainingEvaluator } from './training.js';

const block: ArchitectureInput['blocks'][number] = {
  op: 'inverted-residual',
  kernels: [3, 5],
  expansion: 2,
  out: 8,
  gate: 'soft',
};
const architecture = parseArchitecture({
  resolution: 32,
  classes: 10,
  stem: { out: 8, stride: 2 },
  blocks: [block],
  head: { out: 12 },
});
const job = (changes: Partial<EvaluationJob> = {}): EvaluationJob => ({
  trial: 0,
  architecture,
  seed: 'seed',
  ...changes,
});

function evaluatorOf(recipe: RecipeInput) {
  const spec = evaluatorSchema.parse({
    name: 'training',
    validation: 32,
    steps: 12,
    batchSize: 16,
    ...recipe,
  });
  return createTrainingEvaluator(spec as TrainingSpec, {
    dataset: { name: 'textures', seed: 1, size: 128, resolution: 12, classes: 3 },
    splitSeed: 1,
  });
}

test('a training that diverges is a failed trial with its step and learning rate, and the next one runs', async () => {
  const evaluator = await evaluatorOf({ learningRate: 1e30, warmup: 0 });
  for (const trial of [0, 1]) {
    const outcome = await evaluator.evaluate(job({ trial }), () => {});
    expect(outcome).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/^Training diverged: the loss is \S+ at step \d+, learning rate \S+\.$/),
    });
  }
});

test('in parts it reports each point of the curve once, and ends as in one run', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mixnas-parts-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const evaluator = await evaluatorOf({
    optimizer: 'adamw',
    averaging: 0.9,
    progressive: [{ resolution: 8, until: 0.5 }],
  });
  const whole = await evaluator.evaluate(job(), () => {});
  const save = join(folder, 'checkpoint');
  const first = await evaluator.evaluate(job({ part: { from: 0, until: 5, save } }), () => {});
  const second = await evaluator.evaluate(job({ part: { from: 5, until: 12, load: save } }), () => {});
  if (whole.state !== 'complete' || first.state !== 'complete' || second.state !== 'complete') {
    throw new Error('a trial failed');
  }
  expect(second.values).toEqual(whole.values);
  const losses = (curve: typeof whole.curve) => curve.map(({ step, loss }) => [step, loss]);
  expect([...losses(first.curve), ...losses(second.curve)]).toEqual(losses(whole.curve));
});
