/** Layer graphs for tests: small, and between them every op kind and option. */
import { type ArchitectureInput, type LayerGraph, lower, parseArchitecture } from '../../models/index.js';

/** A block of a test network: what it leaves out is plain. */
type BlockInput = Partial<ArchitectureInput['blocks'][number]>;

/** A network of the given blocks at `resolution`, 4 classes. */
export function graphOf(blocks: readonly BlockInput[], options: Partial<ArchitectureInput> = {}): LayerGraph {
  const architecture = parseArchitecture({
    resolution: 8,
    classes: 4,
    stem: { out: 6, stride: 1, activation: 'hswish' },
    head: { out: 10, activation: 'swish' },
    ...options,
    blocks: blocks.map((block) => ({
      op: 'inverted-residual',
      kernels: [3],
      expansion: 2,
      out: 6,
      activation: 'swish', // smooth, for finite differences; the others where they are named
      ...block,
    })),
  });
  return lower(architecture);
}

/** One network a feature, by what it exercises. */
export const testGraphs: Readonly<Record<string, LayerGraph>> = {
  ReLU: graphOf([{ activation: 'relu' }]),
  'mixed kernels up to 9 with unequal splits': graphOf([
    { kernels: [3, 5, 7, 9], split: 'exponential', expansion: 4, activation: 'relu6' },
  ]),
  'stride 2 at an odd size, all kernels': graphOf(
    [
      { kernels: [1, 5, 11], stride: 2 },
      { stride: 2, out: 8 },
    ],
    {
      resolution: 9,
    },
  ),
  'dilated kernels': graphOf([{ kernels: [3, 5], dilations: [2, 3], activation: 'hswish' }]),
  'grouped expand and project': graphOf([{ expandGroups: 2, projectGroups: 3 }]),
  'squeeze-and-excitation': graphOf([{ seRatio: 0.5 }]),
  'soft gate': graphOf([{ kernels: [3, 5, 7], expansion: 3, gate: 'soft' }]),
  'no expansion, no head convolution': graphOf([{ expansion: 1, kernels: [3, 5] }], {
    head: { out: 0 },
    stem: { out: 6, stride: 2, kernel: 5, activation: 'relu' },
  }),
};
