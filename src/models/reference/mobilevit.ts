/** MobileViT-XS and S at 256x256 (Mehta and Rastegari, arXiv 2110.02178, table 4). */
import type { Architecture } from '../architecture.js';
import type { Block } from '../blocks/index.js';

interface Design {
  /** Channels of the five stages. */
  readonly widths: readonly [number, number, number, number, number];
  /** Channels of the transformers of the last three stages. */
  readonly dims: readonly [number, number, number];
  readonly head: number;
}

/** Transformer layers of the last three stages. */
const depths = [2, 4, 3] as const;

function mobilevit(name: string, { widths, dims, head }: Design): Architecture {
  const residual = (out: number, stride: 1 | 2): Block => ({
    op: 'inverted-residual',
    kernels: [3],
    split: 'equal',
    gate: 'none',
    expansion: 4,
    expandGroups: 1,
    projectGroups: 1,
    seRatio: 0,
    activation: 'swish',
    stride,
    out,
  });
  const transformer = (dim: number, depth: number): Block => ({
    op: 'mobile-vit',
    kernel: 3,
    dim,
    depth,
    heads: 4,
    mlpRatio: 2,
    patch: 2,
    activation: 'swish',
    stride: 1,
  });
  const [first, second, ...rest] = widths;
  return {
    name,
    resolution: 256,
    classes: 1000,
    inputChannels: 3,
    stem: { out: 16, kernel: 3, stride: 2, activation: 'swish' },
    blocks: [
      residual(first, 1),
      residual(second, 2),
      residual(second, 1),
      residual(second, 1),
      ...rest.flatMap((width, i) => [
        residual(width, 2),
        transformer(dims[i] as number, depths[i] as number),
      ]),
    ],
    head: { out: head, activation: 'swish', dropout: 0.1 },
  };
}

export const mobilevitXS = () =>
  mobilevit('mobilevit-xs', { widths: [32, 48, 64, 80, 96], dims: [96, 120, 144], head: 384 });
export const mobilevitS = () =>
  mobilevit('mobilevit-s', { widths: [32, 64, 96, 128, 160], dims: [144, 192, 240], head: 640 });
