/** The networks of `bench/training.ts`: about 1, 5 and 12 MMACs at 32x32. */
import type { ArchitectureInput } from '../../src/models/index.js';

type BlockInput = Extract<ArchitectureInput['blocks'][number], { op: 'inverted-residual' }>;
const block = (
  out: number,
  stride: 1 | 2,
  kernels: number[],
  rest: Partial<BlockInput> = {},
): BlockInput => ({
  op: 'inverted-residual',
  kernels,
  expansion: 3,
  stride,
  out,
  ...rest,
});
const excited = { activation: 'swish', seRatio: 0.25 } as const;

export const networks: readonly ArchitectureInput[] = [
  {
    name: '1 MMAC',
    resolution: 32,
    classes: 10,
    stem: { out: 16, stride: 2 },
    blocks: [
      block(16, 1, [3], { expansion: 1 }),
      block(24, 2, [3, 5]),
      block(24, 1, [3, 5]),
      block(32, 2, [3, 5, 7]),
      block(32, 1, [3, 5]),
    ],
    head: { out: 96 },
  },
  {
    name: '5 MMACs',
    resolution: 32,
    classes: 10,
    stem: { out: 16, stride: 1 },
    blocks: [
      block(24, 2, [3], { expansion: 2 }),
      block(24, 1, [3, 5, 7]),
      block(40, 2, [3, 5], { ...excited, expansion: 4 }),
      block(40, 1, [3, 5, 7, 9], { ...excited, expansion: 4 }),
      block(64, 2, [3, 5], excited),
    ],
    head: { out: 128 },
  },
  {
    name: '12 MMACs',
    resolution: 32,
    classes: 10,
    stem: { out: 24, stride: 1 },
    blocks: [
      block(24, 1, [3], { expansion: 1 }),
      block(40, 2, [3, 5, 7]),
      block(40, 1, [3, 5], { ...excited, expansion: 3 }),
      block(80, 2, [3, 5, 7, 9], excited),
      block(80, 1, [3, 5], excited),
    ],
    head: { out: 160 },
  },
];
