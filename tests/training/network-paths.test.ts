import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../../src/base/index.js';
import { type Runtime, loadRuntime } from '../../src/training/runtime/index.js';
import type { NetworkPath, Trainer, TrainingBatch } from '../../src/training/network/contract.js';
import { createNetwork, createTrainer } from '../../src/training/network/network.js';
import { type GateControls, gateLayout } from '../../src/training/network/gates.js';
import type { SgdSpec } from '../../src/training/network/optimizer.js';
import { graphOf, testGraphs } from '../../src/training/test-helpers/graphs.js';
import {
  type Weights,
  initialWeights,
  inputShape,
  sizeOf,
  variablesOf,
} from '../../src/training/network/variables.js';
import type { LayerGraph } from '../../src/models/index.js';

const sgd: SgdSpec = { name: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.01 };
let runtime: Runtime;
/** A path; the native one with our own device kernels, where they are loaded, and without. */
type Way = NetworkPath | 'TensorFlow kernels';
let paths: readonly Way[];
let tensors = 0;
beforeAll(async () => {
  runtime = await loadRuntime();
  const native: Way[] = runtime.kernels.loaded ? ['native', 'TensorFlow kernels'] : ['native'];
  paths = runtime.backend === 'tensorflow' ? [...native, 'portable'] : ['portable'];
  tensors = runtime.tf.memory().numTensors;
}, 60_000); // the first load may build our device kernels
afterEach(() => {
  if (runtime.tf.memory().numTensors !== tensors) throw new Error('the test leaked tensors');
});

/** Weights away from any symmetry: no zeros, no ones, statistics of no particular data. */
function unevenWeights(graph: LayerGraph, seed: string): Weights {
  const random = createRandom(seed);
  return new Map(
    variablesOf(graph).map(({ name, role, shape }) => {
      const centre = role === 'gamma' || role === 'variance' ? 1 : 0;
      const spread = role === 'kernel' ? 0.4 : 0.2;
      const data = Float32Array.from(
        { length: sizeOf(shape) },
        () => centre + spread * (2 * random.next() - 1),
      );
      return [name, { shape, data }];
    }),
  );
}

function randomBatch(graph: LayerGraph, count: number, seed: string): TrainingBatch {
  const random = createRandom(seed);
  const images = Float32Array.from({ length: count * sizeOf(inputShape(graph)) }, () => random.normal());
  const targets = new Float32Array(count * graph.classes).fill(0.1 / graph.classes);
  for (let i = 0; i < count; i++) {
    const at = i * graph.classes + random.int(graph.classes);
    targets[at] = (targets[at] as number) + 0.9;
  }
  return { images, targets, count, gates: drawnGates(graph, count, seed) };
}

/** Gates as in training: noise, temperature, penalty; relaxed, so that there is a gradient to check. */
function drawnGates(graph: LayerGraph, count: number, seed: string, hardness = 0): GateControls | undefined {
  const { any, noiseWidth } = gateLayout(graph);
  if (!any) return undefined;
  const random = createRandom(`${seed} gates`);
  const noise = Float32Array.from({ length: count * noiseWidth }, () => random.normal());
  return { temperature: 1.5, noise, hardness, penalty: 2, target: 0.25 };
}

/** The largest difference of two sets of weights, relative to the largest element of each array. */
function largestDifference(a: Weights, b: Weights): number {
  let worst = 0;
  for (const [name, { data }] of a) {
    const other = b.get(name)?.data as Float32Array;
    const scale = Math.max(1e-3, ...data.map(Math.abs));
    data.forEach((value, i) => {
      worst = Math.max(worst, Math.abs(value - (other[i] as number)) / scale);
    });
  }
  return worst;
}

function withTrainer<R>(graph: LayerGraph, way: Way, weights: Weights, use: (trainer: Trainer) => R): R {
  const trainer = createTrainer(graph, runtime, {
    weights,
    optimizer: sgd,
    ...(way === 'TensorFlow kernels' ? { path: 'native', kernels: false } : { path: way }),
  });
  try {
    return use(trainer);
  } finally {
    trainer.dispose();
  }
}

function logitsOf(trainer: Trainer, batch: TrainingBatch): Float32Array {
  const shape = [batch.count, ...inputShape(trainer.graph)] as [number, number, number, number];
  return runtime.tf.tidy(() =>
    Float32Array.from(trainer.predict(runtime.tf.tensor4d(batch.images, shape)).dataSync()),
  );
}

describe.each(Object.entries(testGraphs))('a network with %s', (_, graph) => {
  const weights = unevenWeights(graph, 'weights');
  const batch = randomBatch(graph, 3, 'batch');

  test('has the gradients that finite differences give, on every path', () => {
    const random = createRandom('directions');
    for (const path of paths) {
      withTrainer(graph, path, weights, (trainer) => checkGradients(trainer, path));
    }
    function checkGradients(trainer: Trainer, path: Way) {
      const { gradients } = trainer.gradients(batch);
      // Along a random direction over all variables, and over all but the kernels, which weigh most in it.
      for (const part of ['all', 'all but kernels'] as const) {
        const included = variablesOf(graph).filter(
          (v) => v.trainable && (part === 'all' || v.role !== 'kernel'),
        );
        const direction = new Map(
          included.map(({ name, shape }) => [
            name,
            Float32Array.from({ length: sizeOf(shape) }, () => random.normal()),
          ]),
        );
        let slope = 0;
        for (const [name, d] of direction) {
          const g = gradients.get(name)?.data as Float32Array;
          d.forEach((value, i) => {
            slope += value * (g[i] as number);
          });
        }
        const lossAt = (t: number) => {
          const moved = new Map(weights);
          for (const [name, d] of direction) {
            const { shape, data } = weights.get(name) as { shape: number[]; data: Float32Array };
            moved.set(name, { shape, data: data.map((value, i) => value + t * (d[i] as number)) });
          }
          trainer.load(moved);
          return trainer.gradients(batch).loss;
        };
        // The best of three steps: one that crosses the kink of a ReLU measures something else.
        const errors = [2e-3, 5e-4, 1e-4].map((h) => Math.abs((lossAt(h) - lossAt(-h)) / (2 * h) - slope));
        const allowed = 0.02 * Math.max(1, Math.abs(slope));
        expect(Math.min(...errors), `${path}, ${part}`).toBeLessThan(allowed);
      }
    }
  });

  test('gives the same loss, gradients, outputs and trained weights on every path', () => {
    const results = paths.map((path) =>
      withTrainer(graph, path, weights, (trainer) => {
        const { loss, gradients } = trainer.gradients(batch);
        const before = logitsOf(trainer, batch);
        const losses = [0, 1, 2].map((seed) =>
          trainer.step(batch, { learningRate: 0.01, statistics: 0.3, seed }),
        );
        return {
          gradients,
          numbers: new Map([
            ['loss', { shape: [], data: Float32Array.of(loss, ...losses) }],
            ['before', { shape: [], data: before }],
            ['after', { shape: [], data: logitsOf(trainer, batch) }],
          ]),
          weights: trainer.weights(),
          slots: trainer.slots(),
        };
      }),
    );
    const first = results[0] as (typeof results)[0];
    for (const second of results.slice(1)) {
      expect(largestDifference(first.numbers, second.numbers)).toBeLessThan(2e-4);
      expect(largestDifference(first.gradients, second.gradients)).toBeLessThan(1e-3);
      expect(largestDifference(first.weights, second.weights)).toBeLessThan(1e-4);
      expect(largestDifference(first.slots, second.slots)).toBeLessThan(1e-3);
    }
    expect(largestDifference(weights, first.weights)).toBeGreaterThan(1e-3);
  });

  test.runIf(gateLayout(graph).any)(
    'decides the same on both paths, drawn and at every number of groups',
    () => {
      const drawn = { ...batch, gates: drawnGates(graph, batch.count, 'drawn', 1) };
      const shape = [batch.count, ...inputShape(graph)] as [number, number, number, number];
      const results = paths.map((path) =>
        withTrainer(graph, path, weights, (trainer) => {
          const { loss, gradients } = trainer.gradients(drawn);
          const points = [undefined, 3, 2, 1].flatMap((groups) => {
            const images = runtime.tf.tensor4d(batch.images, shape);
            const { logits, gates } = trainer.inspect(images, groups);
            const predicted = trainer.predict(images, groups);
            expect(predicted.dataSync()).toEqual(logits);
            runtime.tf.dispose([images, predicted]);
            const entries: [string, Weights extends ReadonlyMap<string, infer V> ? V : never][] = [
              [`${groups} logits`, { shape: [], data: logits }],
              ...[...gates].map(([name, array]) => [`${groups} ${name}`, array] as [string, typeof array]),
            ];
            return entries;
          });
          return {
            gradients,
            numbers: new Map([...points, ['loss', { shape: [], data: Float32Array.of(loss) }]]),
          };
        }),
      );
      const [first, second] = [results[0], results.at(-1)] as [(typeof results)[0], (typeof results)[0]];
      expect(largestDifference(first.numbers, second.numbers)).toBeLessThan(2e-4);
      expect(largestDifference(first.gradients, second.gradients)).toBeLessThan(1e-3);
    },
  );

  test('answers a batch of many as it answers each alone', () => {
    const many = randomBatch(graph, 5, 'many');
    const size = sizeOf(inputShape(graph));
    for (const path of paths) {
      withTrainer(graph, path, weights, (trainer) => {
        const together = logitsOf(trainer, many);
        for (let i = 0; i < many.count; i++) {
          const one = { ...many, images: many.images.slice(i * size, (i + 1) * size), count: 1 };
          logitsOf(trainer, one).forEach((value, j) => {
            expect(value).toBeCloseTo(together[i * graph.classes + j] as number, 4);
          });
        }
      });
    }
  });
});

test('initial weights depend on the seed and on the name, not on the other variables', () => {
  const small = graphOf([{}]);
  const large = graphOf([{ kernels: [3, 5], expansion: 3 }, {}]);
  const kernel = (graph: LayerGraph, seed: number) =>
    initialWeights(graph, seed).get('stem.conv.kernel')?.data;
  expect(kernel(small, 1)).toEqual(kernel(large, 1));
  expect(kernel(small, 1)).not.toEqual(kernel(small, 2));
});

test('weights of another network are refused with the name of the first that does not fit', () => {
  const weights = initialWeights(graphOf([{}]), 1);
  expect(() => createNetwork(graphOf([{ kernels: [5] }]), runtime, { weights })).toThrow(
    'The weights: blocks.0.depthwise.0.kernel has the shape [3, 3, 12, 1], the network wants [5, 5, 12, 1].',
  );
  expect(() => createNetwork(graphOf([{}, {}]), runtime, { weights })).toThrow(
    'blocks.1.expand.kernel is missing',
  );
});

test('training drops features, inference does not, and the same seed drops the same', () => {
  const graph = graphOf([{}], { head: { out: 10, dropout: 0.5 } });
  const weights = unevenWeights(graph, 'dropout');
  const batch = randomBatch(graph, 4, 'dropout');
  for (const path of paths) {
    withTrainer(graph, path, weights, (trainer) => {
      expect(trainer.gradients(batch, 1).loss).toBe(trainer.gradients(batch, 1).loss);
      expect(trainer.gradients(batch, 1).loss).not.toBe(trainer.gradients(batch, 2).loss);
      expect(logitsOf(trainer, batch)).toEqual(logitsOf(trainer, batch));
    });
  }
});

test('the tensor count stays flat over steps', () => {
  const graph = graphOf([{ kernels: [3, 5], seRatio: 0.5 }]);
  const batch = randomBatch(graph, 4, 'flat');
  for (const path of paths) {
    withTrainer(graph, path, unevenWeights(graph, 'flat'), (trainer) => {
      const counts = [0, 1, 2, 3].map((seed) => {
        trainer.step(batch, { learningRate: 0.01, statistics: 0.1, seed });
        return runtime.tf.memory().numTensors;
      });
      expect(new Set(counts).size).toBe(1);
    });
  }
});

test('a network gives its memory back when it is disposed of', () => {
  const graph = graphOf([{ kernels: [3, 5] }]);
  const batch = randomBatch(graph, 64, 'memory');
  const weights = unevenWeights(graph, 'memory');
  const residentAfter = (networks: number) => {
    for (let i = 0; i < networks; i++) {
      withTrainer(graph, paths[0] as Way, weights, (trainer) =>
        trainer.step(batch, { learningRate: 0.01, statistics: 0.1, seed: i }),
      );
    }
    return process.memoryUsage().rss;
  };
  const before = residentAfter(4);
  expect(residentAfter(12) / before).toBeLessThan(1.1);
});
