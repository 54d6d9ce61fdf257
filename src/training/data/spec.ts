/** Naming a data set in a config. */
import { z } from 'zod';

const resolution = z.number().int().min(8).max(512);

/** A data set by name, with its options filled in. */
export const dataSpecSchema = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('cifar10'),
    /** The official binary archive, or the folder with its files; without it the data is fetched. */
    path: z.string().min(1).optional(),
  }),
  z.strictObject({
    name: z.literal('textures'),
    seed: z.number().int().nonnegative().default(1),
    /** Training images; a quarter as many test images come on top. */
    size: z.number().int().min(16).max(200_000).default(4_000),
    /** Height and width in pixels. */
    resolution: resolution.default(32),
    classes: z.number().int().min(2).max(16).default(8),
  }),
  z.strictObject({
    name: z.literal('folder'),
    /** Holds `train/<class>/*` and `test/<class>/*`, or `<class>/*`. */
    path: z.string().min(1),
    /** Height and width the images are brought to, in pixels. */
    resolution: resolution.default(32),
    /** Share of each class set aside for testing, where the folder has no `test`. */
    testShare: z.number().gt(0).lt(1).default(0.2),
  }),
]);

/** A data set as a config names it; options may be left out. */
export type DataSpec = z.input<typeof dataSpecSchema>;
/** A data set with every option filled in. */
export type ResolvedDataSpec = z.output<typeof dataSpecSchema>;
