/**
 * A hardware profile: one device with one runtime and one precision, as a JSON file that a person can read and
 * diff. It holds everything a prediction needs: how layers become device kernels, the table of known kernels, the
 * model for the rest, the overhead of a whole network and how far off all this was on networks it had not seen.
 */
import { z } from 'zod';
import { parseWith } from '../../base/index.js';
import { activations, mostAlign } from '../../models/index.js';
import { kernelOps } from '../kernel.js';
import { areNumbers3, areTableEntries } from '../large-parts.js';
import { type NpuName, npuMachines } from '../npu/index.js';
import { migrate } from './migrations.js';
import { integer, row, rowColumns, source } from './shared-schemas.js';

/** The version that this code writes; older files are migrated when they are read. */
export const profileVersion = 1;

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]*$/, { message: 'a name is lower case letters, digits, . _ -' });
const amount = z.number().min(0);
const kernelOp = z.enum(kernelOps);

const npuNames = Object.keys(npuMachines) as [NpuName, ...NpuName[]];

/** Fusion rules: how the runtime turns the layers of a graph into device kernels. */
const mapping = z.strictObject({
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

/** Known device kernels: shape, then the median time in µs of each model (an index) that launched it. */
const tableEntries = z.array(
  z.strictObject({
    op: kernelOp.describe('The class of the device kernel.'),
    shape: row.describe(rowColumns),
    us: z
      .array(z.number().positive())
      .min(1)
      .describe('Median time in µs in each network that launched it, in the order of `models`.'),
    models: z.array(integer).min(1).describe('Those networks, as indices into the list of the table.'),
  }),
);
/** Lines over `output`, see `createSurface`. */
const surfaceValues = z.array(z.array(z.array(z.number())));

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
export const isCpuTerm = (name: TermName): name is CpuTermName => cpuTerms.has(name);

const term = z
  .tuple([z.enum([...termNames, ...cpuTermNames]), amount])
  .describe('A quantity of the device kernel, and its µs a unit: see docs/hardware.md.');

/** µs as a sum of non-negative terms. */
const linearModel = z.strictObject({
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
const surfaceModelOf = (values: z.ZodType<SurfaceValues>) =>
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
const borrowedModel = z.strictObject({
  kind: z.literal('as').describe('Priced as another class with the same traffic.'),
  op: kernelOp.describe('That class.'),
});

/** Mean absolute error, % within 10 %, rank correlation, % inside a band that was calibrated on the others. */
const judged = {
  mape: amount.describe('Mean absolute error, in percent.'),
  within10: amount.describe('Percent of the networks that are predicted within 10 %.'),
  spearman: z.number().optional().describe('Rank correlation of predicted and measured latency.'),
  coverage90: amount.optional().describe('Percent inside a 90 % band that was calibrated on the others.'),
};

const overhead = z.strictObject({
  fixedUs: amount.describe('µs of every network.'),
  scale: z.number().min(1).describe('Factor on device kernels of classes without one of their own.'),
  scales: z
    .partialRecord(kernelOp, z.number().min(1))
    .optional()
    .describe('Factors of classes of device kernels.'),
  sqrtUs: amount.describe('µs times the square root of B.'),
  leastKernelUs: amount.describe('µs before which the next device kernel cannot be dispatched.'),
});

/** The classes of device kernels that a transferred profile has factors of; see `transferClass`. */
export const transferClasses = ['pointwise', 'conv', 'depthwise', 'grouped', 'dense', 'other'] as const;
export type TransferClass = (typeof transferClasses)[number];

const mixtureOf = <Models extends z.ZodType>(models: Models) =>
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

/** A profile whose two large parts, nearly all of a file, are checked by these. */
const profileOf = (entries: z.ZodType<TableEntries>, values: z.ZodType<SurfaceValues>) => {
  const models = z.partialRecord(
    kernelOp,
    z.discriminatedUnion('kind', [linearModel, surfaceModelOf(values), borrowedModel]),
  );
  return z.strictObject({
    $schema: z.string().optional().describe('Where this schema lies, for editors.'),
    format: z.literal('mixnas-profile').describe('What the file is.'),
    version: z.literal(profileVersion).describe('The version of this format.'),
    name: name.describe('What commands call it.'),
    device: z.string().describe('The device that was measured, such as a phone.'),
    chip: z.string().describe('The chip, and the part of it that computes.'),
    unit: z.enum(['GPU', 'NPU', 'CPU']).describe('The kind of processor.'),
    runtime: z
      .strictObject({
        name: z.string().describe('The runtime that launches the device kernels.'),
        version: z.string().optional().describe('Its version, where known.'),
      })
      .describe('What ran the networks.'),
    precision: z.enum(['fp32', 'fp16', 'int8']).describe('The numbers it computes with.'),
    bytesPerValue: z.number().positive().describe('Bytes of one number of an activation.'),
    channelGranularity: integer
      .min(1)
      .max(mostAlign)
      .optional()
      .describe(
        'Channels that the device reads, writes and computes at once: other borders between groups, and other widths, leave part of it idle or change how maps are laid out. Where it is known from is in `notes`. Absent: not known, and `align: auto` asks for nothing.',
      ),
    batch: z.literal(1).describe('Images in one run.'),
    date: z.string().describe('When the measurements were made, or published.'),
    sources: z.array(source).min(1).describe('Where its figures come from.'),
    like: name.optional().describe('The profile of the device whose prices these are, with a few factors.'),
    notes: z.array(z.string()).optional().describe('What a user should know.'),
    memory: z
      .strictObject({
        bandwidthGBs: z.number().positive().optional().describe('Memory bandwidth, in GB a second.'),
        budgetBytes: amount.optional().describe('Memory that a network may use, in bytes.'),
        runtimeBytes: amount
          .optional()
          .describe(
            'What the runtime takes whatever network it runs, in bytes. Absent: not known, not counted.',
          ),
        weightCopies: z
          .number()
          .min(1)
          .optional()
          .describe('How often weights are held at the peak, as when a runtime packs them. Absent: once.'),
      })
      .optional()
      .describe('The memory of the device, where known.'),
    mapping: mapping.describe('How layers become device kernels.'),
    compiler: z
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
      ),
    overhead: overhead.describe(
      'From device kernels to a network: µs = fixedUs + sqrtUs x the square root of B + the sum of the parts of B, each times the factor of its class. B is what the device kernels keep the device busy for: each its own time, but at least leastKernelUs.',
    ),
    band: z
      .strictObject({
        network: amount.describe('What a network deviates by even where all its device kernels are known.'),
        interpolated: amount.describe('Times the share of the latency that is interpolated.'),
        extrapolated: amount.describe(
          'Times the share that is extrapolated, except what `unmeasured` covers.',
        ),
        unmeasured: amount.describe(
          'Times the share of device kernels of a class, a window or a dilation that nobody measured: see `hidden`.',
        ),
      })
      .describe(
        'The 90 % band as the natural logarithm of high / predicted = predicted / low: the root of the squares of `network` and of the sum of the others.',
      ),
    hidden: z
      .array(
        z.strictObject({
          what: z.string().describe('Which device kernels.'),
          points: integer.describe('How many.'),
          width90: amount.describe(
            'Natural logarithm of the factor either way within which nine in ten lie.',
          ),
        }),
      )
      .optional()
      .describe('Device kernels that were hidden from a fit and predicted the way that unmeasured ones are.'),
    models: models.describe('What prices device kernels that the table does not hold, by class.'),
    mixture: mixtureOf(models)
      .optional()
      .describe(
        'Profiles of other devices that price device kernels together: the sum of what each says, times its weight and the factor of the class. `models` are not used then.',
      ),
    error: z
      .strictObject({
        leftOut: z.enum(['family', 'model']).describe('What was left out at a time.'),
        networks: integer.describe('How many networks were predicted.'),
        ...judged,
        models: z
          .strictObject(judged)
          .optional()
          .describe(
            'The same with a tenth of the networks left out at a time: most families are known then.',
          ),
        byFamily: z
          .record(z.string(), amount)
          .optional()
          .describe('Mean absolute error by family, in percent.'),
      })
      .optional()
      .describe('The error on networks left out. Absent: nothing could be left out, no error is claimed.'),
    table: z
      .strictObject({
        kind: z
          .enum(['measured', 'simulated', 'scaled'])
          .describe(
            '`scaled`: taken over from a sibling device and recalibrated, so neither measured nor simulated here.',
          ),
        models: z.array(z.string()).describe('The networks that launched the device kernels.'),
        entries: entries.describe('The device kernels: a line a shape.'),
      })
      .describe('Device kernels whose time is known.'),
  });
};

/** What is published, and what says what is wrong with a file. */
const profile = profileOf(tableEntries, surfaceValues);
/** The same with plain loops over the large parts: they hold 100,000 numbers, which zod takes 0.2 s for. */
const quickProfile = profileOf(z.custom<TableEntries>(areTableEntries), z.custom<SurfaceValues>(areNumbers3));

export type Profile = z.output<typeof profile>;
export type Mixture = NonNullable<Profile['mixture']>;
export type KernelModel = NonNullable<Profile['models'][keyof Profile['models']]>;
export type SurfaceModel = Extract<KernelModel, { kind: 'surface' }>;
type TableEntries = z.output<typeof tableEntries>;
type SurfaceValues = z.output<typeof surfaceValues>;
export type TermName = (typeof termNames)[number] | CpuTermName;
export type ProfileSource = z.output<typeof source>;
export type MappingRules = Profile['mapping'];

/** The zod schema of a profile file of the newest version. */
export const profileSchema = profile;

/**
 * Parses untrusted data, of this version or an older one, into a profile.
 * @param what where it came from (a path), for the message.
 * @throws MixnasError `bad-profile` that names the field.
 */
export function parseProfile(value: unknown, what = 'profile'): Profile {
  const data = migrate(value, what);
  const quick = quickProfile.safeParse(data);
  return quick.success ? quick.data : parseWith(profile, data, what, 'bad-profile');
}
