/** What profiles and measurements both hold: the shape of a device kernel, and where numbers come from. */
import { z } from 'zod';
import { kernelOps, type KernelRow } from '../kernel.js';

export const integer = z.number().int().min(0);

/** What a row holds, for the schemas. */
export const rowColumns =
  'The shape of the device kernel: height of the (square) output, channels in, channels out, window (for concat and elementwise: images read), stride, dilation, groups, images read in addition by merged additions.';

/** The shape of a device kernel, column by column: see `KernelRow`. */
export const row: z.ZodType<KernelRow> = z.tuple([
  integer,
  integer,
  integer,
  integer,
  integer,
  integer,
  integer,
  integer,
]);

/** Where numbers come from. `measured` on a device, or `simulated` by a vendor's compiler. */
export const source = z.strictObject({
  title: z.string().describe('What it is called.'),
  url: z.string().optional().describe('Where it is.'),
  licence: z.string().describe('Under which licence the figures are used.'),
  kind: z
    .enum(['measured', 'simulated'])
    .describe("`measured` on a device, or `simulated` by a vendor's compiler."),
  note: z.string().optional().describe('What else there is to know of it.'),
});

export const amount = z.number().min(0);
export const kernelOp = z.enum(kernelOps);
/** What commands call a profile. */
export const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]*$/, { message: 'a name is lower case letters, digits, . _ -' });
