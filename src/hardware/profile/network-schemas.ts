/** From device kernels to a network: overhead, a compiler that plans whole networks, memory, and mixtures of devices. */
import { z } from 'zod';
import { type NpuName, npuMachines } from '../npu/index.js';
import { mapping } from './mapping-schema.js';
import { amount, kernelOp, name } from './shared-schemas.js';

const npuNames = Object.keys(npuMachines) as [NpuName, ...NpuName[]];

export const overhead = z.strictObject({
  fixedUs: amount.describe('µs of every network.'),
  scale: z.number().min(1).describe('Factor on device kernels of classes without one of their own.'),
  scales: z
    .partialRecord(kernelOp, z.number().min(1))
    .optional()
    .describe('Factors of classes of device kernels.'),
  sqrtUs: amount.describe('µs times the square root of B.'),
  leastKernelUs: amount.describe('µs before which the next device kernel cannot be dispatched.'),
});

export const compiler = z
  .strictObject({
    name: z.literal('vela').describe("Arm's compiler for Ethos-U."),
    machine: z.enum(npuNames).describe('The NPU, with the memories that the compiler assumes.'),
    variant: z
      .enum(['arm', 'nxp'])
      .describe('`nxp`: as NXP ships it, with an addition of 0 behind each concatenation.'),
    scale: z.number().positive().describe("From the compiler's estimate to the measured latency."),
    convolutionScale: z
      .number()
      .positive()
      .describe('The same of convolutions beyond 1x1 that the multipliers bound.'),
  })
  .optional()
  .describe(
    'Latency of a layer graph comes from what this compiler makes of it: where maps live, how they are laid out, what runs in stripes. The table then prices lists of device kernels only. Absent: device kernels are priced one by one.',
  );

export const memory = z
  .strictObject({
    bandwidthGBs: z.number().positive().optional().describe('Memory bandwidth, in GB a second.'),
    budgetBytes: amount.optional().describe('Memory that a network may use, in bytes.'),
    runtimeBytes: amount
      .optional()
      .describe('What the runtime takes whatever network it runs, in bytes. Absent: not known, not counted.'),
    weightCopies: z
      .number()
      .min(1)
      .optional()
      .describe('How often weights are held at the peak, as when a runtime packs them. Absent: once.'),
  })
  .optional()
  .describe('The memory of the device, where known.');

/** The classes of device kernels that a transferred profile has factors of; see `transferClass`. */
export const transferClasses = ['pointwise', 'conv', 'depthwise', 'grouped', 'dense', 'other'] as const;
export type TransferClass = (typeof transferClasses)[number];

export const mixtureOf = <Models extends z.ZodType>(models: Models) =>
  z.strictObject({
    factors: z
      .record(z.enum(transferClasses), amount)
      .describe('What the time of each class is multiplied by; 1 where the measurements carry no factor.'),
    parts: z
      .array(
        z.strictObject({
          profile: name.describe('The profile that this was.'),
          weight: amount.describe('What its times are multiplied by.'),
          mapping: mapping.describe('How it launches convolutions.'),
          overhead: overhead.describe('Factors and the least time of its device kernels.'),
          models: models.describe('What prices its device kernels.'),
        }),
      )
      .min(1)
      .describe('The profiles, largest share first.'),
  });
