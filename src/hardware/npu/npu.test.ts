import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Architecture, lower, parseArchitecture, referenceArchitecture } from '../../models/index.js';
import { chooseBlock } from './block.js';
import { cascadesOf } from './cascade.js';
import { compileGraph } from './compile.js';
import type { CompilerVariant } from './convolutions.js';
import { type NpuMachine, npuMachines } from './machine.js';
import type { NpuOperation } from './operation.js';
import { type Life, placeLives } from './place.js';
import { schedule } from './schedule.js';

const u65 = npuMachines['ethos-u65-256'];

/** A network of one mixed convolution between two others. */
function mixed(change: Record<string, unknown> = {}, resolution = 112): Architecture {
  const block = {
    op: 'inverted-residual',
    kernels: [3, 5],
    split: 'equal',
    expansion: 4,
    activation: 'relu',
    stride: 1,
    out: 32,
    ...change,
  };
  const stem = { out: 32, kernel: 3, stride: 2, activation: 'relu' };
  const base = referenceArchitecture('mixnet-s');
  return parseArchitecture({ ...base, resolution, stem, blocks: [block] });
}

const compile = (architecture: Architecture, variant: CompilerVariant = 'arm') =>
  compileGraph(lower(architecture), variant);
const cyclesOf = (architecture: Architecture, machine: NpuMachine = u65, variant: CompilerVariant = 'arm') =>
  schedule(compile(architecture, variant), machine).reduce((sum, { cycles }) => sum + cycles, 0);
const kinds = (architecture: Architecture, variant?: CompilerVariant) =>
  compile(architecture, variant).operations.map(({ kind }) => kind);
const count = (list: readonly string[], kind: string) => list.filter((k) => k === kind).length;

describe('what the compiler makes of a graph', () => {
  test('a slice is an address, and a concatenation a copy a part, right behind the part', () => {
    const list = kinds(mixed());
    expect(list.slice(list.indexOf('depthwise'), list.indexOf('depthwise') + 4)).toEqual([
      'depthwise',
      'copy',
      'depthwise',
      'copy',
    ]);
    expect(count(kinds(mixed({ kernels: [3] })), 'copy')).toBe(0);
  });

  test('a convolution of groups is one a group, each copied', () => {
    expect(count(kinds(mixed({ kernels: [3], projectGroups: 2 })), 'copy')).toBe(2);
  });

  test('swish is a table and a product, relu nothing of its own', () => {
    const extra =
      count(kinds(mixed({ activation: 'swish' })), 'elementwise') - count(kinds(mixed()), 'elementwise');
    expect(extra).toBe(4);
  });

  test("NXP's version adds a pass behind a concatenation, and nothing where there is none", () => {
    expect(kinds(mixed(), 'nxp').length - kinds(mixed()).length).toBe(1);
    expect(kinds(mixed({ kernels: [3] }), 'nxp')).toEqual(kinds(mixed({ kernels: [3] })));
    expect(cyclesOf(mixed(), u65, 'nxp')).toBeGreaterThan(cyclesOf(mixed()));
  });

  test('a border between bricks of 16 channels makes the map linear, one at a multiple does not', () => {
    const linear = (expansion: number, kernels: number[]) =>
      compile(mixed({ expansion, kernels })).maps.filter((map) => map.linear && !map.external).length;
    expect(linear(4, [3, 5])).toBe(0); // 128 channels: 64 and 64
    expect(linear(3, [3, 5])).toBe(0); // 96: 48 and 48
    expect(linear(3, [3, 5, 7, 9])).toBeGreaterThan(0); // 24 each
  });
});

describe('what memory costs', () => {
  test('no network is slower where all fits on the chip', () => {
    for (const name of ['mixnet-s', 'mobilenet-v2', 'efficientnet-b0']) {
      const architecture = referenceArchitecture(name);
      const large = { ...u65, fastBytes: 8 << 20 };
      expect(cyclesOf(architecture, large)).toBeLessThanOrEqual(cyclesOf(architecture) * 1.001);
    }
  });

  test('borders at multiples of 16 channels are faster, at nearly the same multiplications', () => {
    const aligned = mixed({ expansion: 4, split: [1, 3] }, 224); // 32 and 96
    const crooked = mixed({ expansion: 4, split: [1.03, 2.97] }, 224);
    expect(cyclesOf(aligned)).toBeLessThan(0.8 * cyclesOf(crooked));
  });

  test('a window beyond 8 reads a spilled map once for each of its four parts', () => {
    const traffic = (kernel: number) => {
      const operations = schedule(compile(mixed({ kernels: [3, kernel] }, 224)), u65);
      const wide = operations.filter(({ operation }) => operation.kernelHeight === kernel && operation.part);
      return wide.reduce((sum, { slow, fast }) => sum + slow + fast, 0);
    };
    expect(traffic(9) / traffic(7)).toBeGreaterThan(2);
  });

  test('a plain depthwise convolution runs in stripes, parts of a mixed one do not', () => {
    const inStripes = (kernels: number[]) => {
      const program = compile(mixed({ kernels }, 224));
      return cascadesOf(program, u65.fastBytes).flatMap(({ first, last }) =>
        program.operations.slice(first, last + 1).filter(({ kind }) => kind === 'depthwise'),
      );
    };
    expect(inStripes([3])).toHaveLength(1);
    expect(inStripes([3, 5])).toHaveLength(0);
  });
});

test('a block fits: its input and its sums, twice, in the memory next to the multipliers', () => {
  const any = fc.record({
    kind: fc.constantFrom('convolution', 'depthwise', 'copy'),
    size: fc.integer({ min: 1, max: 120 }),
    channels: fc.integer({ min: 1, max: 900 }),
    kernel: fc.constantFrom(1, 3, 5, 7, 9, 11),
  });
  fc.assert(
    fc.property(any, ({ kind, size, channels, kernel }) => {
      const box = { height: size, width: size, channels };
      const operation = {
        kind,
        kernelHeight: kernel,
        kernelWidth: kernel,
        strideHeight: 1,
        strideWidth: 1,
        dilation: 1,
      } as NpuOperation;
      const { input, output } = chooseBlock(operation, box, box);
      const bytes =
        2 *
        (input.height * input.width * input.channels + 4 * output.height * output.width * output.channels);
      expect(bytes).toBeLessThanOrEqual(44 * 1024);
      expect(output.channels).toBeLessThanOrEqual(128);
    }),
    { numRuns: 60 },
  );
});

test('maps that are kept never exceed the memory, and no better choice of few exists', () => {
  const life = fc.record({
    from: fc.integer({ min: 0, max: 12 }),
    length: fc.integer({ min: 1, max: 6 }),
    bytes: fc.integer({ min: 1, max: 10 }),
    accesses: fc.integer({ min: 1, max: 100 }),
  });
  fc.assert(
    fc.property(fc.array(life, { minLength: 1, maxLength: 9 }), (drawn) => {
      const lives: Life[] = drawn.map(({ from, length, ...rest }) => ({ ...rest, from, to: from + length }));
      const limit = 12;
      const fits = (kept: readonly boolean[]) =>
        Array.from({ length: 20 }, (_, t) =>
          lives.reduce(
            (sum, { from, to, bytes }, i) => sum + (kept[i] && from <= t && t <= to ? bytes : 0),
            0,
          ),
        ).every((used) => used <= limit);
      const score = (kept: readonly boolean[]) =>
        lives.reduce((sum, { accesses }, i) => sum + (kept[i] ? accesses : 0), 0);
      const kept = placeLives(lives, [], limit);
      expect(fits(kept)).toBe(true);
      for (let choice = 0; choice < 2 ** lives.length; choice++) {
        const other = lives.map((_, i) => ((choice >> i) & 1) === 1);
        if (fits(other)) expect(score(kept)).toBeGreaterThanOrEqual(score(other));
      }
    }),
    { numRuns: 60 },
  );
});

test('a shuffle is left to the CPU: moving its map onto the chip is what it costs, and nothing where maps are there already', () => {
  const graph = lower(referenceArchitecture('shufflenet-v2-1.0'), { resolution: 224 });
  const shuffles = (machine: NpuMachine) => {
    const program = compileGraph(graph, 'arm');
    return schedule(program, machine).filter(({ operation }) => operation.fromCpu);
  };
  const onU65 = shuffles(u65);
  expect(onU65.length).toBe(16);
  // The compiler's own figure for the first of them, 28x28 pixels of 116 channels: 24,751.
  expect(onU65[0]?.cycles).toBeCloseTo((28 * 28 * 116) / 3.75 + 500, 6);
  expect(onU65.every(({ outputFast, inputFast }) => outputFast && !inputFast)).toBe(true);
  expect(shuffles(npuMachines['ethos-u55-256']).every(({ cycles }) => cycles === 0)).toBe(true);
});
