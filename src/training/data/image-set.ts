/** Labelled images as flat typed arrays: what every data set becomes, and what the batches are cut from. */

import { z } from 'zod';

/** Images of one size with their labels. */
export interface ImageSet {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 3;
  /** The class names; a label is an index into it. */
  readonly classes: readonly string[];
  /** Red, green, blue, 0 to 255, `[count, height, width, 3]`. */
  readonly images: Uint8Array;
  /** `[count]`; 16 bits wide where there are more than 256 classes. */
  readonly labels: Uint8Array | Uint16Array;
  /** How many images at the end are for validation, where the data itself says which; else they are cut by seed. */
  readonly validation?: number | undefined;
}

/** Height and width of images in pixels, as a config gives them. */
export const resolutionSchema = z.number().int().min(8).max(512);

/** What images of any size are brought to where nothing says it. */
export const defaultResolution = 32;

/** One number a channel: red, green, blue. */
export type PerChannel = readonly [number, number, number];

/** A data set: images to train on (validation is carved out of them) and the held-out test images. */
export interface DataSet {
  readonly name: string;
  readonly train: ImageSet;
  readonly test: ImageSet;
  /** Mean of each channel of `train`, of pixel / 255. */
  readonly mean: PerChannel;
  /** Standard deviation of each channel of `train`, of pixel / 255. */
  readonly std: PerChannel;
  /** What a person should know of how it was found and decoded, a sentence each. */
  readonly notes?: readonly string[] | undefined;
}

/** An array for `count` labels that is wide enough for `classes` classes. */
export function createLabels(count: number, classes: number): Uint8Array | Uint16Array {
  return classes > 256 ? new Uint16Array(count) : new Uint8Array(count);
}

/** How many images each class has. */
export function labelHistogram(set: ImageSet): number[] {
  const histogram = new Array<number>(set.classes.length).fill(0);
  for (const label of set.labels) histogram[label] = (histogram[label] ?? 0) + 1;
  return histogram;
}

/** Mean and standard deviation of each channel of pixel / 255, exact except for the last rounding. */
export function channelStatistics(images: Uint8Array): { mean: PerChannel; std: PerChannel } {
  // Counting values keeps every sum an integer: no rounding, whatever the number of images.
  const counts = [new Float64Array(256), new Float64Array(256), new Float64Array(256)] as const;
  const [red, green, blue] = counts;
  for (let i = 0; i < images.length; i += 3) {
    red[images[i] as number]!++;
    green[images[i + 1] as number]!++;
    blue[images[i + 2] as number]!++;
  }
  const pixels = images.length / 3;
  const statistics = counts.map((values) => {
    const sum = values.reduce((total, count, value) => total + count * value, 0);
    const squares = values.reduce((total, count, value) => total + count * value * value, 0);
    const mean = sum / pixels;
    return { mean: mean / 255, std: Math.sqrt(Math.max(0, squares / pixels - mean * mean)) / 255 };
  });
  const [r, g, b] = statistics as [(typeof statistics)[0], (typeof statistics)[0], (typeof statistics)[0]];
  return { mean: [r.mean, g.mean, b.mean], std: [r.std, g.std, b.std] };
}

/** A data set of two splits, with the statistics of the training split. */
export function createDataSet(name: string, train: ImageSet, test: ImageSet): DataSet {
  return { name, train, test, ...channelStatistics(train.images) };
}
