/**
 * What `mixnas ablate` compares: the questions of the MixConv paper (Tan and Le, arXiv 1907.09595, sections 3
 * and 4) as networks that differ in one thing.
 */
import { type Architecture, parseArchitecture } from '../../models/index.js';

/** One network of a comparison. */
export interface Variant {
  readonly name: string;
  readonly architecture: Architecture;
}

export interface Comparison {
  readonly name: string;
  readonly title: string;
  /** What the paper says, and where; undefined where it says nothing. */
  readonly claim: string | undefined;
  /** The first is what the others are compared with. */
  readonly variants: readonly Variant[];
}

type Input = Parameters<typeof parseArchitecture>[0];
interface BlockOptions {
  readonly kernels: readonly number[];
  readonly dilations?: readonly number[];
  readonly split?: 'equal' | 'exponential';
  readonly gate?: 'none' | 'soft' | 'hard';
}

/** Blocks of the network that all comparisons are made on: width, stride, expansion. */
const shape = [
  [16, 1, 1],
  [24, 2, 3],
  [24, 1, 3],
  [40, 2, 3],
  [40, 1, 3],
] as const;

/** The network with the depthwise layers that `of` gives for each block, 5 MMACs or so at 32x32. */
function network(classes: number, resolution: number, of: (block: number) => BlockOptions): Architecture {
  const blocks = shape.map(([out, stride, expansion], i) => {
    const { dilations, ...options } = of(i);
    return {
      op: 'inverted-residual',
      out,
      stride,
      expansion,
      ...options,
      ...(dilations && stride === 1 ? { dilations } : {}),
    };
  });
  const input: Input = {
    resolution,
    classes,
    stem: { out: 16, stride: 1 },
    blocks,
    head: { out: 128 },
  };
  return parseArchitecture(input, 'ablation');
}

const mixed = [3, 5, 7, 9];
const growing = [[3], [3, 5], [3, 5], [3, 5, 7], [3, 5, 7, 9]];

/** The comparisons, for images of a data set. */
export function comparisons(at: { readonly resolution: number; readonly classes: number }): Comparison[] {
  const build = (of: (block: number) => BlockOptions) => network(at.classes, at.resolution, of);
  const same = (name: string, options: BlockOptions): Variant => ({
    name,
    architecture: build(() => options),
  });
  const mix = same('3+5+7+9', { kernels: mixed });
  return [
    {
      name: 'kernels',
      title: 'Mixed against single convolution kernels',
      claim:
        'Larger single kernels help up to 7x7 and hurt at 9x9 (figure 1); mixed kernels are more accurate than any single size at less cost (section 3.3).',
      variants: [mix, ...[3, 5, 7, 9].map((k) => same(`${k}`, { kernels: [k] }))],
    },
    {
      name: 'split',
      title: 'Equal against exponential split',
      claim: 'No clear winner: exponential is cheaper and about as accurate (section 3.4).',
      variants: [{ ...mix, name: 'equal' }, same('exponential', { kernels: mixed, split: 'exponential' })],
    },
    {
      name: 'depth',
      title: 'Sets of convolution kernels that grow with depth against the reverse',
      claim:
        'Searched networks have small kernels in early layers and large ones in later layers (section 4.3).',
      variants: [
        { name: 'growing', architecture: build((i) => ({ kernels: growing[i] as number[] })) },
        {
          name: 'reverse',
          architecture: build((i) => ({ kernels: growing[growing.length - 1 - i] as number[] })),
        },
        { ...mix, name: '3+5+7+9 everywhere' },
      ],
    },
    {
      name: 'dilation',
      title: 'Dilation against large convolution kernels',
      claim:
        'Dilated 3x3 kernels do reasonably for small sizes and lose quickly for large ones (section 3.4): what lies between the taps is skipped.',
      variants: [
        { ...mix, name: 'large kernels' },
        same('3x3 dilated to the same sizes', { kernels: [3, 3, 3, 3], dilations: [1, 2, 3, 4] }),
        same('3x3 without dilation', { kernels: [3] }),
      ],
    },
    {
      name: 'gate',
      title: 'Gates over the groups',
      claim: undefined,
      variants: (['none', 'soft', 'hard'] as const).map((gate) => same(gate, { kernels: mixed, gate })),
    },
    {
      name: 'groups',
      title: 'Number of groups, and its price',
      claim:
        'Four groups are a safe choice for MobileNets; with search, one to five (section 3.2). The price on a device is not in the paper.',
      variants: [1, 2, 3, 4, 5].map((n) => same(`${n}`, { kernels: [3, 5, 7, 9, 11].slice(0, n) })),
    },
  ];
}
