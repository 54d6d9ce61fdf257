/** What a folder data set can be asked for. */
import { z } from 'zod';
import { freeBytes } from '../../../base/index.js';
import { resolutionSchema } from '../image-set.js';

export const folderSchema = z.strictObject({
  name: z.literal('folder').describe('Your own images, one sub-folder a class.'),
  path: z
    .string()
    .min(1)
    .describe(
      'Holds `train/<class>/*`, with `val/<class>/*` and `test/<class>/*` or without, or `<class>/*`.',
    ),
  resolution: resolutionSchema
    .optional()
    .describe(
      'Height and width in pixels that images are brought to: scaled to cover the square, the middle cut out. Default: those of the search space.',
    ),
  testShare: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.2)
    .describe('Share of each class set aside for testing, where the folder has no `test`.'),
  white: z
    .number()
    .positive()
    .optional()
    .describe(
      'The value that becomes 255 in images of more than 8 bits, such as 4095 for 12 bits in 16; default: 65535 for 16 bits, 1 for floating point from 0 to 1.',
    ),
  memory: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe(
      'Megabytes of decoded images that a process keeps of a split; default: all of them up to 2 GB, else 512 MB. What is beyond is decoded ahead of training, which gives the same results.',
    ),
  disk: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe(
      'Megabytes of decoded images that the cache may take on disk for a folder that is beyond `memory`; a larger one is decoded from its files every time. Default: 20000, and at most half of what is free.',
    ),
});

export type FolderOptions = Omit<z.output<typeof folderSchema>, 'name'> & { readonly resolution: number };

const megabyte = 1e6;
/** A split is one array in memory and one file. */
const largestSplit = 2 ** 31 - 1;
const usualCache = 512 * megabyte;

/** How many bytes of a split may be in memory as a whole, and how many are kept of one that is larger. */
export function memoryOf({ memory }: Pick<FolderOptions, 'memory'>): { whole: number; cache: number } {
  if (memory === undefined) return { whole: largestSplit, cache: usualCache };
  return { whole: Math.min(largestSplit, memory * megabyte), cache: memory * megabyte };
}

const usualDisk = 20_000;

/** How many bytes the decoded form may take on disk, and how many may still be written below a folder. */
export function diskOf(
  { disk }: Pick<FolderOptions, 'disk'>,
  folder: string,
): { most: number; room: number } {
  const most = (disk ?? usualDisk) * megabyte;
  return { most, room: disk === undefined ? Math.min(most, freeBytes(folder) / 2) : most };
}
