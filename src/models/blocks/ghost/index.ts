/**
 * The bottleneck of GhostNet (Han et al., arXiv 1911.11907, figure 3): ghost modules expand and project, each half a
 * 1x1 convolution and half a 3x3 depthwise convolution of that half; where the
 * stride is 2 a depthwise convolution between them; squeeze-and-excitation; a shortcut that is a depthwise separable convolution where shapes differ.
 */
import { z } from 'zod';
import {
  type Activation,
  type DeepReadonly,
  activationSchema,
  kernelSchema,
  positive,
  strideSchema,
} from '../fields.js';
import type { BlockKind, BlockSite } from '../kind.js';
import { roundChannels } from '../rounding.js';
import { activationText, hardSqueezeText, normText, paddingText, roundText } from '../texts.js';
import { depthwiseUnit, pointwiseUnit, squeezeExcite } from '../units.js';

const even = positive.refine((n) => n % 2 === 0, { message: 'is even: both halves get as many channels' });

const schema = z
  .strictObject({
    op: z.literal('ghost').describe('The kind of block: the bottleneck of GhostNet.'),
    kernel: kernelSchema
      .default(3)
      .describe(
        `Height and width of the kernel of the depthwise convolution between the modules and of the one in the shortcut. ${paddingText}`,
      ),
    expansion: z
      .number()
      .min(1)
      .max(12)
      .describe(`Channels of the first module / input channels; the product is ${roundText(4)}.`),
    seRatio: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe(
        `Squeezed channels / expanded channels, ${roundText(4)}; 0: no squeeze-and-excitation. ${hardSqueezeText}.`,
      ),
    middle: z
      .boolean()
      .default(false)
      .describe('Whether a depthwise convolution lies between the modules; a stride of 2 needs one.'),
    activation: activationSchema
      .default('relu')
      .describe(`After both batch norms of the first module; the second module has none. ${activationText}`),
    stride: strideSchema
      .default(1)
      .describe('Stride of the depthwise convolution between the modules and of the one in the shortcut.'),
    out: even.describe(
      'Output channels, even. Something is always added at the very end: the input of the block where `stride` is 1 and `out` equals the input channels, else the shortcut.',
    ),
  })
  .refine((b) => b.stride === 1 || b.middle, {
    message: 'a stride of 2 needs `middle: true`',
    path: ['stride'],
  })
  .describe(
    `Ghost module that expands, depthwise convolution with batch norm where \`middle\`, squeeze-and-excitation, ghost module that projects, sum with the input or with a shortcut (depthwise convolution, batch norm, 1x1 convolution, batch norm; no activations). A ghost module makes half of its channels by 1x1 convolution, batch norm, activation (primary), the other half from these by 3x3 depthwise convolution, batch norm, activation (cheap), and concatenates primary and cheap. No biases but in squeeze-and-excitation; each is ${normText}.`,
  );

type GhostBlock = DeepReadonly<z.output<typeof schema>>;

function ghostModule(g: BlockSite['g'], name: string, from: number, out: number, activation: Activation) {
  const primary = pointwiseUnit(g, `${name}.primary`, from, out / 2, activation);
  const cheap = depthwiseUnit(g, `${name}.cheap`, primary, { kernel: 3, stride: 1 }, activation);
  return g.concat(`${name}.concat`, [primary, cheap]);
}

function lower({ g, name }: BlockSite, block: GhostBlock, from: number): number {
  const { stride, out, expansion, seRatio, middle, activation } = block;
  const input = g.channels(from);
  const expanded = roundChannels(input * expansion, 4);
  let x = ghostModule(g, `${name}.expand`, from, expanded, activation);
  if (middle) x = depthwiseUnit(g, `${name}.depthwise`, x, block, 'linear');
  if (seRatio > 0) {
    const squeezed = roundChannels(expanded * seRatio, 4);
    x = squeezeExcite(g, name, x, { squeezed, activation: 'relu', gate: 'hsigmoid' });
  }
  x = ghostModule(g, `${name}.project`, x, out, 'linear');
  if (stride === 1 && out === input) return g.add(`${name}.add`, x, from);
  const side = depthwiseUnit(g, `${name}.shortcut.depthwise`, from, block, 'linear');
  return g.add(`${name}.add`, x, pointwiseUnit(g, `${name}.shortcut.pointwise`, side, out, 'linear'));
}

export const ghost = {
  op: 'ghost',
  schema,
  lower,
  outChannels: ({ out }) => out,
  describe: ({ kernel, expansion, seRatio, activation }) => ({
    kernels: [kernel],
    expansion,
    seRatio,
    activation,
  }),
} satisfies BlockKind<GhostBlock>;
