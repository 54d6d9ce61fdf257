/** Fields that several kinds of block share, in architecture files and in search spaces. */
import { z } from 'zod';

/** Non-linearities; `linear` is none. `swish` is x * sigmoid(x), `hswish` is x * relu6(x + 3) / 6. */
export const activations = ['linear', 'relu', 'relu6', 'swish', 'hswish', 'sigmoid', 'hsigmoid'] as const;
export type Activation = (typeof activations)[number];

/** Channels, and sizes in pixels: more would only run out of memory later. */
export const positive = z.number().int().positive().max(65_536);
export const kernelSchema = z
  .number()
  .int()
  .min(1)
  .max(11)
  .refine((k) => k % 2 === 1, { message: 'kernel sizes are odd numbers from 1 to 11' });
export const activationSchema = z.enum(activations);
export const strideSchema = z.union([z.literal(1), z.literal(2)]);

/** A list of distinct choices of a search space; at most 256, so that a gene is a byte. */
export function choices<T extends z.ZodType<number | string>>(item: T) {
  return z
    .array(item)
    .min(1)
    .max(256)
    .refine((values) => new Set(values).size === values.length, { message: 'lists a choice twice' });
}

export const expansionChoices = choices(z.number().min(1).max(12)).describe(
  'Choices of expanded channels / input channels of a block; the product is rounded as the kind of block says in architecture.schema.json.',
);

export type DeepReadonly<T> = T extends readonly (infer U)[]
  ? readonly DeepReadonly<U>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;
