/** What prices device kernels of a class: a sum of terms, a surface over a grid, or another class. */
import { z } from 'zod';
import { amount, integer, kernelOp } from './shared-schemas.js';

/** Lines over `output`, see `createSurface`. */
export const surfaceValues = z.array(z.array(z.array(z.number())));

export type SurfaceValues = z.output<typeof surfaceValues>;

/** Quantities that grow with the size of a device kernel; see `termValue`. */
export const termNames = [
  'launch',
  'macs',
  'winograd',
  'reads',
  'writes',
  'weights',
  'serial',
  'fused',
  'inputs',
  'tile-pointwise-macs',
  'tile-window-macs',
  'block-weights',
] as const;
/** The same on CPUs; see `cpuTermValue`. */
export const cpuTermNames = [
  'deep-macs',
  'octet-macs',
  'window-macs',
  'wide-macs',
  'widest-macs',
  'strided-macs',
  'spill-32k',
  'spill-128k',
  'spill-512k',
  'spill-2m',
  'gathers',
  'patches',
  'steps',
  'map',
  'unary',
  'binary',
] as const;
export type CpuTermName = (typeof cpuTermNames)[number];
const cpuTerms: ReadonlySet<string> = new Set(cpuTermNames);
export type TermName = (typeof termNames)[number] | CpuTermName;
export const isCpuTerm = (name: TermName): name is CpuTermName => cpuTerms.has(name);

const term = z
  .tuple([z.enum([...termNames, ...cpuTermNames]), amount])
  .describe('A quantity of the device kernel, and its µs a unit: see docs/hardware.md.');

/** µs as a sum of non-negative terms. */
export const linearModel = z.strictObject({
  kind: z.literal('linear').describe('µs as a sum of terms.'),
  terms: z.array(term).describe('The terms, none negative.'),
  points: integer.describe('How many device kernels it was fitted to.'),
  windows: z
    .array(integer)
    .optional()
    .describe(
      'Windows of the device kernels in the networks that it was fitted to, none dilated; what else is asked for is extrapolated.',
    ),
});

/** Latency at the nodes of a grid, see `createSurface`, plus `fusedUs` for each million numbers of a fused add. */
export const surfaceModelOf = (values: z.ZodType<SurfaceValues>) =>
  z.strictObject({
    kind: z
      .literal('surface')
      .describe('µs between the nodes of a grid, each axis interpolated in logarithms.'),
    points: integer.describe('How many device kernels it was fitted to.'),
    fusedUs: amount.describe('µs for each million numbers of an addition that is merged.'),
    axes: z
      .strictObject({
        stride: z.array(integer).min(1).describe('Strides.'),
        kernel: z.array(integer).min(1).describe('Heights of the convolution kernel.'),
        size: z.array(integer).min(1).describe('Heights of the output, in pixels.'),
        input: z.array(integer).min(1).describe('Channels in, in groups of four.'),
        output: z.array(integer).min(1).describe('Channels out, in groups of four.'),
      })
      .describe('The nodes of the grid along each axis.'),
    values: values.describe(
      '1000 times the natural logarithm of µs at the nodes: by stride, then in the order kernel, size, input a line over output, which holds its first value and then how much each next one adds.',
    ),
  });

/** Priced as another class of the same traffic: for what nobody measured. */
export const borrowedModel = z.strictObject({
  kind: z.literal('as').describe('Priced as another class with the same traffic.'),
  op: kernelOp.describe('That class.'),
});
