/** Every optimizer on every path, against the formulas written out in double precision. */
import { afterEach, beforeAll, expect, test } from 'vitest';
import { createRandom } from '../../base/index.js';
import { type Runtime, loadRuntime } from '../runtime/index.js';
import type { NetworkPath, TrainingBatch } from './contract.js';
import { createTrainer } from './network.js';
import type { OptimizerSpec } from './optimizer.js';
import { graphOf } from '../test-helpers/graphs.js';
import { type Weights, initialWeights, inputShape, sizeOf, variablesOf } from './variables.js';

let runtime: Runtime;
let paths: readonly NetworkPath[];
let tensors = 0;
beforeAll(async () => {
  runtime = await loadRuntime();
  paths = runtime.backend === 'tensorflow' ? ['native', 'portable'] : ['portable'];
  tensors = runtime.tf.memory().numTensors;
}, 60_000);
afterEach(() => {
  if (runtime.tf.memory().numTensors !== tensors) throw new Error('the test leaked tensors');
});

const graph = graphOf([{ kernels: [3, 5], seRatio: 0.5, gate: 'soft' }]);
const random = createRandom('batch');
const batch: TrainingBatch = {
  images: Float32Array.from({ length: 6 * sizeOf(inputShape(graph)) }, () => random.normal()),
  targets: Float32Array.from({ length: 6 * 4 }, (_, i) => (i % 5 === 0 ? 0.7 : 0.1)),
  count: 6,
};

const specs: readonly OptimizerSpec[] = [
  { name: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.02 },
  { name: 'sgd', momentum: 0.8, nesterov: false, weightDecay: 0 },
  { name: 'rmsprop', decay: 0.9, momentum: 0.7, epsilon: 1e-3, weightDecay: 0.02 },
  { name: 'adamw', beta1: 0.9, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.1 },
];

/** One element's update by the book; `own` are its slots, changed in place. */
function byTheBook(spec: OptimizerSpec, w: number, g: number, decayed: boolean, rate: number, step: number) {
  const decay = decayed ? spec.weightDecay : 0;
  return (own: Record<string, number>): number => {
    switch (spec.name) {
      case 'sgd': {
        const gradient = g + decay * w;
        own['momentum'] = spec.momentum * (own['momentum'] ?? 0) + gradient;
        return w - rate * (spec.nesterov ? gradient + spec.momentum * own['momentum'] : own['momentum']);
      }
      case 'rmsprop': {
        const gradient = g + decay * w;
        own['meanSquare'] = spec.decay * (own['meanSquare'] ?? 0) + (1 - spec.decay) * gradient ** 2;
        own['momentum'] =
          spec.momentum * (own['momentum'] ?? 0) +
          (rate * gradient) / Math.sqrt(own['meanSquare'] + spec.epsilon);
        return w - own['momentum'];
      }
      case 'adamw': {
        own['mean'] = spec.beta1 * (own['mean'] ?? 0) + (1 - spec.beta1) * g;
        own['meanSquare'] = spec.beta2 * (own['meanSquare'] ?? 0) + (1 - spec.beta2) * g ** 2;
        const corrected = (rate * Math.sqrt(1 - spec.beta2 ** step)) / (1 - spec.beta1 ** step);
        const shrunk = w - rate * decay * w;
        return shrunk - (corrected * own['mean']) / (Math.sqrt(own['meanSquare']) + spec.epsilon);
      }
    }
  };
}

const dataOf = (weights: Weights, name: string) => weights.get(name)?.data as Float32Array;

const far = (a: Weights, b: Weights) =>
  Math.max(
    ...[...a].map(([name, { data }]) => {
      const other = dataOf(b, name);
      const scale = Math.max(1e-3, ...data.map(Math.abs));
      return Math.max(...data.map((value, i) => Math.abs(value - (other[i] as number)))) / scale;
    }),
  );

test.each(specs)('$name with decay $weightDecay: three steps are those of the formula', (plain) => {
  const spec: OptimizerSpec = { ...plain, averaged: true, gateRate: 0.4 };
  const weights = initialWeights(graph, 'optimizer');
  for (const path of paths) {
    const trainer = createTrainer(graph, runtime, { weights, optimizer: spec, path });
    try {
      const slots = new Map<string, Record<string, number>[]>();
      let average = new Map([...weights].map(([name, { shape, data }]) => [name, { shape, data }]));
      for (const seed of [0, 1, 2]) {
        const before = trainer.weights();
        const { gradients } = trainer.gradients(batch, seed);
        trainer.step(batch, { learningRate: 0.01, statistics: 0.3, seed, average: 0.25 });
        const after = trainer.weights();
        const expected: Weights = new Map(
          variablesOf(graph)
            .filter(({ trainable }) => trainable)
            .map(({ name, shape, decayed, gate }) => {
              const g = dataOf(gradients, name);
              const own = slots.get(name) ?? Array.from(g, () => ({}));
              slots.set(name, own);
              const data = dataOf(before, name).map((w, i) =>
                byTheBook(
                  plain,
                  w,
                  g[i] as number,
                  decayed,
                  gate ? 0.004 : 0.01,
                  seed + 1,
                )(own[i] as Record<string, number>),
              );
              return [name, { shape, data }];
            }),
        );
        expect(far(expected, after), `${path}, step ${seed}`).toBeLessThan(1e-4);
        average = new Map(
          [...average].map(([name, { shape, data }]) => {
            const now = dataOf(after, name);
            return [
              name,
              { shape, data: data.map((value, i) => value + 0.25 * ((now[i] as number) - value)) },
            ];
          }),
        );
      }
      expect(far(average, trainer.averages() as Weights), `${path}, averages`).toBeLessThan(1e-5);
      expect(far(weights, trainer.weights())).toBeGreaterThan(1e-3);
    } finally {
      trainer.dispose();
    }
  }
});

test('without averaging there are no averages', () => {
  const trainer = createTrainer(graph, runtime, { seed: 1, optimizer: specs[0] as OptimizerSpec });
  expect(trainer.averages()).toBeUndefined();
  trainer.dispose();
});
