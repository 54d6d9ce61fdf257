/**
 * The units of ShuffleNetV2 (Ma et al., arXiv 1807.11164, figure 3 c and d). Where stride is 1 and the
 * channels stay, half of them pass and half go through 1x1, depthwise, 1x1; else both halves are made of
 * all channels. Then the halves are interleaved.
 */
import { z } from 'zod';
import { type DeepReadonly, activationSchema, kernelSchema, positive, strideSchema } from '../fields.js';
import type { BlockKind, BlockSite } from '../kind.js';
import { activationText, normText, paddingText } from '../texts.js';
import { depthwiseUnit, pointwiseUnit } from '../units.js';

const schema = z
  .strictObject({
    op: z.literal('shuffle').describe('The kind of block: a unit of ShuffleNetV2.'),
    kernel: kernelSchema.default(3).describe(`Height and width of the depthwise kernels. ${paddingText}`),
    activation: activationSchema
      .default('relu')
      .describe(
        `After each 1x1 convolution's batch norm; depthwise convolutions have none. ${activationText}`,
      ),
    stride: strideSchema.default(1).describe('Stride of the depthwise convolutions.'),
    out: positive
      .refine((n) => n % 2 === 0, { message: 'is even: both halves get as many channels' })
      .describe('Output channels, even. There is no residual.'),
  })
  .describe(
    `Two halves of \`out\` / 2 channels, concatenated, then interleaved: channel 2 j + h of the output is channel j of half h. The second half (main): 1x1 convolution, batch norm, activation, depthwise convolution, batch norm, 1x1 convolution, batch norm, activation. Where \`stride\` is 1 and \`out\` equals the input channels, the first half is the first half of the input as it is and main reads the second; else both read all channels and the first half (side) is depthwise convolution, batch norm, 1x1 convolution, batch norm, activation. No biases; each is ${normText}.`,
  );

type ShuffleBlock = DeepReadonly<z.output<typeof schema>>;

function lower({ g, name }: BlockSite, block: ShuffleBlock, from: number): number {
  const input = g.channels(from);
  const half = block.out / 2;
  const main = (x: number) => {
    const reduced = pointwiseUnit(g, `${name}.main.reduce`, x, half, block.activation);
    const mixed = depthwiseUnit(g, `${name}.main.depthwise`, reduced, block, 'linear');
    return pointwiseUnit(g, `${name}.main.pointwise`, mixed, half, block.activation);
  };
  let parts: readonly [number, number];
  if (block.stride === 1 && block.out === input) {
    const kept = g.slice(`${name}.split.0`, from, 0, half);
    parts = [kept, main(g.slice(`${name}.split.1`, from, half, half))];
  } else {
    const side = depthwiseUnit(g, `${name}.side.depthwise`, from, block, 'linear');
    parts = [pointwiseUnit(g, `${name}.side.pointwise`, side, half, block.activation), main(from)];
  }
  return g.shuffle(`${name}.shuffle`, g.concat(`${name}.concat`, parts), 2);
}

export const shuffle = {
  op: 'shuffle',
  schema,
  lower,
  outChannels: ({ out }) => out,
  describe: ({ kernel, activation }) => ({ kernels: [kernel], activation }),
} satisfies BlockKind<ShuffleBlock>;
