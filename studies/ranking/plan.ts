/** What the ranking study does: its networks, its recipes and its tasks. */
import { loadSpace } from '../../src/app/config/spaces.js';
import { type Random, createRandom, shortHash } from '../../src/base/index.js';
import { type LayerGraph, type MixnetSpace, countCost, lower } from '../../src/models/index.js';
import {
  type Recipe,
  type SupernetRecipe,
  recipeSchema,
  supernetRecipeSchema,
} from '../../src/training/index.js';
import type { Task } from '../shared/tasks.js';

export const space: MixnetSpace = loadSpace('cifar-small');

/** Networks of the narrow band have so many MACs at 32x32: the middle of the space, 4 % up and down. */
export const bandMacs = [4.7e6, 5.1e6] as const;

/** CIFAR-10's training images without these are trained on; supernet scores are taken on these. */
export const validation = 5000;

/** Training images from which batch statistics are estimated for each subnet. */
export const calibration = 1024;

export const graphOf = (genome: ArrayLike<number>): LayerGraph => lower(space.decode(genome));

export interface Entry {
  readonly set: 'space' | 'band';
  readonly genome: readonly number[];
}

/** 24 networks of the space by seed 1, and 16 of the band by seed 2. */
export function entries(): Entry[] {
  const draw = (
    set: Entry['set'],
    count: number,
    random: Random,
    fits: (macs: number) => boolean,
  ): Entry[] => {
    const found: Entry[] = [];
    while (found.length < count) {
      const genome = space.random(random);
      if (fits(countCost(graphOf(genome)).macs)) found.push({ set, genome: [...genome] });
    }
    return found;
  };
  const [least, most] = bandMacs;
  return [
    ...draw('space', 24, createRandom(1), () => true),
    ...draw('band', 16, createRandom(2), (macs) => macs >= least && macs <= most),
  ];
}

export interface Plan {
  /** Of a network that is trained alone. */
  readonly alone: Recipe;
  readonly supernet: SupernetRecipe;
  readonly validation: number;
}

export function planOf(options: { alone: number; supernet: number; sampling: 'sandwich' | 'fair' }): Plan {
  return {
    alone: recipeSchema.parse({ steps: options.alone, averaging: 0.99 }),
    supernet: supernetRecipeSchema.parse({ steps: options.supernet, sampling: options.sampling }),
    validation,
  };
}

/** A task of the study, as a worker receives it. */
export type RankingTask = Task & { readonly plan: Plan } & (
    | { readonly kind: 'supernet' | 'scores'; readonly path: string }
    | { readonly kind: 'alone'; readonly genome: readonly number[]; readonly seed: number }
    | { readonly kind: 'proxies' | 'later'; readonly genome: readonly number[] }
  );

/** Keys say all that an answer depends on. */
export const keys = {
  supernet: ({ supernet }: Plan) => `supernet ${shortHash({ supernet, validation })}`,
  scores: ({ supernet }: Plan) => `scores ${shortHash({ supernet, validation, calibration })}`,
  /** Of the first seed as it was when there was only one. */
  alone: ({ alone }: Plan, { genome }: Entry, seed: number) =>
    `alone ${shortHash({ alone, validation, genome, ...(seed > 1 && { seed }) })}`,
  later: ({ genome }: Entry) => `later ${shortHash({ genome, validation })}`,
  proxies: ({ genome }: Entry) => `proxies ${shortHash({ genome, validation })}`,
};
