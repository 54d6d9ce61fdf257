import { z } from 'zod';
import { layerNormEpsilon } from '../../norms.js';
import { type DeepReadonly, activationSchema, kernelSchema, positive } from '../fields.js';
import { activationText, normText, paddingText } from '../texts.js';

/** A MobileViT block in an architecture file. */
export const mobileVitSchema = z
  .strictObject({
    op: z.literal('mobile-vit').describe("The kind of block: MobileViT's."),
    kernel: kernelSchema
      .default(3)
      .describe(
        `Height and width of the kernels of the first and of the last convolution (\`local\`, \`fuse\`). ${paddingText}`,
      ),
    dim: positive.describe('Channels of the transformer; a multiple of `heads`.'),
    depth: positive.max(32).describe('Transformer layers.'),
    heads: positive
      .default(4)
      .describe(
        'Heads of the attention; head h has channels h x dim / heads and on. Products are divided by the square root of dim / heads.',
      ),
    mlpRatio: z
      .number()
      .positive()
      .max(16)
      .default(2)
      .describe(
        "Hidden channels of a transformer layer's perceptron / `dim`; the product is rounded, halves up.",
      ),
    patch: positive
      .max(16)
      .default(2)
      .describe(
        'Side of a patch in pixels: pixels at the same place of each patch attend to each other. Sets at the edges of a map that patches do not divide are smaller.',
      ),
    activation: activationSchema
      .default('swish')
      .describe(`After each batch norm, and in the perceptron. ${activationText}`),
    stride: z.literal(1).default(1).describe('Always 1: size and channels stay.'),
  })
  .refine((b) => b.dim % b.heads === 0, { message: 'is a multiple of `heads`', path: ['dim'] })
  .describe(
    `Convolution (local), batch norm, activation, 1x1 convolution to \`dim\` (embed), transformer layers, layer norm, 1x1 convolution back to the channels of the input (project), batch norm, activation, concatenation of the block's input and that, convolution to the channels of the input (fuse), batch norm, activation; no biases here; each is ${normText}. A transformer layer: x + out(attention(qkv(layerNorm(x)))), then x + mlp.out(activation(mlp.in(layerNorm(x)))), four 1x1 convolutions with biases; queries, keys and values are the thirds of qkv, in this order. Layer norm has epsilon ${layerNormEpsilon}.`,
  );

export type MobileVitBlock = DeepReadonly<z.output<typeof mobileVitSchema>>;
