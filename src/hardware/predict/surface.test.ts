import fc from 'fast-check';
import { expect, test } from 'vitest';
import { launchedAs } from '../algorithms.js';
import type { Kernel, KernelOp } from '../kernel.js';
import { loadProfile, profileNames } from '../profile/load.js';
import { createPricer } from './price.js';
import type { Profile } from '../profile/profile.js';

/** The fitted models alone: table hits are measurements and exempt. */
const withoutTable = (profile: Profile): Profile => ({
  ...profile,
  table: { ...profile.table, entries: [] },
});

const ops: readonly KernelOp[] = [
  'conv',
  'depthwise',
  'grouped',
  'dense',
  'mean',
  'concat',
  'elementwise',
  'slice',
];

/** A kernel of any class, from the data's range and beyond it. */
const anyKernel = fc
  .record({
    op: fc.constantFrom(...ops),
    size: fc.oneof(fc.integer({ min: 1, max: 256 }), fc.integer({ min: 12, max: 32 })),
    quads: fc.integer({ min: 1, max: 300 }),
    input: fc.oneof(fc.integer({ min: 1, max: 2500 }), fc.integer({ min: 1, max: 80 })),
    output: fc.oneof(fc.integer({ min: 1, max: 2500 }), fc.integer({ min: 1, max: 80 })),
    kernel: fc.constantFrom(1, 3, 5, 7, 9),
    stride: fc.constantFrom(1, 2),
    fused: fc.constantFrom(0, 1),
  })
  .map(({ op, size, quads, input, output, kernel, stride, fused }): Kernel => {
    const plain =
      op === 'dense' || op === 'mean' || op === 'elementwise' || op === 'slice' || op === 'concat';
    const same = op !== 'conv' && op !== 'dense' && op !== 'grouped';
    const groups = op === 'grouped' ? 4 : 1;
    const channels = op === 'grouped' ? quads * groups : same ? output : input;
    const window = op === 'concat' ? 2 : plain ? 1 : kernel;
    return {
      op,
      size: op === 'dense' ? 1 : size,
      input: channels,
      output: op === 'grouped' ? Math.ceil(output / groups) * groups : output,
      kernel: window,
      stride: plain ? 1 : stride,
      dilation: 1,
      groups,
      fused,
    };
  });

test.each(profileNames())('%s: the fitted model never falls when one dimension grows', (name) => {
  const profile = loadProfile(name);
  const pricer = createPricer(withoutTable(profile));
  const usOf = (kernel: Kernel) => pricer.us(launchedAs(kernel, profile.mapping));
  const grown = (kernel: Kernel, step: number): Kernel[] => {
    const tied = kernel.op !== 'conv' && kernel.op !== 'dense' && kernel.op !== 'grouped';
    const more = step * kernel.groups;
    const windowed = kernel.op === 'conv' || kernel.op === 'depthwise' || kernel.op === 'grouped';
    return [
      ...(kernel.op === 'dense' ? [] : [{ ...kernel, size: kernel.size + step }]),
      ...(windowed ? [{ ...kernel, kernel: kernel.kernel + 2 }] : []),
      { ...kernel, output: kernel.output + more, ...(tied && { input: kernel.output + more }) },
      ...(tied ? [] : [{ ...kernel, input: kernel.input + more }]),
    ];
  };
  fc.assert(
    fc.property(anyKernel, fc.integer({ min: 1, max: 64 }), (kernel, step) => {
      const us = usOf(kernel);
      expect(us).toBeGreaterThan(0);
      for (const larger of grown(kernel, step)) expect(usOf(larger)).toBeGreaterThanOrEqual(us * (1 - 1e-12));
    }),
    { numRuns: 300 },
  );
});

test('beyond the largest measured window a depthwise kernel grows with the square of the window', () => {
  const pricer = createPricer(withoutTable(loadProfile('mali-g76')));
  const us = (kernel: number) =>
    pricer.us({
      op: 'depthwise',
      size: 28,
      input: 120,
      output: 120,
      kernel,
      stride: 1,
      dilation: 1,
      groups: 1,
      fused: 0,
    });
  expect(us(9) / us(7)).toBeCloseTo((9 / 7) ** 2, 9);
  expect(us(11) / us(7)).toBeCloseTo((11 / 7) ** 2, 9);
});
