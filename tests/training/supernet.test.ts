import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../../src/base/index.js';
import { type MixnetSpace, parseSpace } from '../../src/models/index.js';
import { createNetwork, createTrainer } from '../../src/training/network/network.js';
import { type Weights, sizeOf } from '../../src/training/network/variables.js';
import { type Runtime, loadRuntime } from '../../src/training/runtime/index.js';
import { cutWeights } from '../../src/training/supernet/cut.js';
import { largestSubnet, smallestSubnet } from '../../src/training/supernet/sampling.js';
import { type EncodedSubnet, type Supernet, createSupernet } from '../../src/training/supernet/supernet.js';

let runtime: Runtime;
let tensors = 0;
beforeAll(async () => {
  runtime = await loadRuntime();
  tensors = runtime.tf.memory().numTensors;
}, 60_000);
afterEach(() => {
  if (runtime.tf.memory().numTensors !== tensors) throw new Error('the test leaked tensors');
});

const optimizer = { name: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.01 } as const;

/** Between its members every choice that a space can have, but for hard gates. */
const space = parseSpace({
  name: 'tiny',
  resolution: 16,
  classes: 4,
  stem: { width: [4, 6], kernel: [3, 5], activation: ['relu', 'hswish'] },
  defaults: {
    kernels: [1, 3, 5],
    dilations: [1, 2],
    groups: [1, 2, 3],
    split: ['equal', 'exponential'],
    seRatio: [0, 0.5],
    activation: ['relu', 'swish'],
    expansion: [1, 2],
  },
  stages: [
    { width: [4, 6], depth: [1, 2], gate: ['none', 'soft'], projectGroups: [1, 2] },
    { width: [8], stride: 2, depth: [1, 2, 3], expansion: [2, 3], expandGroups: [1, 2] },
  ],
  head: { width: [0, 12], activation: ['swish'] },
});

function withSupernet<R>(of: MixnetSpace, use: (supernet: Supernet) => R, kernels = true): R {
  const own = kernels ? runtime.kernels : ({ loaded: false, reason: 'turned off' } as const);
  const supernet = createSupernet({
    space: of,
    resolution: 16,
    classes: 4,
    runtime: { ...runtime, kernels: own },
    optimizer,
    seed: 1,
  });
  try {
    return use(supernet);
  } finally {
    supernet.dispose();
  }
}

/** Weights away from any symmetry. */
function uneven(weights: Weights): Weights {
  const random = createRandom('uneven');
  return new Map(
    [...weights].map(([name, { shape, data }]) => {
      const near = name.endsWith('.gamma') || name.endsWith('.variance') ? 1 : 0;
      const keep = name.includes('.transform.');
      const change = (value: number) => (keep ? value : near) + (keep ? 0.05 : 0.3) * (2 * random.next() - 1);
      return [name, { shape, data: data.map(change) }];
    }),
  );
}

const count = 6;
function randomBatch(seed: string) {
  const random = createRandom(seed);
  const pixels = Float32Array.from({ length: count * 16 * 16 * 3 }, () => random.normal());
  const targets = new Float32Array(count * 4).fill(0.05);
  for (let i = 0; i < count; i++) targets[i * 4 + random.int(4)] = 0.85;
  return { pixels, targets, images: () => runtime.tf.tensor4d(pixels, [count, 16, 16, 3]) };
}

const genomes = (n: number) => {
  const random = createRandom('genomes');
  return [
    largestSubnet(space),
    smallestSubnet(space),
    ...Array.from({ length: n }, () => space.random(random)),
  ];
};

const valuesOf = (supernet: Supernet, subnet: EncodedSubnet, pixels: Float32Array) =>
  runtime.tf.tidy(() =>
    supernet.predict(subnet, runtime.tf.tensor4d(pixels, [count, 16, 16, 3])).dataSync<'float32'>(),
  );

describe.each([
  ['our own device kernels', true],
  ["TensorFlow's kernels", false],
])('a subnet that is cut out, with %s', (_, kernels) => {
  test('gives what the supernet gives, for every kind of choice', () => {
    withSupernet(
      space,
      (supernet) => {
        supernet.load(uneven(supernet.weights()));
        const { pixels } = randomBatch('cut');
        for (const genome of genomes(24)) {
          const subnet = supernet.subnet(genome);
          const expected = valuesOf(supernet, subnet, pixels);
          const network = createNetwork(subnet.graph, runtime, {
            weights: supernet.cut(subnet),
            path: 'portable',
          });
          const alone = runtime.tf.tidy(() =>
            network.predict(runtime.tf.tensor4d(pixels, [count, 16, 16, 3])).dataSync<'float32'>(),
          );
          network.dispose();
          expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(1e-3);
          alone.forEach((value, i) => expect(value).toBeCloseTo(expected[i] as number, 3));
        }
      },
      kernels,
    );
  });

  test('has the loss and the gradients of the network trained alone, and none elsewhere', () => {
    withSupernet(
      space,
      (supernet) => {
        const weights = uneven(supernet.weights());
        const { pixels, targets, images } = randomBatch('gradients');
        const input = images();
        const random = createRandom('directions');
        for (const genome of genomes(6)) {
          supernet.load(weights);
          const subnet = supernet.subnet(genome);
          const { loss } = supernet.pass(subnet, { images: input, targets, count }, 1);
          const all = supernet.gradients();
          const trainer = createTrainer(subnet.graph, runtime, {
            weights: supernet.cut(subnet),
            optimizer,
            path: 'portable',
          });
          const alone = trainer.gradients({ images: pixels, targets, count });
          trainer.dispose();
          expect(loss).toBeCloseTo(alone.loss, 4);
          // Cut the gradients as weights are cut; a depthwise kernel is seen through matrices, so not those.
          supernet.load(new Map([...weights, ...all]));
          const cut = supernet.cut(subnet);
          for (const [name, { data }] of alone.gradients) {
            if (name.includes('.depthwise.') && name.endsWith('.kernel')) continue;
            const scale = Math.max(1e-2, ...data.map(Math.abs));
            const own = cut.get(name)?.data as Float32Array;
            data.forEach((value, i) => {
              expect(Math.abs(value - (own[i] as number)) / scale, `${name}[${i}]`).toBeLessThan(5e-3);
            });
          }
          // A depthwise kernel is linear in the super-kernel, and in each matrix between sizes: so a direction
          // there is a direction of the kernels that are cut.
          const plain = cutWeights(subnet, weights);
          for (const [name, { shape, data }] of all) {
            if (!name.includes('.depthwise.') || name.includes('.bn.')) continue;
            const direction = Float32Array.from({ length: sizeOf(shape) }, () => random.normal());
            const slope = data.reduce((sum, value, i) => sum + value * (direction[i] as number), 0);
            const start = weights.get(name)?.data as Float32Array;
            const moved = start.map((value, i) => value + (direction[i] as number));
            const cutThere = cutWeights(subnet, new Map([...weights, [name, { shape, data: moved }]]));
            let expected = 0;
            for (const [kernel, gradient] of alone.gradients) {
              if (!/\.depthwise\.\d+\.kernel$/.test(kernel)) continue;
              const [to, from] = [cutThere.get(kernel)?.data, plain.get(kernel)?.data] as Float32Array[];
              gradient.data.forEach((g, i) => {
                expected += g * ((to?.[i] as number) - (from?.[i] as number));
              });
            }
            expect(Math.abs(slope - expected), `${name}: ${slope} ${expected}`).toBeLessThan(
              2e-3 * Math.max(1, Math.abs(expected)),
            );
          }
        }
        input.dispose();
      },
      kernels,
    );
  });
});

test('gradients of several passes add up, and a step forgets them', () => {
  withSupernet(space, (supernet) => {
    const { targets, images } = randomBatch('sum');
    const batch = { images: images(), targets, count };
    const [a, b] = genomes(0).map((genome) => supernet.subnet(genome)) as [EncodedSubnet, EncodedSubnet];
    const gradientOf = (name: string) => supernet.gradients().get(name)?.data as Float32Array;
    const name = 'stem.conv.kernel';
    supernet.load(uneven(supernet.weights()));
    supernet.pass(a, batch, 0.5);
    const first = gradientOf(name);
    supernet.pass(b, batch, 0.5);
    const both = gradientOf(name);
    supernet.apply(0);
    expect(gradientOf(name).every((value) => value === 0)).toBe(true);
    supernet.pass(b, batch, 0.5);
    gradientOf(name).forEach((value, i) => {
      expect(value + (first[i] as number)).toBeCloseTo(both[i] as number, 5);
    });
    batch.images.dispose();
  });
});

test('statistics that are estimated for a subnet make inference agree with training', () => {
  withSupernet(space, (supernet) => {
    supernet.load(uneven(supernet.weights()));
    const { pixels, targets, images } = randomBatch('calibrate');
    const input = images();
    for (const genome of genomes(6)) {
      const subnet = supernet.subnet(genome);
      const { probabilities } = supernet.pass(subnet, { images: input, targets, count }, 1);
      supernet.calibrate(subnet, input, 1);
      const logits = valuesOf(supernet, subnet, pixels);
      for (let i = 0; i < count; i++) {
        const row = logits.subarray(i * 4, i * 4 + 4);
        const sum = row.reduce((total, value) => total + Math.exp(value), 0);
        row.forEach((value, j) => {
          // Running variances have Bessel's correction, those of training have not.
          expect(Math.abs(Math.exp(value) / sum - (probabilities[i * 4 + j] as number))).toBeLessThan(0.05);
        });
      }
    }
    input.dispose();
  });
});
