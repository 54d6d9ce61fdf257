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

/**
 * The network of the study, at 32x32: three quarters of its MACs are in the groups of its mixed convolutions. It
 * expands, so that what the first gate averages is more than the colours of an image.
 */
function network(gate: 'none' | 'soft' | 'hard', head: number): Architecture {
  const hard = gate === 'hard' ? { gateThreshold: 0.3 } : {};
  const block = { op: 'inverted-residual' as const, kernels, expansion: 6, gate, ...hard };
  const blocks: ArchitectureInput['blocks'] = [
    { ...block, out: 8 },
    { ...block, out: 8 },
    { ...block, out: 16, stride: 2 },
  ];
  return parseArchitecture({
    resolution: 32,
    classes,
    stem: { out: 8, stride: 2 },
    blocks,
    head: { out: head },
  });
}

const macsOf = (architecture: Architecture) => countCost(lower(architecture)).macs;
const head = 32;

/** The network without gates, its head as much wider as the gates cost, or a little more. */
function widened(): Architecture {
  const wanted = macsOf(network('soft', head));
  let width = head;
  while (macsOf(network('none', width)) < wanted) width++;
  return network('none', width);
}

/** @param steps of each training. */
export function casesOf(steps: number): readonly Case[] {
  const recipe = (gates: RecipeInput['gates'] = {}) => recipeSchema.parse({ steps, gates });
  return [
    {
      name: 'ungated',
      about: 'no gate; the head widened to the MACs of the gated network',
      architecture: widened(),
      recipe: recipe(),
    },
    {
      name: 'soft',
      about: 'a soft gate in every block',
      architecture: network('soft', head),
      recipe: recipe(),
    },
    {
      name: 'hard-full',
      about: 'a hard gate in every block, no penalty on MACs',
      architecture: network('hard', head),
      recipe: recipe({ temperature: 1, penalty: 0 }),
    },
    {
      name: 'hard-half',
      about: 'the same with a penalty on more than half of the MACs',
      architecture: network('hard', head),
      recipe: recipe({ temperature: 1, penalty: 20, target: 0.28 }),
    },
  ];
}
