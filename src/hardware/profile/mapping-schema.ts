/** How the runtime turns the layers of a graph into device kernels. */
import { z } from 'zod';
import { activations } from '../../models/index.js';
import { integer } from './shared-schemas.js';

/** Fusion rules. */
export const mapping = z.strictObject({
  fusedActivations: z
    .array(z.enum(activations))
    .describe(
      'Activations merged into the device kernel that makes their input. Others are element-wise device kernels.',
    ),
  fusesAdd: z
    .boolean()
    .describe('Whether an addition is merged into the device kernel that makes its newer input.'),
  wholeActivations: z
    .array(z.enum(activations))
    .optional()
    .describe(
      'Of those not merged, what is one device kernel and not a gate and a multiplication, such as hswish.',
    ),
  grouped: z
    .enum(['whole', 'parts'])
    .optional()
    .describe(
      '`parts`: a convolution of several groups is a slice and a convolution for each and a concatenation, as files are exported; absent or `whole`: one device kernel.',
    ),
  slice: z
    .enum(['copy', 'free'])
    .describe('`copy`: a slice of channels is a device kernel of its own; `free`: done by addressing.'),
  concat: z.enum(['copy', 'free']).describe('The same of concatenations of channels.'),
  winograd: z
    .strictObject({
      leastQuads: integer.describe('Least channels in and out, each in groups of four.'),
      leastTiles: integer.describe('Least number of 4x4 tiles of the output.'),
    })
    .optional()
    .describe('Which 3x3 convolutions of stride 1 run as Winograd 4x4. Absent: none.'),
  smallConv: z
    .strictObject({
      mostBytes: integer.describe('Most bytes of weights.'),
      mostQuads: integer.describe('Most channels out, in groups of four.'),
    })
    .optional()
    .describe('Which convolutions keep their weights in constant memory. Absent: none.'),
});
