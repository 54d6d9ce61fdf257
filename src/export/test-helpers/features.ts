/** Small architectures that between them have every kind of block and option. */
import { type Architecture, type ArchitectureInput, parseArchitecture } from '../../models/index.js';

type BlockInput = ArchitectureInput['blocks'][number];
type MixInput = Partial<Extract<BlockInput, { op: 'inverted-residual' }>>;

function network(
  blocks: readonly (MixInput | BlockInput)[],
  options: Partial<ArchitectureInput> = {},
): Architecture {
  return parseArchitecture({
    resolution: 10,
    classes: 5,
    stem: { out: 6, stride: 1, activation: 'hswish' },
    head: { out: 10, activation: 'swish' },
    ...options,
    blocks: blocks.map((block) =>
      block.op !== undefined && block.op !== 'inverted-residual'
        ? block
        : { op: 'inverted-residual', kernels: [3], expansion: 2, out: 6, activation: 'swish', ...block },
    ),
  });
}

const swish = (out: number) => ({ expansion: 2, activation: 'swish' as const, out });

/** One network a feature, by what it has. */
export const featureArchitectures: Readonly<Record<string, Architecture>> = {
  'relu and relu6, mixed kernels of equal and unequal groups': network([
    { kernels: [3, 5, 7], expansion: 3, activation: 'relu' },
    { kernels: [3, 5, 7, 9], split: 'exponential', expansion: 4, activation: 'relu6', stride: 2 },
    { kernels: [1, 3, 5, 7, 11], expansion: 5, activation: 'hswish' },
  ]),
  'dilated kernels, sigmoid and hard sigmoid': network([
    { kernels: [3, 5], dilations: [2, 3], activation: 'sigmoid' },
    { kernels: [3, 3], dilations: [1, 2], activation: 'hsigmoid' },
  ]),
  'grouped expand and project': network([
    { expandGroups: 2, projectGroups: 3 },
    { expandGroups: 6, projectGroups: 6, activation: 'relu' },
  ]),
  'squeeze-and-excitation of both styles': network(
    [{ seRatio: 0.5 }, { seRatio: 0.5, seStyle: 'mobilenet-v3', activation: 'hswish' }],
    { head: { out: 10, activation: 'hswish', hidden: { out: 8, activation: 'hswish' } } },
  ),
  'universal inverted bottlenecks': network(
    [
      { op: 'universal-inverted-bottleneck', startKernel: 5, middleKernel: 3, stride: 2, ...swish(8) },
      { op: 'universal-inverted-bottleneck', startKernel: 3, ...swish(8) },
      { op: 'universal-inverted-bottleneck', middleKernel: 5, ...swish(8) },
      { op: 'universal-inverted-bottleneck', ...swish(6) },
    ],
    { head: { out: 0, hidden: { out: 8, batchNorm: true, activation: 'swish' } } },
  ),
  'convolutions and fused inverted residuals': network([
    { op: 'convolution', kernel: 3, stride: 2, activation: 'linear', out: 8 },
    { op: 'fused-inverted-residual', ...swish(8) },
  ]),
  'ghost modules': network([
    { op: 'ghost', stride: 2, middle: true, seRatio: 0.25, ...swish(8) },
    { op: 'ghost', expansion: 2, activation: 'relu', out: 8 },
  ]),
  'depthwise-separable blocks, pooling and shuffle units': network([
    { op: 'depthwise-separable', activation: 'swish', out: 8 },
    { op: 'max-pool' },
    { op: 'shuffle', activation: 'swish', stride: 2, out: 8 },
    { op: 'shuffle', activation: 'relu', out: 8 },
  ]),
  transformers: network(
    [
      { op: 'mobile-vit', dim: 6, depth: 2, heads: 2 },
      { op: 'max-pool' },
      { op: 'mobile-vit', dim: 4, depth: 1, heads: 2 },
    ],
    { resolution: 14 },
  ),
  'no expansion, no head convolution': network([{ expansion: 1, kernels: [3, 5] }], {
    resolution: 9,
    head: { out: 0 },
    stem: { out: 6, stride: 2, kernel: 5, activation: 'relu' },
  }),
};

/** Gates of every kind, a grouped projection, and squeeze-and-excitation after a gate. */
export const gatedArchitecture: Architecture = network([
  { kernels: [3, 5, 7], expansion: 3, gate: 'soft', activation: 'relu' },
  { kernels: [5, 3, 7], expansion: 3, gate: 'hard', gateThreshold: 0.8, seRatio: 0.5 },
  {
    kernels: [3, 3],
    dilations: [1, 2],
    expansion: 3,
    gate: 'hard',
    gateThreshold: 'learned',
    projectGroups: 3,
  },
  { kernels: [3, 5], stride: 2, expansion: 3, gate: 'hard' },
  { kernels: [3, 5, 7], expansion: 3, gate: 'hard', gateWeights: 'sigmoid', gateThreshold: 0.6 },
]);
