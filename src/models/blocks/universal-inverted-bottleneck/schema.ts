import { z } from 'zod';
import { type DeepReadonly, activationSchema, kernelSchema, positive, strideSchema } from '../fields.js';

const kernelOrNone = z.union([z.literal(0), kernelSchema]).default(0);

/** A universal inverted bottleneck in an architecture file. */
export const uibSchema = z
  .strictObject({
    op: z.literal('universal-inverted-bottleneck'),
    /** Kernel of the depthwise convolution before the expansion, on the input channels; 0 for none. */
    startKernel: kernelOrNone,
    /** Kernel of the depthwise convolution after the expansion, on the expanded channels; 0 for none. */
    middleKernel: kernelOrNone,
    /** Expanded channels / input channels; the product is rounded to a multiple of 8. */
    expansion: z.number().min(1).max(12),
    /** Follows the expansion and the middle convolution; neither the start nor the projection has one. */
    activation: activationSchema.default('relu'),
    /** Of the middle convolution, or of the start where there is no middle. */
    stride: strideSchema.default(1),
    /** Output channels. A skip connection is added when stride is 1 and `out` equals the input. */
    out: positive,
  })
  .refine((b) => b.stride === 1 || b.startKernel > 0 || b.middleKernel > 0, {
    message: 'a stride of 2 needs `startKernel` or `middleKernel`',
    path: ['stride'],
  });

export type UibBlock = DeepReadonly<z.output<typeof uibSchema>>;
