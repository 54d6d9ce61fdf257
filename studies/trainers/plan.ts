/** What the study of the two trainers trains: eight networks with every kind of block, by one recipe. */
import { shortHash } from '../../src/base/index.js';
import { type ArchitectureInput, parseArchitecture } from '../../src/models/index.js';
import type { DataSpec } from '../../src/training/index.js';
import type { Task } from '../shared/tasks.js';

export const trainers = ['training', 'pytorch'] as const;
export type TrainerName = (typeof trainers)[number];

/** The recipe of both: the default but for its length. */
export const recipe = { steps: 400, batchSize: 64, validation: 2500 };
export const splitSeed = 1;

type Blocks = ArchitectureInput['blocks'];
type Residual = Partial<Extract<Blocks[number], { op: 'inverted-residual' }>>;

const mixed = (out: number, stride: 1 | 2, kernels: number[], rest: Residual = {}): Blocks[number] => ({
  op: 'inverted-residual',
  kernels,
  expansion: 3,
  stride,
  out,
  ...rest,
});
const excited = { activation: 'swish', seRatio: 0.25 } as const;

const network = (name: string, blocks: Blocks): ArchitectureInput => ({
  name,
  resolution: 32,
  classes: 10,
  stem: { out: 16, stride: 2 },
  blocks,
  head: { out: 96 },
});

/** Of 0.5 to 3 MMACs. */
export const networks: readonly ArchitectureInput[] = [
  network('one kernel', [mixed(16, 1, [3], { expansion: 1 }), mixed(24, 2, [3]), mixed(32, 2, [3])]),
  network('mixed kernels', [
    mixed(16, 1, [3, 5], { expansion: 1 }),
    mixed(24, 2, [3, 5, 7]),
    mixed(24, 1, [3, 5]),
    mixed(32, 2, [3, 5, 7, 9]),
  ]),
  network('excitation and swish', [
    mixed(16, 1, [3], excited),
    mixed(24, 2, [3, 5], excited),
    mixed(32, 2, [5], excited),
  ]),
  network('dilated kernels', [
    mixed(16, 1, [3, 3], { dilations: [1, 2], expansion: 2 }),
    mixed(24, 2, [3, 5]),
    mixed(24, 1, [3, 3], { dilations: [1, 2] }),
    mixed(32, 2, [3]),
  ]),
  network('groups of 1x1', [
    mixed(16, 1, [3, 5], { expansion: 2, expandGroups: 2, projectGroups: 2 }),
    mixed(24, 2, [3, 5], { expandGroups: 2, projectGroups: 2 }),
    mixed(32, 2, [3, 5]),
  ]),
  network('soft gates', [
    mixed(16, 1, [3, 5], { gate: 'soft' }),
    mixed(24, 2, [3, 5, 7], { gate: 'soft' }),
    mixed(32, 2, [3, 5]),
  ]),
  network('convolutions and fused', [
    { op: 'convolution', kernel: 3, stride: 1, out: 16 },
    { op: 'fused-inverted-residual', kernel: 3, expansion: 2, stride: 2, out: 24 },
    mixed(32, 2, [3, 5]),
  ]),
  network('deeper', [
    mixed(16, 1, [3], { expansion: 1 }),
    mixed(24, 2, [3, 5]),
    mixed(24, 1, [3, 5], excited),
    mixed(24, 1, [3]),
    mixed(40, 2, [3, 5, 7]),
    mixed(40, 1, [3, 5], excited),
  ]),
];

export interface TrainersTask extends Task {
  readonly trainer: TrainerName;
  readonly network: number;
  readonly seed: number;
  readonly data: DataSpec;
}

export interface Trained {
  readonly accuracy: number;
  readonly seconds: number;
}

/** Every network by both trainers before the next seed, so that an early look is a fair one. */
export function tasksOf(data: DataSpec, seeds: number): TrainersTask[] {
  return Array.from({ length: seeds }, (_, i) => i + 1).flatMap((seed) =>
    networks.flatMap((input, index) =>
      trainers.map((trainer) => ({
        key: keyOf(data, trainer, input, seed),
        trainer,
        network: index,
        seed,
        data,
      })),
    ),
  );
}

export function keyOf(data: DataSpec, trainer: TrainerName, input: ArchitectureInput, seed: number): string {
  const hash = shortHash({ data, recipe, splitSeed, architecture: parseArchitecture(input) });
  return `${trainer} ${input.name} ${seed} ${hash}`;
}
