/**
 * A hardware profile: one device with one runtime and one precision, as a JSON file that a person can read and
 * diff. It holds everything a prediction needs: how layers become device kernels, the table of known kernels, the
 * model for the rest, the overhead of a whole network and how far off all this was on networks it had not seen.
 */
import { z } from 'zod';
import { parseWith } from '../../base/index.js';
import { mostAlign } from '../../models/index.js';
import { areNumbers3, areTableEntries } from '../large-parts.js';
import { band, error, hidden } from './error-schemas.js';
import { mapping } from './mapping-schema.js';
import { migrate } from './migrations.js';
import {
  borrowedModel,
  linearModel,
  surfaceModelOf,
  type SurfaceValues,
  surfaceValues,
} from './model-schemas.js';
import { compiler, memory, mixtureOf, overhead } from './network-schemas.js';
import { integer, kernelOp, name, row, rowColumns, source } from './shared-schemas.js';

/** The version that this code writes; older files are migrated when they are read. */
export const profileVersion = 1;

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
    memory,
    mapping: mapping.describe('How layers become device kernels.'),
    compiler,
    overhead: overhead.describe(
      'From device kernels to a network: µs = fixedUs + sqrtUs x the square root of B + the sum of the parts of B, each times the factor of its class. B is what the device kernels keep the device busy for: each its own time, but at least leastKernelUs.',
    ),
    band,
    hidden,
    models: models.describe('What prices device kernels that the table does not hold, by class.'),
    mixture: mixtureOf(models)
      .optional()
      .describe(
        'Profiles of other devices that price device kernels together: the sum of what each says, times its weight and the factor of the class. `models` are not used then.',
      ),
    error,
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
