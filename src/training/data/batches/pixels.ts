/** Writing images into a batch: normalised, shifted, mirrored, with a square cut out. */
import { InternalError } from '../../../base/index.js';
import type { ImageSet, PerChannel } from '../image-set.js';

/** How pixels become network inputs: usually those of the data set. */
export interface Normalisation {
  readonly mean: PerChannel;
  readonly std: PerChannel;
}

/** The size of one image. */
export type ImageSize = Pick<ImageSet, 'height' | 'width' | 'channels'>;

/** The network input for each value of each channel: `[channels, 256]`. */
export function normalisedValues({ mean, std }: Normalisation, channels: number): Float32Array {
  if (mean.length !== channels || std.length !== channels) {
    throw new InternalError(`a normalisation of ${mean.length} channels for images of ${channels}`);
  }
  return Float32Array.from({ length: channels * 256 }, (_, i) => {
    const c = Math.floor(i / 256);
    // A channel without any variation has no scale of its own.
    return ((i % 256) / 255 - (mean[c] as number)) / ((std[c] as number) || 1);
  });
}

/** Where an output image lies in its source: shifted by `dx`, `dy`, mirrored or not. */
export interface View {
  readonly dx: number;
  readonly dy: number;
  readonly mirrored: boolean;
}

export const asIs: View = { dx: 0, dy: 0, mirrored: false };

/** Writes an image, seen through `view`, to `out` from `start`; outside the source is 0. */
export function writeImage(
  out: Float32Array,
  start: number,
  { width, height, channels }: ImageSize,
  pixels: Uint8Array,
  values: Float32Array,
  { dx, dy, mirrored }: View,
): void {
  if (dx !== 0 || dy !== 0) out.fill(0, start, start + height * width * channels);
  // The part of an output row that the source covers.
  const left = Math.max(0, -dx);
  const right = Math.min(width, width - dx);
  const step = mirrored ? -channels : channels;
  for (let y = Math.max(0, -dy); y < Math.min(height, height - dy); y++) {
    const row = (y + dy) * width;
    let from = (row + (mirrored ? width - 1 - left - dx : left + dx)) * channels;
    const end = start + (y * width + right) * channels;
    let to = start + (y * width + left) * channels;
    if (channels === 3) {
      for (; to < end; to += 3, from += step) {
        out[to] = values[pixels[from] as number] as number;
        out[to + 1] = values[256 + (pixels[from + 1] as number)] as number;
        out[to + 2] = values[512 + (pixels[from + 2] as number)] as number;
      }
    } else {
      for (; to < end; to += channels, from += step) {
        for (let c = 0; c < channels; c++) {
          out[to + c] = values[256 * c + (pixels[from + c] as number)] as number;
        }
      }
    }
  }
}

/** Sets a square around (`x`, `y`) to the mean colour, as far as it lies in the image. */
export function cutSquare(
  out: Float32Array,
  start: number,
  { width, height, channels }: ImageSize,
  side: number,
  x: number,
  y: number,
): void {
  const left = Math.max(0, x - (side >> 1));
  const right = Math.min(width, x - (side >> 1) + side);
  const bottom = Math.min(height, y - (side >> 1) + side);
  for (let row = Math.max(0, y - (side >> 1)); row < bottom; row++) {
    const at = start + row * width * channels;
    out.fill(0, at + left * channels, at + right * channels);
  }
}
