import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../../base/index.js';
import { countCost } from '../../models/index.js';
import { createTextures } from '../data/textures.js';
import { graphOf, testGraphs } from '../test-helpers/graphs.js';
import type { TrainingBatch } from '../network/contract.js';
import { type WeightArray, type Weights, inputShape, sizeOf } from '../network/variables.js';
import { type Runtime, loadRuntime } from '../runtime/index.js';
import { azNas, combine, entropyOf } from './az-nas.js';
import { eigenvalues } from './eigenvalues.js';
import { azNasStanding, ensembleStanding } from './ensemble.js';
import { gradNorm, snip, zico } from './gradient-scores.js';
import { proxyNames } from './names.js';
import { logDeterminant, naswot } from './naswot.js';
import { probeWeights } from './probe.js';
import { withoutOps } from './rewire.js';
import { proxyBatches, scoreNetwork } from './score.js';
import { addPatterns } from './swap.js';
import { synapticFlow } from './synflow.js';
import { zen } from './zen.js';

let runtime: Runtime;
let tensors = 0;
beforeAll(async () => {
  runtime = await loadRuntime();
  tensors = runtime.tf.memory().numTensors;
}, 60_000);
afterEach(() => {
  if (runtime.tf.memory().numTensors !== tensors) throw new Error('the test leaked tensors');
});

const array = (...values: number[]): WeightArray => ({
  shape: [values.length],
  data: Float32Array.from(values),
});
const named = (entries: Record<string, WeightArray>): Weights => new Map(Object.entries(entries));

describe('scores of gradients, by hand', () => {
  const weights = named({ 'a.kernel': array(2, -1), 'a.bias': array(9), 'b.kernel': array(4) });
  const gradients = named({ 'a.kernel': array(3, 4), 'a.bias': array(100), 'b.kernel': array(-2) });

  test('the gradient norm is 5 + 2, biases left out', () => {
    expect(gradNorm(gradients)).toBeCloseTo(7, 12);
  });

  test('SNIP is |2*3| + |-1*4| + |4*-2|', () => {
    expect(snip(weights, gradients)).toBeCloseTo(18, 12);
  });

  test('ZiCo is the log of mean |g| over deviation, layer by layer', () => {
    // a: gradients 1 and 3, mean 2, deviation 1; second weight never changes. b: -4 and 8: 6 over 6.
    const first = named({ 'a.kernel': array(1, 5), 'b.kernel': array(-4) });
    const second = named({ 'a.kernel': array(3, 5), 'b.kernel': array(8) });
    expect(zico([first, second])).toBeCloseTo(Math.log(2) + Math.log(1), 12);
  });
});

describe('synaptic flow', () => {
  const flowOf = (flow: ReturnType<typeof synapticFlow>, name: string) => flow.flows.get(name) as number;

  test('is conserved: it sums to the output at the stem and at the classifier', () => {
    for (const name of ['ReLU', 'mixed kernels up to 9 with unequal splits', 'dilated kernels']) {
      const graph = testGraphs[name] as (typeof testGraphs)[string];
      const flow = synapticFlow(runtime, graph, probeWeights(graph, 1));
      const stem = flowOf(flow, 'stem.conv.kernel');
      expect(stem).toBeGreaterThan(0);
      expect(flowOf(flow, 'head.dense.kernel') / stem).toBeCloseTo(1, 4);
      expect(flowOf(flow, 'head.conv.kernel') / stem).toBeCloseTo(1, 4);
    }
  });

  test('does not see the signs of weights', () => {
    const graph = graphOf([{ kernels: [3, 5] }]);
    const weights = probeWeights(graph, 1);
    const flipped = new Map(
      [...weights].map(([k, { shape, data }]) => [k, { shape, data: data.map((v) => -v) }]),
    );
    expect(synapticFlow(runtime, graph, flipped).flows).toEqual(synapticFlow(runtime, graph, weights).flows);
  });

  test('does not overflow where weights are huge', () => {
    const graph = graphOf([{}, {}]);
    const huge = new Map(
      [...probeWeights(graph, 1)].map(([k, { shape, data }]) => [
        k,
        { shape, data: data.map((v) => v * 1e6) },
      ]),
    );
    const { flows, logScale } = synapticFlow(runtime, graph, huge);
    expect([...flows.values()].every((flow) => Number.isFinite(flow) && flow > 0)).toBe(true);
    expect(logScale).toBeGreaterThan(0);
  });
});

describe('NASWOT', () => {
  test('the log determinant is exact for small matrices', () => {
    expect(logDeterminant(Float64Array.of(2, 1, 1, 2), 2)).toBeCloseTo(Math.log(3), 12);
    expect(logDeterminant(Float64Array.of(0, 2, 3, 0), 2)).toBeCloseTo(Math.log(6), 12);
    expect(logDeterminant(Float64Array.of(1, 2, 2, 4), 2)).toBe(Number.NEGATIVE_INFINITY);
  });

  const graph = testGraphs['ReLU'] as (typeof testGraphs)[string];
  const size = sizeOf(inputShape(graph));
  const shape = [2, ...inputShape(graph)] as [number, number, number, number];
  const score = (images: Float32Array) =>
    runtime.tf.tidy(() => naswot(runtime, graph, probeWeights(graph, 1), runtime.tf.tensor4d(images, shape)));

  test('identical images give -Infinity, others a finite score', () => {
    const random = createRandom('images');
    const images = Float32Array.from({ length: 2 * size }, () => random.normal());
    expect(Number.isFinite(score(images))).toBe(true);
    images.copyWithin(size, 0, size);
    expect(score(images)).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('Zen', () => {
  test('is the same for the same seed, and grows with depth and width', () => {
    const small = graphOf([{}]);
    expect(zen(runtime, small, 1)).toBe(zen(runtime, small, 1));
    expect(zen(runtime, graphOf([{}, {}, {}]), 1)).toBeGreaterThan(zen(runtime, small, 1));
    expect(zen(runtime, graphOf([{ expansion: 6 }]), 1)).toBeGreaterThan(zen(runtime, small, 1));
  });
});

describe('SWAP', () => {
  test('counts the patterns over images that differ, over all values', () => {
    // Three images of four values; patterns 101, 101, 000 (0 is not positive), 010.
    const values = Float32Array.of(1, 2, 0, -1, -1, -3, -1, 4, 5, 0.1, -2, 0);
    const seen = new Set<string>();
    addPatterns(values, 3, seen);
    expect(seen.size).toBe(3);
    addPatterns(values, 3, seen);
    expect(seen.size).toBe(3);
    addPatterns(Float32Array.of(1, 1, 1), 3, seen);
    expect(seen.size).toBe(4);
  });

  test('images beyond sixteen count', () => {
    const seen = new Set<string>();
    const values = new Float32Array(40).fill(-1);
    values[20 * 2] = 1; // image 20 of value 0
    addPatterns(values, 20, seen);
    expect(seen.size).toBe(1);
    addPatterns(
      values.map((v, i) => (i === 39 ? 1 : v)),
      20,
      seen,
    );
    expect(seen.size).toBe(2);
  });
});

describe('AZ-NAS', () => {
  test('eigenvalues are those of hand-made matrices', () => {
    const close = (found: number[], wanted: number[]) =>
      wanted.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 10));
    close(eigenvalues(Float64Array.of(2, 1, 1, 2), 2), [3, 1]);
    close(eigenvalues(Float64Array.of(5, 0, 0, 0, -1, 0, 0, 0, 2), 3), [5, 2, -1]);
    // The path of three points: 2 and 2 +- sqrt 2.
    close(eigenvalues(Float64Array.of(2, -1, 0, -1, 2, -1, 0, -1, 2), 3), [
      2 + Math.SQRT2,
      2,
      2 - Math.SQRT2,
    ]);
  });

  test('expressivity sums the entropies, progressivity is the least growth, trainability their mean', () => {
    expect(entropyOf([1, 1, 1, 1])).toBeCloseTo(Math.log(4), 12);
    expect(entropyOf([3, 0, -1e-9])).toBeCloseTo(0, 12);
    expect(combine([1, 3, 2.5], [-0.5, -1])).toEqual({
      expressivity: 6.5,
      progressivity: -0.5,
      trainability: -0.75,
    });
  });

  test('is the same for the same seed; a wider network has features of more components', () => {
    const small = graphOf([{}, {}]);
    expect(azNas(runtime, small, 1)).toEqual(azNas(runtime, small, 1));
    const wide = azNas(runtime, graphOf([{ out: 24 }, { out: 24 }]), 1);
    expect(wide.expressivity).toBeGreaterThan(azNas(runtime, small, 1).expressivity);
    expect(wide.trainability).toBeLessThanOrEqual(0);
  });

  test('ranks are combined by their logarithms, the best being m of m', () => {
    const net = (x: number, y: number) => ({
      azExpressivity: x,
      azProgressivity: x,
      azTrainability: x,
      macs: y,
    });
    const others = [net(1, 4), net(2, 3), net(3, 2), net(4, 1)];
    expect(azNasStanding(others[3] as object, others)).toBeCloseTo(Math.log(1 / 4), 12);
    expect(azNasStanding(others[1] as object, others)).toBeCloseTo(3 * Math.log(2 / 4) + Math.log(3 / 4), 12);
  });
});

describe('all scores of a network', () => {
  const dataset = createTextures({ seed: 1, size: 64, resolution: 8, classes: 4 }, {});

  test('are finite for every kind of block, and repeat to the bit', async () => {
    const indices = Uint32Array.from({ length: 64 }, (_, i) => i);
    const batches = await proxyBatches(dataset, indices, { batchSize: 8, seed: 1 });
    for (const [name, graph] of Object.entries(testGraphs)) {
      if (inputShape(graph)[0] !== 8) continue;
      const options = { graph, batches, names: proxyNames, seed: 1, runtime };
      const scores = scoreNetwork(options);
      expect(Object.values(scores).every(Number.isFinite), `${name}: ${JSON.stringify(scores)}`).toBe(true);
      expect(scoreNetwork(options)).toEqual(scores);
      expect(scores.macs).toBe(countCost(graph).macs);
    }
  });

  test('depth counts layers with a kernel along the longest way', () => {
    const batches: TrainingBatch[] = [];
    const depth = (blocks: Parameters<typeof graphOf>[0]) =>
      scoreNetwork({ graph: graphOf(blocks), batches, names: ['depth'], seed: 1, runtime }).depth;
    expect(depth([{}])).toBe(6); // stem, expand, depthwise, project, head, classifier
    expect(depth([{ expansion: 1 }, {}])).toBe(8);
  });
});

test('ops that are left out leave a sound graph', () => {
  const graph = graphOf([{ seRatio: 0.5, kernels: [3, 5] }, {}]);
  const plain = withoutOps(graph, ({ kind }) => kind === 'multiply' || kind === 'batchNorm');
  expect(plain.ops.map(({ id }) => id)).toEqual(plain.ops.map((_, i) => i));
  expect(plain.ops.some(({ name }) => name.includes('.se.'))).toBe(false);
  for (const { id, inputs } of plain.ops) expect(inputs.every((input) => input < id)).toBe(true);
});

test('the ensemble is the mean share of others that are beaten, ties half', () => {
  const others = [
    { params: 1, zen: 5 },
    { params: 2, zen: 4 },
    { params: 3, zen: Number.NaN },
  ];
  expect(ensembleStanding({ params: 2, zen: 4 }, others, ['params', 'zen'])).toBeCloseTo(
    (1.5 / 3 + 1.5 / 3) / 2,
    12,
  );
  expect(ensembleStanding({ params: 9, zen: 9 }, others, ['params', 'zen'])).toBe(1);
  expect(ensembleStanding({ params: 0 }, others, ['params', 'zen'])).toBeCloseTo(0.5 / 3 / 2, 12);
});
