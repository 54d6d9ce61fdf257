import { z } from 'zod';
import { type DeepReadonly, activationSchema, kernelSchema, positive, strideSchema } from '../fields.js';
import { activationText, normText, paddingText, residualText, roundText } from '../texts.js';

const kernelOrNone = z.union([z.literal(0), kernelSchema]).default(0);

/** A universal inverted bottleneck in an architecture file. */
export const uibSchema = z
  .strictObject({
    op: z
      .literal('universal-inverted-bottleneck')
      .describe('The kind of block: the universal inverted bottleneck of MobileNetV4.'),
    startKernel: kernelOrNone.describe(
      `Height and width of the depthwise kernel before the expansion, on the input channels; 0: no such convolution. ${paddingText}`,
    ),
    middleKernel: kernelOrNone.describe(
      `Height and width of the depthwise kernel after the expansion, on the expanded channels; 0: no such convolution. ${paddingText}`,
    ),
    expansion: z
      .number()
      .min(1)
      .max(12)
      .describe(
        `Expanded channels / input channels; the product is ${roundText(8)}. The expanding convolution is there at 1, too.`,
      ),
    activation: activationSchema
      .default('relu')
      .describe(
        `After the expansion and after the middle convolution; neither the start nor the projection has one. ${activationText}`,
      ),
    stride: strideSchema
      .default(1)
      .describe('Stride of the middle convolution, or of the start where there is no middle.'),
    out: positive.describe(residualText),
  })
  .refine((b) => b.stride === 1 || b.startKernel > 0 || b.middleKernel > 0, {
    message: 'a stride of 2 needs `startKernel` or `middleKernel`',
    path: ['stride'],
  })
  .describe(
    `Depthwise convolution and batch norm (start), 1x1 convolution that expands, batch norm, activation, depthwise convolution, batch norm, activation (middle), 1x1 convolution that projects, batch norm, residual; no biases; each is ${normText}. Weights: start, expand, middle, project with .kernel and .bn.`,
  );

export type UibBlock = DeepReadonly<z.output<typeof uibSchema>>;
