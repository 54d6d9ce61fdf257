/** Each kind of block all the way: hashed, counted, priced on a device, trained a few steps on textures. */
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { createRandom } from '../src/base/index.js';
import { createPredictor, loadProfile } from '../src/hardware/index.js';
import {
  type Architecture,
  type ArchitectureInput,
  type Block,
  architectureHash,
  cost,
  countCost,
  createCostCounter,
  lower,
  parseArchitecture,
  parseSpace,
  referenceArchitecture,
  referenceNames,
  scaleTo,
} from '../src/models/index.js';
import universal from '../src/models/space/fixtures/universal.json' with { type: 'json' };
import { createStudy, mixnetSpace, samplerNames } from '../src/search/index.js';
import {
  type DataSet,
  type Runtime,
  loadDataSet,
  loadRuntime,
  recipeSchema,
  train,
} from '../src/training/index.js';

const expanding = { expansion: 3, activation: 'hswish' as const, out: 8 };
/** One block of every kind, by its name. */
const blocks: Record<Block['op'], ArchitectureInput['blocks'][number]> = {
  'inverted-residual': {
    op: 'inverted-residual',
    kernels: [3, 5],
    seRatio: 0.25,
    seStyle: 'mobilenet-v3',
    ...expanding,
  },
  'depthwise-separable': { op: 'depthwise-separable', out: 8 },
  shuffle: { op: 'shuffle', stride: 2, out: 8 },
  'max-pool': { op: 'max-pool' },
  'mobile-vit': { op: 'mobile-vit', dim: 8, depth: 1 },
  'universal-inverted-bottleneck': {
    op: 'universal-inverted-bottleneck',
    startKernel: 3,
    middleKernel: 5,
    ...expanding,
  },
  convolution: { op: 'convolution', out: 8 },
  'fused-inverted-residual': { op: 'fused-inverted-residual', ...expanding },
  ghost: { op: 'ghost', seRatio: 0.25, ...expanding },
};

const kinds = Object.entries(blocks);

const networkOf = (block: ArchitectureInput['blocks'][number]) =>
  parseArchitecture({
    resolution: 16,
    classes: 4,
    stem: { out: 8 },
    blocks: [block, { ...blocks.convolution, op: 'convolution', stride: 1, out: 8 }],
    head: { out: 16, hidden: { out: 12, activation: 'hswish' } },
  });

let runtime: Runtime;
let dataset: DataSet;
beforeAll(async () => {
  runtime = await loadRuntime();
  dataset = await loadDataSet({ name: 'textures', size: 256, resolution: 16, classes: 4 });
}, 60_000);

test.each(kinds)('%s: JSON keeps it, and the hash is of the network', (_, block) => {
  const network = networkOf(block);
  const again = parseArchitecture(JSON.parse(JSON.stringify(network)));
  expect(again).toEqual(network);
  expect(architectureHash({ ...again, name: 'other' })).toBe(architectureHash(network));
});

test.each(kinds)('%s: priced on a phone and counted, block by block as in the whole graph', (_, block) => {
  const network = networkOf(block);
  const predictor = createPredictor(loadProfile('mali-g76'));
  const at = { resolution: 224, classes: 1000 };
  const latencyMs = predictor.latencyMs(lower(network, at));
  expect(latencyMs).toBeGreaterThan(0);
  expect(predictor.latencyOf(network, at)).toBeCloseTo(latencyMs, 9);
  expect(createCostCounter()(network, at)).toEqual(countCost(lower(network, at)));
});

test.each(kinds)('%s: a few steps on textures have finite losses', async (_, block) => {
  const graph = lower(networkOf(block));
  const recipe = recipeSchema.parse({ steps: 3, batchSize: 16 });
  const split = { validation: 64, seed: 1 };
  const { curve, accuracy } = await train({ graph, dataset, split, recipe, seed: 2, runtime });
  expect(curve.length).toBeGreaterThan(0);
  expect(curve.every(({ loss }) => Number.isFinite(loss) && loss > 0)).toBe(true);
  expect(accuracy).toBeGreaterThanOrEqual(0);
});

test('reference models keep their weights when they are made for small images', () => {
  for (const name of referenceNames) {
    const small = scaleTo(referenceArchitecture(name), { resolution: 32, classes: 10 });
    const weights = (architecture: Architecture) =>
      cost(lower(architecture))
        .layers.slice(0, -1)
        .map((layer) => [layer.name, layer.params]);
    expect(weights(small)).toEqual(weights(referenceArchitecture(name)));
  }
});

const several = parseSpace(universal);

test('in a space of several kinds of block, mutations and crossovers are other members that parse and lower', () => {
  const space = mixnetSpace(several);
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = createRandom(seed);
      const [a, b] = [space.random(random), space.random(random)];
      const mutant = space.mutate(a, random);
      expect(mutant).not.toEqual(a);
      for (const child of [mutant, space.crossover(a, b, random)].flat()) {
        expect(several.canonical(child)).toEqual(child);
        const architecture = several.decode(child);
        expect(parseArchitecture(architecture)).toEqual(architecture);
        expect(lower(architecture).ops.at(-1)?.shape).toEqual([1, 1, 7]);
      }
    }),
  );
});

test.each(samplerNames.filter((name) => name !== 'mo-asha'))(
  'the sampler %s searches a space of several kinds of block',
  (sampler) => {
    const study = createStudy({
      space: several,
      objectives: [
        { name: 'macs', direction: 'minimize' },
        { name: 'params', direction: 'maximize' },
      ],
      sampler,
      seed: 5,
    });
    for (let i = 0; i < 24; i++) {
      const trial = study.ask();
      study.tell(trial.id, { ...countCost(lower(trial.architecture)) });
    }
    expect(study.front().length).toBeGreaterThan(0);
  },
);
