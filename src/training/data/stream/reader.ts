/**
 * Images read, from their files or from one that holds them decoded, while they are wanted. As many as the cache holds are kept, the first that come: every
 * epoch visits all images once in another order, so whichever are kept serve the same share, and to replace one by
 * another would only cost. What is decoded ahead and not kept is dropped once it was used.
 */
import { MixnasError } from '../../../base/index.js';
import type { DecodeTarget } from '../decode/index.js';
import type { ImageReader } from '../image-set.js';
import type { ReadJob } from './messages.js';
import { readPool } from './pool.js';

/** Where images come from. */
export interface ImageSource {
  readonly count: number;
  /** Bytes of an image. */
  readonly length: number;
  /** What a thread is asked for some of them. */
  job(indices: readonly number[]): ReadJob;
  /** The file that holds one. */
  path(index: number): string;
}

/**
 * Image files.
 * @param options `plain`: all are of bytes, in formats of libvips, and are decoded without a look at what they are.
 */
export function imageFiles(options: {
  readonly count: number;
  readonly target: DecodeTarget;
  readonly plain: boolean;
  path(index: number): string;
}): ImageSource {
  const { count, target, plain, path } = options;
  const length = target.side ** 2 * target.channels;
  return { count, length, path, job: (indices) => ({ paths: indices.map((i) => path(i)), target, plain }) };
}

/** A file that holds images decoded, one after the other. */
export function storedImages(stored: string, count: number, length: number): ImageSource {
  return { count, length, path: () => stored, job: (indices) => ({ stored, indices, length }) };
}

/** Images decoded by one message to a thread. */
const imagesAJob = 16;
/** Memory is taken in parts, as it is needed. */
const blockBytes = 16 * 2 ** 20;

/** Images that stay. */
class Kept {
  private readonly slots: Int32Array;
  private readonly blocks: Uint8Array[] = [];
  private readonly length: number;
  private readonly perBlock: number;
  private readonly most: number;
  private used = 0;

  constructor(count: number, length: number, bytes: number) {
    this.slots = new Int32Array(count).fill(-1);
    this.length = length;
    this.perBlock = Math.max(1, Math.floor(blockBytes / length));
    this.most = Math.min(count, Math.floor(bytes / length));
  }

  get(index: number): Uint8Array | undefined {
    const slot = this.slots[index] as number;
    if (slot < 0) return undefined;
    const at = (slot % this.perBlock) * this.length;
    return this.blocks[Math.floor(slot / this.perBlock)]?.subarray(at, at + this.length);
  }

  /** Keeps a copy, where there is room. */
  offer(index: number, pixels: Uint8Array): void {
    if (this.used >= this.most || (this.slots[index] as number) >= 0) return;
    const slot = this.used++;
    const block = Math.floor(slot / this.perBlock);
    const left = this.most - block * this.perBlock;
    this.blocks[block] ??= new Uint8Array(Math.min(this.perBlock, left) * this.length);
    this.blocks[block].set(pixels, (slot % this.perBlock) * this.length);
    this.slots[index] = slot;
  }
}

/**
 * Opens images that are read ahead.
 * @param cacheBytes of images that are kept.
 */
export function createImageReader(source: ImageSource, cacheBytes: number): ImageReader {
  const { count, length } = source;
  const kept = new Kept(count, length, cacheBytes);
  /** Images asked for and not yet used, the oldest first. */
  const ahead = new Map<number, Promise<Uint8Array>>();

  function ask(indices: readonly number[]): void {
    const answer = readPool.read(source.job(indices));
    indices.forEach((index, i) => {
      const pixels = answer.then(({ pixels: all, broken }) => {
        const fault = broken.find((one) => one.index === i);
        if (fault) throw changed(source.path(index), fault.reason);
        const own = all.subarray(i * length, (i + 1) * length);
        kept.offer(index, own);
        return own;
      });
      // Whoever reads it gets the error; one that nobody reads is none.
      pixels.catch(() => {});
      ahead.set(index, pixels);
    });
  }

  function askFor(indices: Uint32Array): void {
    const missing = [...new Set(indices)].filter(
      (index) => !ahead.has(index) && kept.get(index) === undefined,
    );
    for (let i = 0; i < missing.length; i += imagesAJob) ask(missing.slice(i, i + imagesAJob));
  }

  return {
    async read(indices, next) {
      askFor(indices);
      askFor(next);
      const pixels = await Promise.all(
        Array.from(indices, async (index) => kept.get(index) ?? (ahead.get(index) as Promise<Uint8Array>)),
      );
      for (const index of indices) ahead.delete(index);
      // What an abandoned stream had asked for would pile up.
      const most = 2 * (indices.length + next.length);
      for (const index of ahead.keys()) {
        if (ahead.size <= most) break;
        ahead.delete(index);
      }
      return pixels;
    },
  };
}

function changed(path: string, reason: string): MixnasError {
  return new MixnasError('bad-data', `${path} can no longer be read (${reason}).`, {
    remedy: 'Its folder must stay as it is while its images are trained on.',
  });
}
