/** What profiles and measurements both hold: the shape of a kernel, and where numbers come from. */
import { z } from 'zod';
import type { KernelRow } from '../kernel.js';

export const integer = z.number().int().min(0);

/** A kernel's shape, column by column: see `KernelRow`. */
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
  title: z.string(),
  url: z.string().optional(),
  licence: z.string(),
  kind: z.enum(['measured', 'simulated']),
  note: z.string().optional(),
});
