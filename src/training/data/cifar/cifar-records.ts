/** Records of the CIFAR binary archives: label bytes, then 32x32 red, 32x32 green and 32x32 blue bytes. */
import { MixnasError } from '../../../base/index.js';
import { type MemorySet, labelHistogram } from '../image-set.js';

export const side = 32;
export const pixels = side * side;

/** Bytes of a record that begins with so many labels. */
export const bytesOfRecord = (labels: number) => labels + 3 * pixels;

/**
 * Files of records as images, in order.
 * @param labels label bytes of a record; the last of them is the class.
 */
export function recordsToSet(
  files: readonly Uint8Array[],
  classes: readonly string[],
  labels: number,
): MemorySet {
  const recordBytes = bytesOfRecord(labels);
  const count = files.reduce((sum, file) => sum + Math.floor(file.length / recordBytes), 0);
  const images = new Uint8Array(count * pixels * 3);
  const own = new Uint8Array(count);
  let image = 0;
  for (const file of files) {
    for (let from = 0; from + recordBytes <= file.length; from += recordBytes, image++) {
      const planes = from + labels;
      own[image] = file[planes - 1] as number;
      for (let p = 0, out = image * pixels * 3; p < pixels; p++, out += 3) {
        images[out] = file[planes + p] as number;
        images[out + 1] = file[planes + pixels + p] as number;
        images[out + 2] = file[planes + 2 * pixels + p] as number;
      }
    }
  }
  return { count, height: side, width: side, channels: 3, classes, images, labels: own };
}

/** @throws MixnasError `bad-data` where the classes are not equally many in each split. */
export function checkEven(splits: Readonly<Record<string, MemorySet>>, title: string, remedy: string): void {
  for (const [split, set] of Object.entries(splits)) {
    const histogram = labelHistogram(set);
    const { length } = set.classes;
    if (histogram.length !== length || histogram.some((n) => n !== set.count / length)) {
      throw new MixnasError('bad-data', `${title}'s ${split} labels are uneven: ${histogram.join(', ')}.`, {
        remedy,
      });
    }
  }
}
