/** The networks of the gate study: one, with and without gates, at the same MACs. */
import {
  type Architecture,
  type ArchitectureInput,
  countCost,
  lower,
  parseArchitecture,
} from '../../src/models/index.js';
import { type Recipe, type RecipeInput, recipeSchema } from '../../src/training/index.js';

/** One way to train the network. */
export interface Case {
  readonly name: string;
  readonly about: string;
  readonly architecture: Architecture;
  readonly recipe: Recipe;
}

export const kernels = [3, 7, 11];

/** Classes of the textures; with eight every network gets nearly all of them right. */
export const classes = 16;

type MixBlockInput = Extract<ArchitectureInput['blocks'][number], { op: 'inverted-residual' }>;

/** One of the two networks of the study. */
interface Size {
  readonly width: number;
  readonly expansion: number;
}

/**
 * Three quarters of its MACs are in the groups of its mixed convolutions. It expands, so that what the first gate
 * averages is more than the colours of an image.
 */
export const large: Size = { width: 8, expansion: 6 };
/** A quarter of the MACs: three or four channels a kernel. */
const small: Size = { width: 12, expansion: 1 };

/** A network of the study, at 32x32. */
export function network(
  gate: 'none' | 'soft' | 'hard',
  { width, expansion }: Size,
  head: number,
  options: Pick<MixBlockInput, 'gateThreshold' | 'gateWeights'> = {},
): Architecture {
  const hard = gate === 'hard' ? { gateThreshold: 0.3, ...options } : {};
  const block = { op: 'inverted-residual' as const, kernels, expansion, gate, ...hard };
  const blocks: ArchitectureInput['blocks'] = [
    { ...block, out: width },
    { ...block, out: width },
    { ...block, out: 16, stride: 2 },
  ];
  return parseArchitecture({
    resolution: 32,
    classes,
    stem: { out: width, stride: 2 },
    blocks,
    head: { out: head },
  });
}

const macsOf = (architecture: Architecture) => countCost(lower(architecture)).macs;
export const head = 32;

/** The network without gates, its head as much wider as the gates cost, or a little more. */
function widened(size: Size): Architecture {
  const wanted = macsOf(network('soft', size, head));
  let width = head;
  while (macsOf(network('none', size, width)) < wanted) width++;
  return network('none', size, width);
}

/** @param steps of each training. */
export function casesOf(steps: number): readonly Case[] {
  const recipe = (gates: RecipeInput['gates'] = {}) => recipeSchema.parse({ steps, gates });
  return [
    {
      name: 'ungated',
      about: 'no gate; the head widened to the MACs of the gated network',
      architecture: widened(large),
      recipe: recipe(),
    },
    {
      name: 'soft',
      about: 'a soft gate in every block',
      architecture: network('soft', large, head),
      recipe: recipe(),
    },
    {
      name: 'hard-full',
      about: 'a hard gate in every block, no penalty on MACs; groups are skipped from half of the steps on',
      architecture: network('hard', large, head),
      recipe: recipe({ penalty: 0, warmup: 0.5, annealing: 0.9 }),
    },
    {
      name: 'hard-half',
      about:
        'the same with a penalty on more than half of the MACs; groups are skipped from a fifth of the steps on',
      architecture: network('hard', large, head),
      recipe: recipe({ penalty: 20, target: 0.36 }),
    },
    {
      name: 'small-ungated',
      about: 'a network of a quarter of the MACs, no gate, the head widened',
      architecture: widened(small),
      recipe: recipe(),
    },
    {
      name: 'small-soft',
      about: 'the same with a soft gate in every block',
      architecture: network('soft', small, head),
      recipe: recipe(),
    },
  ];
}
