/** What the reading threads are asked and answer. */
import type { DecodeTarget } from '../decode/index.js';

/** Image files to decode. */
export interface FilesJob {
  readonly paths: readonly string[];
  readonly target: DecodeTarget;
  /** Whether all images are plain: known to be of bytes, in a format of libvips. */
  readonly plain: boolean;
}

/** Images to read from a file that holds them decoded, one after the other. */
export interface StoredJob {
  readonly stored: string;
  readonly indices: readonly number[];
  /** Bytes of an image. */
  readonly length: number;
}

export type ReadJob = FilesJob | StoredJob;

/** Images one after the other, `[images, side, side, channels]`; a reason for each that is broken. */
export interface ReadAnswer {
  readonly id: number;
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly broken: readonly { readonly index: number; readonly reason: string }[];
}
