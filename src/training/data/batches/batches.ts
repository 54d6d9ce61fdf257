/**
 * Batches of normalised images. A training stream shuffles again every epoch and augments; all of step n
 * follows from the seed and n, so a stream is saved as one number and resumed to the bit.
 */
import { MixnasError, type Random } from '../../../base/index.js';
import type { ImageSet } from '../image-set.js';
import { type Normalisation, type View, asIs, cutSquare, normalisedValues, writeImage } from './pixels.js';
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
  /** (pixel / 255 - mean) / std, `[batch, height, width, channels]`. */
  readonly images: Float32Array;
  /** `[batch]`. */
  readonly labels: Int32Array;
}

/** A saved stream; plain JSON. */
export interface BatchStreamState {
  /** Batches handed out so far. */
  readonly step: number;
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

/** An endless stream of training batches. */
export interface BatchStream {
  /** Batches in one pass over the images. */
  readonly batchesPerEpoch: number;
  /** The next batch. Its arrays are used again by the next call: copy them to keep them. */
  next(): Promise<Batch>;
  /** The state from which a stream with the same set, indices and options continues bit for bit. */
  save(): BatchStreamState;
}

/** Images that are decoded ahead of those in use: some batches, as far as they take no more than this. */
const batchesAhead = 4;
const bytesAhead = 128 * 2 ** 20;

const imageLengthOf = ({ height, width, channels }: ImageSet) => height * width * channels;

/** How many images to decode ahead of a batch. */
function imagesAhead(set: ImageSet, batchSize: number): number {
  const batches = Math.min(batchesAhead, Math.floor(bytesAhead / (imageLengthOf(set) * batchSize)));
  return Math.max(1, batches) * batchSize;
}

/** The pixels of some images. */
async function pixelsOf(set: ImageSet, indices: Uint32Array, next: () => Uint32Array) {
  const { images } = set;
  if (!(images instanceof Uint8Array)) return images.read(indices, next());
  const length = imageLengthOf(set);
  return Array.from(indices, (index) => images.subarray(index * length, (index + 1) * length));
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
  const imageLength = imageLengthOf(set);
  const values = normalisedValues(options, set.channels);
  const images = new Float32Array(batchSize * imageLength);
  const labels = new Int32Array(batchSize);
  const ahead = imagesAhead(set, batchSize);
  const orders = new Map<number, Uint32Array>();
  let step = options.state?.step ?? 0;

  /** The order of an epoch. The one before is dropped, the one after may be wanted already. */
  const orderOf = (epoch: number): Uint32Array => {
    const known = orders.get(epoch);
    if (known) return known;
    const order = indices.slice();
    random.fork(`epoch ${epoch}`).shuffle(order);
    for (const other of orders.keys()) if (other < epoch - 1) orders.delete(other);
    orders.set(epoch, order);
    return order;
  };

  /** The images of the batches from `first` on. */
  const wanted = (first: number, count: number): Uint32Array => {
    const found = new Uint32Array(count);
    for (let i = 0; i < count; i += batchSize) {
      const batch = first + i / batchSize;
      const at = (batch % batchesPerEpoch) * batchSize;
      found.set(orderOf(Math.floor(batch / batchesPerEpoch)).subarray(at, at + batchSize), i);
    }
    return found;
  };

  /** A changed copy of an image. */
  const scratch = new Uint8ClampedArray(augmentation.randAugment ? imageLength : 0);
  const scratchBytes = new Uint8Array(scratch.buffer);
  const changed = (pixels: Uint8Array, { ops, magnitude }: RandAugmentOptions, draws: Random): Uint8Array => {
    scratch.set(pixels);
    randAugment(scratch, set, { ops, magnitude }, draws);
    return scratchBytes;
  };

  const next = async () => {
    const own = wanted(step, batchSize);
    const pixels = await pixelsOf(set, own, () => wanted(step + 1, ahead));
    const draws = random.fork(`batch ${step}`);
    for (let i = 0; i < batchSize; i++) {
      labels[i] = set.labels[own[i] as number] as number;
      const plain = pixels[i] as Uint8Array;
      const { randAugment: changes } = augmentation;
      const source = changes ? changed(plain, changes, draws) : plain;
      writeImage(images, i * imageLength, set, source, values, drawView(augmentation, draws));
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
export async function* evalBatches(
  set: ImageSet,
  indices: Uint32Array,
  options: Normalisation & { readonly batchSize: number },
): AsyncGenerator<Batch> {
  const { batchSize } = options;
  const imageLength = imageLengthOf(set);
  const values = normalisedValues(options, set.channels);
  const images = new Float32Array(batchSize * imageLength);
  const labels = new Int32Array(batchSize);
  const ahead = imagesAhead(set, batchSize);
  for (let first = 0; first < indices.length; first += batchSize) {
    const own = indices.subarray(first, first + batchSize);
    const count = own.length;
    const pixels = await pixelsOf(set, own, () => indices.subarray(first + count, first + count + ahead));
    for (let i = 0; i < count; i++) {
      labels[i] = set.labels[own[i] as number] as number;
      writeImage(images, i * imageLength, set, pixels[i] as Uint8Array, values, asIs);
    }
    yield { images: images.subarray(0, count * imageLength), labels: labels.subarray(0, count) };
  }
}

/** The indices of every image of a set. */
export function allIndices(set: ImageSet): Uint32Array {
  return Uint32Array.from({ length: set.count }, (_, i) => i);
}
