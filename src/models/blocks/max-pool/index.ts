/** Maximum over a window, SAME padding. */
import { z } from 'zod';
import { type DeepReadonly, kernelSchema, strideSchema } from '../fields.js';
import type { BlockKind } from '../kind.js';

const schema = z.strictObject({
  op: z.literal('max-pool'),
  kernel: kernelSchema.default(3),
  stride: strideSchema.default(2),
});

export const maxPool = {
  op: 'max-pool',
  schema,
  lower: ({ g, name }, { kernel, stride }, from) => g.maxPool(`${name}.pool`, from, kernel, stride),
  outChannels: (_, input) => input,
  describe: ({ kernel }) => ({ kernels: [kernel] }),
} satisfies BlockKind<DeepReadonly<z.output<typeof schema>>>;
