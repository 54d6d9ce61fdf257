/** What the decoding threads are asked and answer. */
import type { DecodeTarget } from '../decode/index.js';

export interface DecodeJob {
  readonly id: number;
  readonly paths: readonly string[];
  readonly target: DecodeTarget;
  /** Whether all images are plain: known to be of bytes, in a format of libvips. */
  readonly plain: boolean;
}

/** Images one after the other, `[paths, side, side, channels]`; a reason for each that is broken. */
export interface DecodeAnswer {
  readonly id: number;
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly broken: readonly { readonly index: number; readonly reason: string }[];
}
