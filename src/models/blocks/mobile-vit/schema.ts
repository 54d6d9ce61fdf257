import { z } from 'zod';
import { type DeepReadonly, activationSchema, kernelSchema, positive } from '../fields.js';

/** A MobileViT block in an architecture file. */
export const mobileVitSchema = z
  .strictObject({
    op: z.literal('mobile-vit'),
    /** Window of the first and of the last convolution. */
    kernel: kernelSchema.default(3),
    /** Channels of the transformer; a multiple of `heads`. */
    dim: positive,
    /** Transformer layers. */
    depth: positive.max(32),
    heads: positive.default(4),
    /** Hidden channels of a transformer layer's perceptron / `dim`. */
    mlpRatio: z.number().positive().max(16).default(2),
    /** Side of a patch in pixels. */
    patch: positive.max(16).default(2),
    activation: activationSchema.default('swish'),
    stride: z.literal(1).default(1),
  })
  .refine((b) => b.dim % b.heads === 0, { message: 'is a multiple of `heads`', path: ['dim'] });

export type MobileVitBlock = DeepReadonly<z.output<typeof mobileVitSchema>>;
