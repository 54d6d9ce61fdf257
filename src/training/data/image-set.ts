/** Labelled images as flat typed arrays: what every data set becomes, and what the batches are cut from. */

import { z } from 'zod';

/** Grey; red, green, blue; or those and a fourth channel: alpha, or what else a file holds there. */
export type Channels = 1 | 3 | 4;

/**
 * Images that do not fit in memory, decoded from their files ahead of the time they are wanted. Pixels are those that
 * would be in memory, to the bit.
 */
export interface ImageReader {
  /**
   * The pixels of images, each `[height, width, channels]`; not to be changed, and gone with the next call.
   * @param next images that will be wanted after these, in that order; they are decoded meanwhile.
   * @throws MixnasError `bad-data` for a file that changed since it was listed.
   */
  read(indices: Uint32Array, next: Uint32Array): Promise<readonly Uint8Array[]>;
}

/** Images of one size with their labels. */
export interface ImageSet {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: Channels;
  /** The class names; a label is an index into it. */
  readonly classes: readonly string[];
  /** 0 to 255, `[count, height, width, channels]`, or what reads them. */
  readonly images: Uint8Array | ImageReader;
  /** `[count]`; 16 bits wide where there are more than 256 classes. */
  readonly labels: Uint8Array | Uint16Array;
  /** How many images at the end are for validation, where the data itself says which; else they are cut by seed. */
  readonly validation?: number | undefined;
}

/** A set whose images are all in memory. */
export interface MemorySet extends ImageSet {
  readonly images: Uint8Array;
}

/** Height and width of images in pixels, as a config gives them. */
export const resolutionSchema = z.number().int().min(8).max(512);

/** What images of any size are brought to where nothing says it. */
export const defaultResolution = 32;

/** One number a channel. */
export type PerChannel = readonly number[];

/** A data set: images to train on (validation is carved out of them) and the held-out test images. */
export interface DataSet<Images extends ImageSet = ImageSet> {
  readonly name: string;
  readonly train: Images;
  readonly test: Images;
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
export class ChannelStatistics {
  // Counting values keeps every sum an integer: no rounding, whatever the number of images and their order.
  private readonly counts: readonly Float64Array[];

  constructor(channels: Channels) {
    this.counts = Array.from({ length: channels }, () => new Float64Array(256));
  }

  add(pixels: Uint8Array): void {
    const channels = this.counts.length;
    for (const [c, counts] of this.counts.entries()) {
      for (let i = c; i < pixels.length; i += channels) counts[pixels[i] as number]!++;
    }
  }

  result(): { mean: PerChannel; std: PerChannel } {
    const statistics = this.counts.map((values) => {
      const pixels = values.reduce((total, count) => total + count, 0);
      const sum = values.reduce((total, count, value) => total + count * value, 0);
      const squares = values.reduce((total, count, value) => total + count * value * value, 0);
      const mean = sum / pixels;
      return { mean: mean / 255, std: Math.sqrt(Math.max(0, squares / pixels - mean * mean)) / 255 };
    });
    return { mean: statistics.map(({ mean }) => mean), std: statistics.map(({ std }) => std) };
  }
}

/** A data set of two splits in memory, with the statistics of the training split. */
export function createDataSet(name: string, train: MemorySet, test: MemorySet): DataSet<MemorySet> {
  const statistics = new ChannelStatistics(train.channels);
  statistics.add(train.images);
  return { name, train, test, ...statistics.result() };
}
