/** What steps may ask of gates beyond threshold and penalty: bounds, a pass with every group, closing by rank. */
import { afterEach, beforeAll, expect, test } from 'vitest';
import { createRandom } from '../../src/base/index.js';
import type { LayerGraph } from '../../src/models/index.js';
import type { Trainer, TrainingBatch } from '../../src/training/network/contract.js';
import { type GateControls, type GateFeatures, gateLayout } from '../../src/training/network/gates.js';
import { createTrainer } from '../../src/training/network/network.js';
import { limitByRank, rawThreshold } from '../../src/training/network/portable/gates.js';
import { type Weights, inputShape, sizeOf, variablesOf } from '../../src/training/network/variables.js';
import { type Runtime, loadRuntime } from '../../src/training/runtime/index.js';
import { graphOf } from '../../src/training/test-helpers/graphs.js';

let runtime: Runtime;
let tensors = 0;
beforeAll(async () => {
  runtime = await loadRuntime();
  tensors = runtime.tf.memory().numTensors;
}, 60_000);
afterEach(() => {
  if (runtime.tf.memory().numTensors !== tensors) throw new Error('the test leaked tensors');
});

const graph = graphOf([
  { kernels: [5, 3, 7], expansion: 3, gate: 'hard', gateThreshold: 'learned' },
  { kernels: [3, 5], expansion: 3, gate: 'hard', gateThreshold: 'learned', gateWeights: 'sigmoid' },
]);
const layout = gateLayout(graph);
const features: GateFeatures = { bounds: true, open: 'trained', rank: true };
/** Thresholds that are learned instead: ranks move with the weights, which no gradient says. */
const learned: GateFeatures = { bounds: true, open: 'trained' };
const count = 4;
const paths = ['native', 'portable'] as const;

function unevenWeights({ ops }: LayerGraph): Weights {
  const random = createRandom(`uneven ${ops.length}`);
  return new Map(
    variablesOf(graph).map(({ name, role, shape, gate }) => {
      const centre = role === 'gamma' || role === 'variance' ? 1 : 0;
      const spread = (role === 'kernel' ? 0.4 : 0.2) * (gate ? 3 : 1);
      const draw = () => centre + spread * (2 * random.next() - 1) * (role === 'variance' ? 0.3 : 1);
      return [name, { shape, data: Float32Array.from({ length: sizeOf(shape) }, draw) }];
    }),
  );
}
const weights = unevenWeights(graph);

const random = createRandom('batch');
const images = Float32Array.from({ length: count * sizeOf(inputShape(graph)) }, () => random.normal());
const labels = Array.from({ length: count }, () => random.int(graph.classes));
const targets = new Float32Array(count * graph.classes).fill(0.1 / graph.classes);
labels.forEach((label, i) => {
  targets[i * graph.classes + label]! += 0.9;
});
const noise = Float32Array.from({ length: count * layout.noiseWidth }, () => 0.5 * random.normal());
const relaxed: GateControls = { temperature: 1.5, noise, hardness: 0, penalty: 2, target: 0.25 };
const batchOf = (gates: Partial<GateControls>, changes: Partial<TrainingBatch> = {}): TrainingBatch => ({
  images,
  targets,
  count,
  gates: { ...relaxed, ...gates },
  ...changes,
});

function onPath<R>(
  path: (typeof paths)[number],
  use: (trainer: Trainer) => R,
  gates: GateFeatures = features,
): R {
  const optimizer = { name: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.01 } as const;
  const trainer = createTrainer(graph, runtime, { weights, optimizer, path, gates });
  try {
    return use(trainer);
  } finally {
    trainer.dispose();
  }
}

/** How far the slope along a random direction is from what finite differences of the loss give. */
function slopeError(trainer: Trainer, batch: TrainingBatch, lossOf: (trainer: Trainer) => number): number {
  const draws = createRandom('direction');
  const { gradients } = trainer.gradients(batch);
  const direction = new Map(
    [...gradients].map(([name, { data }]) => [name, data.map(() => draws.normal() * 0.3)] as const),
  );
  let slope = 0;
  for (const [name, d] of direction)
    d.forEach((v, i) => (slope += v * (gradients.get(name)?.data[i] as number)));
  const lossAt = (t: number) => {
    const moved = new Map(weights);
    for (const [name, d] of direction) {
      const { shape, data } = weights.get(name) as { shape: readonly number[]; data: Float32Array };
      moved.set(name, { shape, data: data.map((v, i) => v + t * (d[i] as number)) });
    }
    trainer.load(moved);
    return lossOf(trainer);
  };
  const errors = [4e-3, 1e-3, 3e-4].map((h) => Math.abs((lossAt(h) - lossAt(-h)) / (2 * h) - slope));
  trainer.load(weights);
  return Math.min(...errors) / Math.max(1, Math.abs(slope));
}

test.each([
  ['a gate above its bound', { bounds: { weight: 30, low: 0, high: 0.1 } }],
  ['a gate below its bound', { bounds: { weight: 30, low: 0.95, high: 1 } }],
  ['an open pass that is trained too', { open: { weight: 0.4, distillation: 0 } }],
] as const)('%s has the gradient that finite differences give, on both paths', (_, controls) => {
  const batch = batchOf(controls);
  for (const path of paths) {
    onPath(
      path,
      (trainer) => {
        const loss = (own: Trainer) => own.gradients(batch).loss;
        expect(loss(trainer)).not.toBeCloseTo(trainer.gradients(batchOf({})).loss, 3);
        expect(slopeError(trainer, batch, loss), `on ${path}`).toBeLessThan(0.02);
      },
      learned,
    );
  }
});

test('the open network teaches: the same as training on targets blended with its answers', () => {
  const { classes } = graph;
  for (const path of paths) {
    onPath(path, (trainer) => {
      // Its probabilities, one by one: the loss of all groups running, with one target of 1 and no others.
      const open = new Float32Array(layout.noiseWidth * count).fill(1e3);
      const blended = targets.map((target, at) => {
        const one = new Float32Array(count * classes);
        one[at] = 1;
        const gates = { ...relaxed, noise: open, penalty: 0 };
        const { loss } = trainer.gradients({ images, targets: one, count, gates });
        return target + 0.7 * (Math.exp(-count * loss) - target);
      });
      const taught = trainer.gradients(batchOf({ open: { weight: 0, distillation: 0.7 } }));
      const plain = trainer.gradients(batchOf({}, { targets: blended }));
      expect(taught.loss).toBeCloseTo(plain.loss, 3);
      for (const [name, { data }] of taught.gradients) {
        const other = plain.gradients.get(name)?.data as Float32Array;
        const scale = Math.max(1e-2, ...other.map(Math.abs));
        data.forEach((v, i) =>
          expect(Math.abs(v - (other[i] as number)) / scale, `by ${name}`).toBeLessThan(0.01),
        );
      }
    });
  }
});

test('with all of it, both paths give the same loss, gradients, weights and thresholds', () => {
  const batch = batchOf({
    hardness: 1,
    noise: undefined,
    running: 0.4,
    bounds: { weight: 5, low: 0.2, high: 0.3 },
    open: { weight: 0.5, distillation: 0.5 },
  });
  const resultOn = (path: (typeof paths)[number]) =>
    onPath(path, (trainer) => {
      const { loss, gradients } = trainer.gradients(batch);
      trainer.step(batch, { learningRate: 0.01, statistics: 0.3, seed: 0 });
      return { loss, gradients, weights: trainer.weights() };
    });
  const [native, portable] = [resultOn('native'), resultOn('portable')];
  expect(native.loss).toBeCloseTo(portable.loss, 3);
  for (const what of ['gradients', 'weights'] as const) {
    for (const [name, { data }] of native[what]) {
      const other = portable[what].get(name)?.data as Float32Array;
      const scale = Math.max(1e-2, ...other.map(Math.abs));
      data.forEach((v, i) =>
        expect(Math.abs(v - (other[i] as number)) / scale, `by ${name}`).toBeLessThan(2e-3),
      );
    }
  }
  const threshold = 'blocks.0.gate.hard.threshold';
  expect(native.gradients.get(threshold)?.data).toEqual(new Float32Array(1));
  expect(native.weights.get(threshold)?.data).not.toEqual(weights.get(threshold)?.data);
});

test('groups run by rank until they have their share of the MACs; at least one does', () => {
  // Two images; groups of 0.1, 0.3 and 0.6 of the MACs.
  const even = Float32Array.of(1.5, 0.9, 0.6, 0.2, 1.2, 1.6);
  const macs = Float32Array.of(0.1, 0.3, 0.6);
  // By weight: 1.6 (0.6), 1.5 (0.7), 1.2 (1.0), 0.9 (1.3), 0.6 (1.9), 0.2 (2.0), of 2 in all.
  expect([0, 0.29, 0.35, 0.5, 0.8, 1].map((share) => limitByRank(even, macs, share))).toEqual(
    [1.6, 1.6, 1.5, 1.2, 0.9, 0.2].map(Math.fround),
  );
  expect(1 / (1 + Math.exp(-rawThreshold(0.3)))).toBeCloseTo(0.3);
  expect([rawThreshold(0), rawThreshold(2)].every(Number.isFinite)).toBe(true);
});

test('by rank, the share that runs in training is what was asked for', () => {
  for (const running of [0.3, 0.6, 1]) {
    onPath('native', (trainer) => {
      // All of the loss is the penalty, so that it says the share of the MACs that ran.
      const zero = new Float32Array(targets.length);
      const gates = { ...relaxed, hardness: 1, noise: undefined, running, penalty: 1, target: 0 };
      const { loss } = trainer.gradients({ images, targets: zero, count, gates });
      expect(Math.sqrt(loss)).toBeLessThan(running + 1e-3);
      expect(Math.sqrt(loss)).toBeGreaterThan(running - 0.15);
    });
  }
});
