/** Carving validation images out of the training split. */
import { z } from 'zod';
import { MixnasError, createRandom, formatInteger, heldOutCount } from '../../base/index.js';
import { type ImageSet, labelHistogram } from './image-set.js';

/** Indices into an image set, ascending; together they are all of it, and none is in both. */
export interface Split {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
}

/** How many training images are held out, as a config says it. */
export const heldOutSchema = z
  .number()
  .positive()
  .refine((held) => held < 1 || Number.isInteger(held), {
    message: 'must be a whole number of images, or a share below 1',
  })
  .optional()
  .describe(
    'Training images that are held out, and on which accuracy is measured: how many, or a share of all below 1. Default: a quarter of them, at most 2,500.',
  );

/** How many of `total` each class gives, in proportion to its size: largest remainders, exact in sum. */
function quotas(sizes: readonly number[], total: number): number[] {
  const all = sizes.reduce((sum, n) => sum + n, 0);
  const exact = sizes.map((n) => (n * total) / all);
  const given = exact.map(Math.floor);
  const left = total - given.reduce((sum, n) => sum + n, 0);
  const byRemainder = exact
    .map((share, c) => ({ c, remainder: share - Math.floor(share) }))
    .toSorted((a, b) => b.remainder - a.remainder || a.c - b.c);
  for (const { c } of byRemainder.slice(0, left)) given[c] = (given[c] as number) + 1;
  return given;
}

/**
 * Divides a training set into images to train on and images to validate on, every class in the same
 * proportion. Depends on the labels and the seed only; where the data has validation images of its own, on nothing.
 * @param options `validation`: how many images, or which share of them; see `heldOutSchema`.
 * @throws MixnasError `bad-config` when nothing would be left to train on, or nothing to validate on.
 */
export function splitTrainValidation(
  set: ImageSet,
  options: { readonly validation?: number | undefined; readonly seed: string | number },
): Split {
  if (set.validation !== undefined) return ownSplit(set.count, set.validation);
  const validation = heldOutCount(options.validation, set.count);
  if (!Number.isInteger(validation) || validation < 1 || validation >= set.count) {
    throw new MixnasError(
      'bad-config',
      `${validation} validation images cannot be carved out of ${set.count} training images.`,
      {
        remedy: `Set \`evaluator.validation\` of the config (--validation of train) to 1 to ${formatInteger(set.count - 1)}, or to a share such as 0.2.`,
      },
    );
  }
  const random = createRandom(`split ${options.seed}`);
  const byClass: number[][] = set.classes.map(() => []);
  for (let i = 0; i < set.count; i++) byClass[set.labels[i] as number]?.push(i);
  const given = quotas(labelHistogram(set), validation);
  // A stream for each class: more images of one do not move the others.
  const shuffled = byClass.map((members, c) => random.fork(c).shuffle(members));
  const part = (from: (c: number) => number, to: (c: number) => number) =>
    Uint32Array.from(shuffled.flatMap((members, c) => members.slice(from(c), to(c)))).sort();
  return {
    train: part(
      (c) => given[c] as number,
      () => Number.POSITIVE_INFINITY,
    ),
    validation: part(
      () => 0,
      (c) => given[c] as number,
    ),
  };
}

/** The split of data that has validation images of its own, at the end. */
function ownSplit(count: number, validation: number): Split {
  const indices = Uint32Array.from({ length: count }, (_, i) => i);
  return { train: indices.subarray(0, count - validation), validation: indices.subarray(count - validation) };
}
