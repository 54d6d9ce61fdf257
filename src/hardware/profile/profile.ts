/**
 * A hardware profile: one device with one runtime and one precision, as a JSON file that a person can read
 * and diff. It holds everything a prediction needs: how layers become kernels, the table of known kernels,
 * the model for the rest, the overhead of a whole network and how far off all this was on networks it had
 * not seen.
 */
import { z } from 'zod';
import { parseWith } from '../../base/index.js';
import { activations } from '../../models/index.js';
import { kernelOps } from '../kernel.js';
import { areNumbers3, areTableEntries } from '../large-parts.js';
import { migrate } from './migrations.js';
import { integer, row, source } from './shared-schemas.js';

/** The version that this code writes; older files are migrated when they are read. */
export const profileVersion = 1;

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]*$/, { message: 'a name is lower case letters, digits, . _ -' });
const amount = z.number().min(0);
const kernelOp = z.enum(kernelOps);

/** Fusion rules: how the runtime turns the layers of a graph into kernels. */
const mapping = z.strictObject({
  /** Activations merged into the kernel that makes their input. Others are element-wise kernels. */
  fusedActivations: z.array(z.enum(activations)),
  /** Whether an addition is merged into the kernel that makes its newer input. */
  fusesAdd: z.boolean(),
  /** `copy`: slices and concatenations are kernels of their own; `free`: done by addressing. */
  slice: z.enum(['copy', 'free']),
  concat: z.enum(['copy', 'free']),
  /** Which convolutions run as Winograd 4x4, see `launchedAs`. Absent: none. */
  winograd: z.strictObject({ leastQuads: integer, leastTiles: integer }).optional(),
  /** Which convolutions keep their weights in constant memory, see `launchedAs`. Absent: none. */
  smallConv: z.strictObject({ mostBytes: integer, mostQuads: integer }).optional(),
});

/** Known kernels: shape, then the median time in µs of each model (an index) that launched it. */
const tableEntries = z.array(
  z.strictObject({
    op: kernelOp,
    shape: row,
    us: z.array(z.number().positive()).min(1),
    models: z.array(integer).min(1),
  }),
);
/** Lines over `output`, see `createSurface`. */
const surfaceValues = z.array(z.array(z.array(z.number())));

/** Quantities that grow with the size of a kernel; see `termValue`. */
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
] as const;
const term = z.tuple([z.enum(termNames), amount]);

/** µs as a sum of non-negative terms. */
const linearModel = z.strictObject({
  kind: z.literal('linear'),
  terms: z.array(term),
  /** Kernels it was fitted to. */
  points: integer,
});

/** Latency at the nodes of a grid, see `createSurface`, plus `fusedUs` for each million numbers of a fused add. */
const surfaceModelOf = (values: z.ZodType<SurfaceValues>) =>
  z.strictObject({
    kind: z.literal('surface'),
    points: integer,
    fusedUs: amount,
    axes: z.strictObject({
      stride: z.array(integer).min(1),
      kernel: z.array(integer).min(1),
      size: z.array(integer).min(1),
      /** Channels in and out, in quads (groups of four). */
      input: z.array(integer).min(1),
      output: z.array(integer).min(1),
    }),
    values,
  });

/** Priced as another class of the same traffic: for what nobody measured. */
const borrowedModel = z.strictObject({ kind: z.literal('as'), op: kernelOp });

/** Mean absolute error, % within 10 %, rank correlation, % inside a band that was calibrated on the others. */
const judged = {
  mape: amount,
  within10: amount,
  spearman: z.number().optional(),
  coverage90: amount.optional(),
};

/** A profile whose two large parts, nearly all of a file, are checked by these. */
const profileOf = (entries: z.ZodType<TableEntries>, values: z.ZodType<SurfaceValues>) =>
  z.strictObject({
    $schema: z.string().optional(),
    format: z.literal('mixnas-profile'),
    version: z.literal(profileVersion),
    name,
    device: z.string(),
    chip: z.string(),
    unit: z.enum(['GPU', 'NPU', 'CPU']),
    runtime: z.strictObject({ name: z.string(), version: z.string().optional() }),
    precision: z.enum(['fp32', 'fp16', 'int8']),
    bytesPerValue: z.number().positive(),
    batch: z.literal(1),
    date: z.string(),
    sources: z.array(source).min(1),
    notes: z.array(z.string()).optional(),
    memory: z
      .strictObject({ bandwidthGBs: z.number().positive().optional(), budgetBytes: amount.optional() })
      .optional(),
    mapping,
    /**
     * µs of a network = fixedUs + sqrtUs x the square root of B + the sum of B's parts, each times its
     * class's factor (`scale` where it has none of its own). B is what kernels keep the device busy for: each
     * its own time, but at least `leastKernelUs`, before which the next cannot be dispatched.
     */
    overhead: z.strictObject({
      fixedUs: amount,
      scale: z.number().min(1),
      scales: z.partialRecord(kernelOp, z.number().min(1)).optional(),
      sqrtUs: amount,
      leastKernelUs: amount,
    }),
    /** Natural logarithm of high / predicted = predicted / low at 90 %, see `bandWidth`. */
    band: z.strictObject({
      network: amount,
      interpolated: amount,
      extrapolated: amount,
      /** Kernels of a class, a window or a dilation that nobody measured: see `hidden`. */
      unmeasured: amount,
    }),
    /**
     * Kernels that were hidden from a fit and predicted the way that unmeasured ones are: how many, and the natural
     * logarithm of the factor either way within which nine in ten lie.
     */
    hidden: z.array(z.strictObject({ what: z.string(), points: integer, width90: amount })).optional(),
    models: z.partialRecord(
      kernelOp,
      z.discriminatedUnion('kind', [linearModel, surfaceModelOf(values), borrowedModel]),
    ),
    /** Error on networks left out, in percent. Absent: nothing could be left out, no error is claimed. */
    error: z
      .strictObject({
        leftOut: z.enum(['family', 'model']),
        networks: integer,
        ...judged,
        /** The same with a tenth of the networks left out at a time, so that most families are known. */
        models: z.strictObject(judged).optional(),
        byFamily: z.record(z.string(), amount).optional(),
      })
      .optional(),
    table: z.strictObject({
      /** `scaled`: taken over from a sibling device and recalibrated, so neither measured nor simulated here. */
      kind: z.enum(['measured', 'simulated', 'scaled']),
      models: z.array(z.string()),
      entries,
    }),
  });

/** What is published, and what says what is wrong with a file. */
const profile = profileOf(tableEntries, surfaceValues);
/** The same with plain loops over the large parts: they hold 100,000 numbers, which zod takes 0.2 s for. */
const quickProfile = profileOf(z.custom<TableEntries>(areTableEntries), z.custom<SurfaceValues>(areNumbers3));

export type Profile = z.output<typeof profile>;
export type KernelModel = NonNullable<Profile['models'][keyof Profile['models']]>;
export type SurfaceModel = Extract<KernelModel, { kind: 'surface' }>;
type TableEntries = z.output<typeof tableEntries>;
type SurfaceValues = z.output<typeof surfaceValues>;
export type TermName = (typeof termNames)[number];
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
