/** How far an accuracy may be off because it was measured on few images. */
import { z } from 'zod';
import { type Interval, heldOutCount, wilson } from '../../base/index.js';
import type { RunView } from '../view.js';

const held = z.looseObject({
  name: z.enum(['training', 'pytorch', 'supernet']).optional(),
  validation: z.number().positive().optional(),
});

/**
 * How many images each accuracy of a run was measured on; undefined where it was not measured on images, or the run does not
 * say on how many: runs of version 0.1 and earlier of an image folder do not say whether it had validation images of its own.
 */
export function imagesOf({ config, manifest }: Pick<RunView, 'config' | 'manifest'>): number | undefined {
  const evaluator = held.safeParse(config['evaluator']).data;
  if (!evaluator) return undefined;
  const { validation } = evaluator;
  const { data } = manifest;
  if (data?.validation) return data.validation;
  const mayHaveOwn = data?.validation === undefined && data?.source['name'] === 'folder';
  if (validation !== undefined && validation >= 1) return validation;
  if (!data || (validation === undefined && mayHaveOwn)) return undefined;
  return heldOutCount(
    validation,
    data.classes.reduce((sum, { train }) => sum + train, 0),
  );
}

/** Where the accuracy lies at 95 %; undefined where it was not measured on images. */
export function accuracyInterval(
  view: Pick<RunView, 'config' | 'manifest'>,
  accuracy: number,
): Interval | undefined {
  const images = imagesOf(view);
  return images === undefined || !(accuracy >= 0 && accuracy <= 1) ? undefined : wilson(accuracy, images);
}

/**
 * Which members of a front are level with its most accurate: they differ from it by less than its interval, so more images
 * might order them otherwise.
 * @returns indices, without that of the most accurate; none where accuracies were not measured on images.
 */
export function levelWithBest(
  view: Pick<RunView, 'config' | 'manifest'>,
  accuracies: readonly number[],
): number[] {
  const best = accuracies.reduce((top, value, i) => (value > (accuracies[top] ?? -1) ? i : top), 0);
  const interval = accuracyInterval(view, accuracies[best] ?? Number.NaN);
  if (!interval) return [];
  return accuracies.flatMap((value, i) => (i !== best && value >= interval.low ? [i] : []));
}
