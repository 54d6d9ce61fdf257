/** Maximum over a window, SAME padding. */
import { z } from 'zod';
import { type DeepReadonly, kernelSchema, strideSchema } from '../fields.js';
import type { BlockKind } from '../kind.js';

const schema = z
  .strictObject({
    op: z.literal('max-pool').describe('The kind of block: maximum over a window.'),
    kernel: kernelSchema
      .default(3)
      .describe(
        'Height and width of the window. SAME padding as of convolutions, but what lies outside the image never is the maximum.',
      ),
    stride: strideSchema.default(2).describe('Stride of the window.'),
  })
  .describe('The maximum over a window; the channels stay, there are no weights and no activation.');

export const maxPool = {
  op: 'max-pool',
  schema,
  lower: ({ g, name }, { kernel, stride }, from) => g.maxPool(`${name}.pool`, from, kernel, stride),
  outChannels: (_, input) => input,
  describe: ({ kernel }) => ({ kernels: [kernel] }),
} satisfies BlockKind<DeepReadonly<z.output<typeof schema>>>;
