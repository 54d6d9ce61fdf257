import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../../base/index.js';
import { architectureHash } from '../architecture.js';
import type { Architecture } from '../architecture.js';
import { canAlign } from '../blocks/index.js';
import { lower } from '../lower.js';
import wide from './fixtures/wide.json' with { type: 'json' };
import { parseSpace } from './space.js';

const stage = { depth: [1, 2], width: [24, 40], kernels: [3, 5, 7], groups: [1, 2, 3], expansion: [2, 3] };
const tiny = (parts: object = {}) => ({
  name: 'tiny',
  resolution: 8,
  classes: 2,
  stem: { width: [12, 20] },
  stages: [{ ...stage, stride: 2 }],
  head: { width: [0, 100] },
  ...parts,
});

/** Of each mixed convolution its channels and groups, and whether each part begins at a multiple. */
function mixes(architecture: Architecture, align: number) {
  const { ops } = lower(architecture);
  return architecture.blocks.flatMap((_, block) => {
    const own = ops.filter((op) => op.block === block);
    const slices = own.filter((op) => op.kind === 'slice');
    const channels = slices.reduce((sum, { shape }) => sum + shape[2], 0);
    if (slices.length === 0) return [];
    return [{ channels, groups: slices.length, holds: slices.every((op) => op.begin % align === 0) }];
  });
}

test.each([4, 8, 16])('networks of a space of multiples of %i have their borders there', (align) => {
  const space = parseSpace({ ...wide, align });
  const random = createRandom(`align ${align}`);
  let counted = 0;
  for (let i = 0; i < 200; i++) {
    const genome = space.random(random);
    const architecture = space.decode(genome);
    for (const { channels, groups, holds } of mixes(architecture, align)) {
      if (!canAlign(channels, groups, align)) continue;
      expect(holds).toBe(true);
      counted++;
    }
    expect(space.encode(architecture)).toEqual(genome);
    // What it says is all that is stored: a file of it is the same network.
    expect(architectureHash(space.decode(space.canonical(genome)))).toBe(architectureHash(architecture));
  }
  expect(counted).toBeGreaterThan(50);
});

test('widths go to the nearest multiple, smaller ones stay, and what moves is said', () => {
  const space = parseSpace(tiny({ align: 16 }));
  expect(space.spec.stem.width).toEqual([12, 16]);
  expect(space.spec.stages[0]?.width).toEqual([32, 48]);
  expect(space.spec.head.width).toEqual([0, 96]);
  expect(space.alignment[0]).toBe(
    'Widths are multiples of 16: stem.width 12, 20 to 12, 16; stages[0].width 24, 40 to 32, 48; head.width 0, 100 to 0, 96.',
  );
  expect(space.alignment.at(-1)).toMatch(/keep the plain split: stages\[0\] 24 channels in 2 or 3/);
});

test('stages that would become one keep their widths', () => {
  const stages = [
    { ...stage, stride: 2, width: [24] },
    { ...stage, width: [32] },
  ];
  const space = parseSpace(tiny({ align: 16, stages }));
  expect(space.spec.stages.map(({ width }) => width)).toEqual([[24], [32]]);
  expect(space.alignment.join(' ')).toMatch(/Widths of .*stages\[1\].* stay/);
});

test('widths that groups would no longer divide stay', () => {
  const stages = [{ ...stage, stride: 2, width: [24], kernels: [3], groups: [1], projectGroups: [3] }];
  const space = parseSpace(tiny({ align: 16, stem: { width: [24] }, stages }));
  expect(space.spec.stages[0]?.width).toEqual([24]);
});

test('any space of stages can be aligned to any multiple', () => {
  const widths = fc.uniqueArray(fc.integer({ min: 4, max: 80 }), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(widths, widths, fc.integer({ min: 2, max: 40 }), (first, second, align) => {
      const own = { ...stage, depth: [1], kernels: [3, 5], groups: [1, 2] };
      const stages = [
        { ...own, stride: 2, width: first },
        { ...own, width: second.filter((width) => !first.includes(width)) },
      ];
      fc.pre((stages[1]?.width.length ?? 0) > 0);
      const space = parseSpace(tiny({ stages, align }));
      for (const genome of [space.random(createRandom(1)), space.random(createRandom(2))]) {
        expect(lower(space.decode(genome)).ops.length).toBeGreaterThan(8);
        expect(space.encode(space.decode(genome))).toEqual(genome);
      }
    }),
  );
});

test('a multiple of 1, and `auto` without devices, is the space as it was', () => {
  const plain = parseSpace(tiny());
  for (const align of [1, 'auto']) {
    const space = parseSpace(tiny({ align }));
    expect(space.hash).toBe(plain.hash);
    expect(space.source).toEqual(plain.source);
  }
});

test('`auto` is stored as the number that it came to', () => {
  const space = parseSpace(tiny({ align: 'auto' }), 'space', { granularity: () => 16 });
  expect(space.source.align).toBe(16);
  const again = parseSpace(space.source);
  expect(again.hash).toBe(space.hash);
  expect(again.spec).toEqual(space.spec);
  expect(space.hash).not.toBe(parseSpace(tiny()).hash);
});

test('networks of another multiple are not of the space', () => {
  const [plain, aligned] = [parseSpace(wide), parseSpace({ ...wide, align: 16 })];
  const random = createRandom(3);
  const mixed = Array.from({ length: 50 }, () => aligned.decode(aligned.random(random))).filter(
    (architecture) => mixes(architecture, 16).length > 0,
  );
  expect(mixed.length).toBeGreaterThan(10);
  for (const architecture of mixed) expect(plain.encode(architecture)).toBeUndefined();
});
