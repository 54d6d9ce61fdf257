/**
 * Batches of normalised images. A training stream shuffles again every epoch and augments; all of step n
 * follows from the seed and n, so a stream is saved as one number and resumed to the bit.
 */
import { MixnasError, type Random } from '../../../base/index.js';
import type { ImageSet, PerChannel } from '../image-set.js';
import { type RandAugmentOptions, randAugment } from './rand-augment.js';

/** What happens to a training image. Zero or false turns a part off. */
export interface Augmentation {
  /** Mirror left and right, every second time. */
  readonly flip: boolean;
  /** Shift by up to this many pixels each way; what is uncovered becomes the mean colour. */
  readonly padCrop: number;
  /** Side in pixels of a square set to the mean colour (DeVries and Taylor 2017, arXiv 1708.04552). */
  readonly cutout: number;
  /** Random changes of colour and geometry, before everything else. */
  readonly randAugment?: RandAugmentOptions | undefined;
}

/** Images and labels of one step. */
export interface Batch {
  /** (pixel / 255 - mean) / std, `[batch, height, width, 3]`. */
  readonly images: Float32Array;
  /** `[batch]`. */
  readonly labels: Int32Array;
}

/** A saved stream; plain JSON. */
export interface BatchStreamState {
  /** Batches handed out so far. */
  readonly step: number;
}

/** How pixels become network inputs: usually those of the data set. */
export interface Normalisation {
  readonly mean: PerChannel;
  readonly std: PerChannel;
}

/** What a stream needs besides the images. */
export interface BatchStreamOptions extends Normalisation {
  readonly batchSize: number;
  readonly augmentation: Augmentation;
  /** Only its seed counts, not what was drawn from it. */
  readonly random: Random;
  /** Where to go on; from the beginning by default. */
  readonly state?: BatchStreamState | undefined;
}

/** The network input for each value of each channel: `[3, 256]`. */
function normalisedValues({ mean, std }: Normalisation): Float32Array {
  return Float32Array.from({ length: 3 * 256 }, (_, i) => {
    const c = Math.floor(i / 256);
    // A channel without any variation has no scale of its own.
    return ((i % 256) / 255 - (mean[c] as number)) / ((std[c] as number) || 1);
  });
}

/** Where an output image lies in its source: shifted by `dx`, `dy`, mirrored or not. */
interface View {
  readonly dx: number;
  readonly dy: number;
  readonly mirrored: boolean;
}

const asIs: View = { dx: 0, dy: 0, mirrored: false };

/** Writes image `index` of `set`, seen through `view`, to `out` from `start`; outside the source is 0. */
function writeImage(
  out: Float32Array,
  start: number,
  set: ImageSet,
  index: number,
  values: Float32Array,
  { dx, dy, mirrored }: View,
): void {
  const { width, height, images } = set;
  if (dx !== 0 || dy !== 0) out.fill(0, start, start + height * width * 3);
  // The part of an output row that the source covers.
  const left = Math.max(0, -dx);
  const right = Math.min(width, width - dx);
  const step = mirrored ? -3 : 3;
  for (let y = Math.max(0, -dy); y < Math.min(height, height - dy); y++) {
    const row = (index * height + y + dy) * width;
    let from = (row + (mirrored ? width - 1 - left - dx : left + dx)) * 3;
    const end = start + (y * width + right) * 3;
    for (let to = start + (y * width + left) * 3; to < end; to += 3, from += step) {
      out[to] = values[images[from] as number] as number;
      out[to + 1] = values[256 + (images[from + 1] as number)] as number;
      out[to + 2] = values[512 + (images[from + 2] as number)] as number;
    }
  }
}

/** Sets a square around (`x`, `y`) to the mean colour, as far as it lies in the image. */
function cutSquare(
  out: Float32Array,
  start: number,
  set: ImageSet,
  side: number,
  x: number,
  y: number,
): void {
  const left = Math.max(0, x - (side >> 1));
  const right = Math.min(set.width, x - (side >> 1) + side);
  const bottom = Math.min(set.height, y - (side >> 1) + side);
  for (let row = Math.max(0, y - (side >> 1)); row < bottom; row++) {
    out.fill(0, start + (row * set.width + left) * 3, start + (row * set.width + right) * 3);
  }
}

/** An endless stream of training batches. */
export interface BatchStream {
  /** Batches in one pass over the images. */
  readonly batchesPerEpoch: number;
  /** The next batch. Its arrays are used again by the next call: copy them to keep them. */
  next(): Batch;
  /** The state from which a stream with the same set, indices and options continues bit for bit. */
  save(): BatchStreamState;
}

/**
 * Streams batches over some of a set's images. Every epoch visits them in another order; those that do
 * not fill a last batch wait for a later epoch, so all batches are full.
 * @throws MixnasError `bad-config` when a batch is larger than the images there are.
 */
export function createBatchStream(
  set: ImageSet,
  indices: Uint32Array,
  options: BatchStreamOptions,
): BatchStream {
  const { batchSize, augmentation, random } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > indices.length) {
    throw new MixnasError(
      'bad-config',
      `A batch of ${batchSize} images cannot be drawn from ${indices.length} training images.`,
      {
        remedy: `Set \`evaluator.batchSize\` of the config (--batch-size of train) to at most ${indices.length}, or train on more images.`,
      },
    );
  }
  const batchesPerEpoch = Math.floor(indices.length / batchSize);
  const imageLength = set.height * set.width * 3;
  const values = normalisedValues(options);
  const images = new Float32Array(batchSize * imageLength);
  const labels = new Int32Array(batchSize);
  const order = new Uint32Array(indices.length);
  let orderedEpoch = -1;
  let step = options.state?.step ?? 0;

  /** Brings `order` to that of an epoch. */
  const shuffleFor = (epoch: number) => {
    if (epoch === orderedEpoch) return;
    order.set(indices);
    random.fork(`epoch ${epoch}`).shuffle(order);
    orderedEpoch = epoch;
  };

  /** A set of one image: a changed copy of image `index`. */
  const scratch = new Uint8ClampedArray(augmentation.randAugment ? imageLength : 0);
  const scratchSet: ImageSet = { ...set, count: 1, images: new Uint8Array(scratch.buffer) };
  const changed = (index: number, draws: Random): ImageSet => {
    scratch.set(set.images.subarray(index * imageLength, (index + 1) * imageLength));
    if (augmentation.randAugment) {
      randAugment(scratch, set.width, set.height, augmentation.randAugment, draws);
    }
    return scratchSet;
  };

  const next = () => {
    shuffleFor(Math.floor(step / batchesPerEpoch));
    const first = (step % batchesPerEpoch) * batchSize;
    const draws = random.fork(`batch ${step}`);
    for (let i = 0; i < batchSize; i++) {
      const index = order[first + i] as number;
      labels[i] = set.labels[index] as number;
      const [from, at] = augmentation.randAugment ? [changed(index, draws), 0] : [set, index];
      writeImage(images, i * imageLength, from, at, values, drawView(augmentation, draws));
      if (augmentation.cutout > 0) {
        const x = draws.int(set.width);
        cutSquare(images, i * imageLength, set, augmentation.cutout, x, draws.int(set.height));
      }
    }
    step++;
    return { images, labels };
  };

  return { batchesPerEpoch, next, save: () => ({ step }) };
}

function drawView({ flip, padCrop }: Augmentation, random: Random): View {
  const mirrored = flip && random.next() < 0.5;
  if (padCrop === 0) return { ...asIs, mirrored };
  const shift = () => random.int(2 * padCrop + 1) - padCrop;
  return { dx: shift(), dy: shift(), mirrored };
}

/**
 * Batches for evaluation: the images of `indices` in order, once, without augmentation; the last batch
 * may be smaller. Their arrays are used again by the next batch.
 */
export function* evalBatches(
  set: ImageSet,
  indices: Uint32Array,
  options: Normalisation & { readonly batchSize: number },
): Generator<Batch> {
  const imageLength = set.height * set.width * 3;
  const values = normalisedValues(options);
  const images = new Float32Array(options.batchSize * imageLength);
  const labels = new Int32Array(options.batchSize);
  for (let first = 0; first < indices.length; first += options.batchSize) {
    const count = Math.min(options.batchSize, indices.length - first);
    for (let i = 0; i < count; i++) {
      const index = indices[first + i] as number;
      labels[i] = set.labels[index] as number;
      writeImage(images, i * imageLength, set, index, values, asIs);
    }
    yield { images: images.subarray(0, count * imageLength), labels: labels.subarray(0, count) };
  }
}

/** The indices of every image of a set. */
export function allIndices(set: ImageSet): Uint32Array {
  return Uint32Array.from({ length: set.count }, (_, i) => i);
}
