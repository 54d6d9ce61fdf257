/** How far an accuracy may be off because it was measured on few images. */
import { z } from 'zod';
import { type Interval, wilson } from '../base/index.js';
import type { RunView } from './view.js';

const counted = z.looseObject({ validation: z.number().int().min(1) });

/** How many images each accuracy of a run was measured on; undefined where it was not measured on images. */
export function imagesOf({ config }: Pick<RunView, 'config'>): number | undefined {
  const images = counted.safeParse(config['evaluator']);
  return images.success ? images.data.validation : undefined;
}

/** Where the accuracy lies at 95 %; undefined where it was not measured on images. */
export function accuracyInterval(view: Pick<RunView, 'config'>, accuracy: number): Interval | undefined {
  const images = imagesOf(view);
  return images === undefined || !(accuracy >= 0 && accuracy <= 1) ? undefined : wilson(accuracy, images);
}

/**
 * Which members of a front are level with its most accurate: they differ from it by less than its interval, so more images
 * might order them otherwise.
 * @returns indices, without that of the most accurate; none where accuracies were not measured on images.
 */
export function levelWithBest(view: Pick<RunView, 'config'>, accuracies: readonly number[]): number[] {
  const best = accuracies.reduce((top, value, i) => (value > (accuracies[top] ?? -1) ? i : top), 0);
  const interval = accuracyInterval(view, accuracies[best] ?? Number.NaN);
  if (!interval) return [];
  return accuracies.flatMap((value, i) => (i !== best && value >= interval.low ? [i] : []));
}
