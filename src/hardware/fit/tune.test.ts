import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../../base/index.js';
import { lower, referenceArchitecture } from '../../models/index.js';
import { buildMeasurements } from '../importers/build.js';
import { type Kernel, kernelMacs, kernelReads, kernelWrites } from '../kernel.js';
import { loadProfile } from '../profile/load.js';
import { mapKernels } from '../mapping.js';
import { priceKernels } from '../network.js';
import { createPricer } from '../predict/price.js';
import type { ProfileDescription } from './description.js';
import { evaluateForest, fitForest } from './boost.js';
import { nonNegativeLeastSquares } from './solve/index.js';
import { recalibrate } from './recalibrate.js';
import { makeMonotone } from './surface.js';
import { tune } from './tune.js';

const source = { title: 'a test', licence: 'CC0', kind: 'measured' } as const;

/** A device whose every kernel costs a launch, its work and its traffic: what a fit should find again. */
const trueUs = (k: Kernel) => 12 + kernelMacs(k) / 5e4 + (kernelReads(k) + kernelWrites(k)) / 2e4;

function convolutions(count: number, seed: string): { model: string; kernel: Kernel; us: number }[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const kernel: Kernel = {
      op: 'conv',
      size: random.pick([7, 14, 28, 56, 112]),
      input: 8 * (1 + random.int(40)),
      output: 8 * (1 + random.int(40)),
      kernel: random.pick([1, 3]),
      stride: 1,
      dilation: 1,
      groups: 1,
      fused: 0,
    };
    return { model: `net${i % 7}`, kernel, us: trueUs(kernel) };
  });
}

const { mapping, bytesPerValue } = loadProfile('mali-g76');
const head: ProfileDescription = {
  name: 'phone',
  device: 'phone',
  chip: 'chip',
  unit: 'GPU',
  runtime: { name: 'x' },
  precision: 'fp16',
  bytesPerValue,
  date: '2026',
  sources: [source],
  mapping,
};
const fitted = (rows: ReturnType<typeof convolutions>) =>
  tune(buildMeasurements('phone', source, rows, []).data, head);

test('a device of known physics is found again from its kernels, on shapes that it did not see', () => {
  const pricer = createPricer(fitted(convolutions(300, 'fit')));
  const errors = convolutions(100, 'test').map(({ kernel, us }) => Math.abs(pricer.us(kernel) / us - 1));
  expect(errors.reduce((a, b) => a + b) / errors.length).toBeLessThan(0.06);
});

test('the order of the rows changes nothing', () => {
  const rows = convolutions(60, 'rows');
  const profile = fitted(rows);
  expect(fitted(createRandom(1).shuffle([...rows]))).toEqual(profile);
});

test('a wild outlier among many moves other kernels little', () => {
  const rows = convolutions(200, 'fit');
  const spoilt = rows.map((row, i) => (i === 50 ? { ...row, us: row.us * 40 } : row));
  const [good, bad] = [createPricer(fitted(rows)), createPricer(fitted(spoilt))];
  const moved = convolutions(60, 'test').map(({ kernel }) => Math.abs(bad.us(kernel) / good.us(kernel) - 1));
  expect(moved.toSorted((a, b) => a - b)[30]).toBeLessThan(0.05);
});

test('a mistake of unit is warned of', () => {
  const rows = convolutions(20, 'fit');
  const [first] = rows as [(typeof rows)[0]];
  const { warnings } = buildMeasurements('phone', source, [...rows, { ...first, us: first.us * 1000 }], []);
  expect(warnings.join()).toMatch(/are all of them in µs/);
});

test('a sibling 1.7 times as slow is found from five networks', () => {
  const base = loadProfile('adreno-640');
  const networks = [96, 128, 192, 224, 288].map((resolution) => {
    const kernels = mapKernels(lower(referenceArchitecture('mixnet-m'), { resolution }), base.mapping);
    return {
      model: String(resolution),
      kernels,
      endToEndUs: 1.7 * priceKernels(base, createPricer(base), kernels).us,
    };
  });
  const sibling = recalibrate(base, { name: 'sibling', sources: [source] }, networks);
  expect(sibling.error?.mape).toBeLessThan(2);
  const kernels = mapKernels(lower(referenceArchitecture('mixnet-l')), base.mapping);
  const [was, is] = [base, sibling].map((p) => priceKernels(p, createPricer(p), kernels).us) as [
    number,
    number,
  ];
  expect(is / was).toBeCloseTo(1.7, 1);
});

test('non-negative least squares finds a known solution and keeps what should be negative at zero', () => {
  const rows = [
    [1, 0, 2],
    [0, 1, 1],
    [1, 1, 0],
    [2, 1, 1],
  ];
  const exact = nonNegativeLeastSquares(rows, [5, 4, 3, 6]);
  for (const [i, value] of [1, 2, 2].entries()) expect(exact[i]).toBeCloseTo(value, 6);
  expect(
    nonNegativeLeastSquares(
      [
        [1, 0],
        [0, 1],
      ],
      [3, -2],
    ),
  ).toEqual([expect.closeTo(3, 6), 0]);
});

test('trees learn a step', () => {
  const rows = Array.from({ length: 200 }, (_, i) => Float64Array.of(i / 200, (i * 7) % 13));
  const forest = fitForest(
    rows,
    rows.map((row) => ((row[0] as number) > 0.5 ? 2 : -1)),
    createRandom(1),
  );
  expect(evaluateForest(forest, [0.2, 5])).toBeCloseTo(-1, 1);
  expect(evaluateForest(forest, [0.8, 5])).toBeCloseTo(2, 1);
});

test('a grid made monotone rises along each axis, and one that was is left alone', () => {
  const shape = [3, 4, 2];
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 24, maxLength: 24 }),
      (list) => {
        const grid = makeMonotone(Float64Array.from(list), shape);
        for (let i = 0; i < 24; i++) {
          if (i % 2 < 1) expect(grid[i + 1]).toBeGreaterThanOrEqual(grid[i] as number);
          if (Math.floor(i / 2) % 4 < 3) expect(grid[i + 2]).toBeGreaterThanOrEqual(grid[i] as number);
          if (i < 16) expect(grid[i + 8]).toBeGreaterThanOrEqual(grid[i] as number);
        }
        expect(makeMonotone(grid, shape)).toEqual(grid);
      },
    ),
  );
});
