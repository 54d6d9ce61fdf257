/** What images are decoded to. */
import type { Channels } from '../image-set.js';

export interface DecodeTarget {
  /** Height and width: scaled to cover the square, the middle cut out. */
  readonly side: number;
  readonly channels: Channels;
  /** The value that becomes 255 in files of more than 8 bits; default: by the type of the file. */
  readonly white?: number | undefined;
}

/** What a file's decoding may lose, or is otherwise to be said of it. */
export interface ImageFacts {
  /** Whether the file has a channel of transparency, or a fourth one. */
  readonly alpha: boolean;
  /** Pages or frames, of which the first is taken. */
  readonly pages: number;
  /** Where the values of the file are not bytes: their type, and their range in it. */
  readonly deep?: { readonly type: string; readonly least: number; readonly most: number } | undefined;
  /** Whether the decoded image is of one colour throughout. */
  readonly constant: boolean;
  /** Whether the file is of bytes, and of a format of libvips: `decodePlain` gives the same. */
  readonly plain: boolean;
}
