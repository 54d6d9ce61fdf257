/** What the study of alignment does: pairs of a network and the same one with its borders at multiples. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { createRandom, packageRoot } from '../../src/base/index.js';
import {
  type Architecture,
  type MixnetSpace,
  mixBorders,
  parseSpace,
  withAlign,
} from '../../src/models/index.js';
import type { Task } from '../shared/tasks.js';

/** What Ethos-U wants; GPUs' quads divide it. */
export const multiple = 16;

export function spaceOf(name: string): MixnetSpace {
  return parseSpace(parse(readFileSync(join(packageRoot(), 'spaces', `${name}.yaml`), 'utf8')), name);
}

/** Random networks of a space of which at least a border moves; number i is the same whatever `count` is. */
export function networksOf(space: MixnetSpace, count: number): Architecture[] {
  const random = createRandom(`alignment ${space.name}`);
  const found: Architecture[] = [];
  while (found.length < count) {
    const architecture = space.decode(space.random(random));
    const sizes = (one: Architecture) => JSON.stringify(mixBorders(one).map((mix) => mix.sizes));
    if (sizes(architecture) !== sizes(withAlign(architecture, multiple))) found.push(architecture);
  }
  return found;
}

/** One training. */
export interface AlignTask extends Task {
  readonly network: number;
  readonly seed: number;
  readonly aligned: boolean;
  readonly steps: number;
}

/** Whole pairs first: all seeds of a network before the next one. */
export function alignTasks(networks: number, seeds: number, steps: number): AlignTask[] {
  return Array.from({ length: networks }, (_, network) =>
    Array.from({ length: seeds }, (_, i) =>
      [false, true].map((aligned) => {
        const seed = i + 1;
        const key = `cifar-small ${network} seed ${seed} ${aligned ? 'aligned' : 'plain'} ${steps} steps`;
        return { key, network, seed, aligned, steps };
      }),
    ),
  ).flat(2);
}
