/**
 * Soak: networks of every kind are trained, evaluated and thrown away, one after another in one process,
 * while two others are trained on throughout. Resident memory must stay flat and the tensor count the same.
 *
 *     npm run soak                       # 30 minutes
 *     npm run soak -- --minutes 0.5
 *
 * A line of JSON for every round; the last is the verdict, and the exit code is 1 when it is bad. Resident
 * memory after the warm-up (the first fifth) is compared between the first and the last fifth of the rest,
 * by medians; peaks of single rounds are in the lines.
 */
import { parseArgs } from 'node:util';
import { upperMedian } from '../src/base/index.js';
import { lower, parseArchitecture } from '../src/models/index.js';
import {
  type RecipeInput,
  createTrainer,
  evaluateNetwork,
  loadDataSet,
  loadRuntime,
  recipeSchema,
  train,
} from '../src/training/index.js';

const { values: options } = parseArgs({ options: { minutes: { type: 'string', default: '30' } } });
/** The most by which resident memory may have grown. */
const allowedGrowth = 0.1;

const blocks = [
  { kernels: [3] },
  { kernels: [3, 5, 7], seRatio: 0.25, activation: 'swish' },
  { kernels: [3, 7], gate: 'soft' },
  { kernels: [3, 5, 9], gate: 'hard', gateThreshold: 'learned' },
  { kernels: [3, 5], dilations: [2, 1], expandGroups: 2, projectGroups: 2 },
] as const;
const recipes: readonly RecipeInput[] = [
  { optimizer: 'sgd', averaging: 0.9 },
  { optimizer: 'rmsprop', augmentation: { mixup: 0.2, cutout: 4, randAugment: {} } },
  { optimizer: 'adamw', progressive: [{ resolution: 8, until: 0.5 }], patience: 2 },
];

const graphOf = (round: number, resolution = 16) =>
  lower(
    parseArchitecture({
      resolution,
      classes: 4,
      stem: { out: 12, stride: 2 },
      blocks: [0, 1].map((offset) => ({
        op: 'inverted-residual',
        expansion: 4,
        out: 12,
        ...(blocks[(round + offset) % blocks.length] as (typeof blocks)[number]),
      })),
      head: { out: 24, dropout: 0.1 },
    }),
  );

const runtime = await loadRuntime({ intraOpThreads: 1 });
const dataset = await loadDataSet({ name: 'textures', size: 512, resolution: 16, classes: 4 });
// On the portable path too, whose variables are tensors.
const lasting = [undefined, 'portable' as const].map((path) =>
  createTrainer(graphOf(1), runtime, {
    path,
    seed: 1,
    optimizer: { name: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, averaged: true },
  }),
);
const images = new Float32Array(32 * 16 * 16 * 3).map((_, i) => Math.sin(i));
const targets = new Float32Array(32 * 4).fill(0.25);

const rss: number[] = [];
const tensors = new Set<number>();
const end = performance.now() + Number(options.minutes) * 60_000;
// A multiple of all the kinds there are, so that the compared parts hold the same.
const kinds = blocks.length * recipes.length;
for (let round = 0; performance.now() < end || round % kinds !== 0 || round < kinds; round++) {
  const graph = graphOf(round);
  const recipe = recipeSchema.parse({
    steps: 8,
    batchSize: 32,
    learningRate: 0.01,
    ...recipes[round % recipes.length],
  });
  const { weights } = await train({
    graph,
    graphAt: (resolution) => graphOf(round, resolution),
    dataset,
    recipe,
    runtime,
    seed: round,
    split: { validation: 128, seed: 1 },
    validateEvery: 3,
  });
  await evaluateNetwork({ graph, weights, set: dataset.test, normalisation: dataset, runtime });
  const rates = { learningRate: 1e-4, statistics: 0.1, seed: round, average: 0.1 };
  for (const trainer of lasting) trainer.step({ images, targets, count: 32 }, rates);
  const { numTensors } = runtime.tf.memory();
  rss.push(process.memoryUsage().rss);
  tensors.add(numTensors);
  console.log(JSON.stringify({ round, rssMb: Math.round((rss.at(-1) as number) / 2 ** 20), numTensors }));
}

const fifth = Math.floor(rss.length / 5);
const before = upperMedian(rss.slice(fifth, 2 * fifth));
const after = upperMedian(rss.slice(-fifth));
const growth = after / before - 1;
const flat = growth <= allowedGrowth && tensors.size === 1;
console.log(
  JSON.stringify({
    flat,
    rounds: rss.length,
    rssMbBefore: Math.round(before / 2 ** 20),
    rssMbAfter: Math.round(after / 2 ** 20),
    growth: Number(growth.toFixed(4)),
    numTensors: [...tensors],
  }),
);
for (const trainer of lasting) trainer.dispose();
process.exitCode = flat ? 0 : 1;
