/** Layer graphs for tests: small, and between them every op kind and option. */
import { type ArchitectureInput, type LayerGraph, lower, parseArchitecture } from '../../models/index.js';

/** A block of a test network: what it leaves out is plain. */
type BlockInput = Partial<Extract<ArchitectureInput['blocks'][number], { op: 'inverted-residual' }>>;
/** A block of another kind, whole. */
type OtherInput = Exclude<ArchitectureInput['blocks'][number], { op: 'inverted-residual' }>;

/** A network of the given blocks at `resolution`, 4 classes. */
export function graphOf(
  blocks: readonly (BlockInput | OtherInput)[],
  options: Partial<ArchitectureInput> = {},
): LayerGraph {
  const architecture = parseArchitecture({
    resolution: 8,
    classes: 4,
    stem: { out: 6, stride: 1, activation: 'hswish' },
    head: { out: 10, activation: 'swish' },
    ...options,
    blocks: blocks.map((block) => {
      if (block.op !== undefined && block.op !== 'inverted-residual') return block;
      const plain = { op: 'inverted-residual' as const, kernels: [3], expansion: 2, out: 6 };
      // Smooth, for finite differences; the others where they are named.
      return { ...plain, activation: 'swish' as const, ...block };
    }),
  });
  return lower(architecture);
}

/** What blocks have in common that expand, with a smooth activation. */
const swish = (out: number) => ({ expansion: 2, activation: 'swish' as const, out });

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
  "MobileNetV3's squeeze-and-excitation, a layer after the mean": graphOf(
    [{ seRatio: 0.5, seStyle: 'mobilenet-v3', activation: 'hswish' }],
    { head: { out: 10, activation: 'hswish', hidden: { out: 8, activation: 'hswish' } } },
  ),
  'universal inverted bottlenecks, a layer with batch norm after the mean': graphOf(
    [
      { op: 'universal-inverted-bottleneck', startKernel: 5, middleKernel: 3, stride: 2, ...swish(8) },
      { op: 'universal-inverted-bottleneck', startKernel: 3, ...swish(8) },
      { op: 'universal-inverted-bottleneck', middleKernel: 5, ...swish(8) },
      { op: 'universal-inverted-bottleneck', ...swish(6) },
    ],
    { head: { out: 0, hidden: { out: 8, batchNorm: true, activation: 'swish' } } },
  ),
  'convolutions and fused inverted residuals': graphOf([
    { op: 'convolution', kernel: 3, stride: 2, activation: 'swish', out: 8 },
    { op: 'fused-inverted-residual', ...swish(8) },
  ]),
  'ghost modules': graphOf([
    { op: 'ghost', stride: 2, middle: true, seRatio: 0.25, ...swish(8) },
    { op: 'ghost', ...swish(8) },
  ]),
  'soft gate': graphOf([{ kernels: [3, 5, 7], expansion: 3, gate: 'soft' }]),
  'hard gates, given and learned thresholds, one group dilated': graphOf([
    { kernels: [5, 3, 7], expansion: 3, gate: 'hard', gateThreshold: 0.8 },
    { kernels: [3, 3], dilations: [1, 2], expansion: 3, gate: 'hard', gateThreshold: 'learned' },
  ]),
  'hard gates that weigh each group by itself': graphOf([
    { kernels: [3, 5, 7], expansion: 3, gate: 'hard', gateWeights: 'sigmoid', gateThreshold: 0.8 },
    { kernels: [3, 5], expansion: 3, gate: 'soft', gateWeights: 'sigmoid' },
  ]),
  'a hard gate at stride 2': graphOf([{ kernels: [3, 5], stride: 2, expansion: 3, gate: 'hard' }]),
  'depthwise-separable blocks': graphOf([
    { op: 'depthwise-separable', activation: 'swish', out: 8 },
    { op: 'depthwise-separable', activation: 'swish', kernel: 5, stride: 2, out: 6 },
  ]),
  'pooling and shuffle units': graphOf(
    [
      { op: 'max-pool' },
      { op: 'shuffle', activation: 'swish', stride: 2, out: 8 },
      { op: 'shuffle', activation: 'swish', out: 8 },
    ],
    { resolution: 13 },
  ),
  'a transformer': graphOf([{ op: 'mobile-vit', dim: 6, depth: 2, heads: 2 }]),
  'a transformer on a map that patches do not divide': graphOf(
    [{ op: 'mobile-vit', dim: 4, depth: 1, heads: 2 }],
    { resolution: 7 },
  ),
  'no expansion, no head convolution': graphOf([{ expansion: 1, kernels: [3, 5] }], {
    head: { out: 0 },
    stem: { out: 6, stride: 2, kernel: 5, activation: 'relu' },
  }),
};
