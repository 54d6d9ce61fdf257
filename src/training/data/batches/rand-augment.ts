/**
 * RandAugment (Cubuk et al., arXiv 1909.13719): a few random changes an image, all of one magnitude.
 * Works on bytes `[height, width, channels]`; what comes from outside the image is middle grey. A fourth channel moves
 * with the others and keeps its values: it is not light.
 */
import type { Random } from '../../../base/index.js';
import type { Channels, ImageSet } from '../image-set.js';

export interface RandAugmentOptions {
  /** Changes an image. */
  readonly ops: number;
  /** 0 (hardly anything) to 10. */
  readonly magnitude: number;
}

interface Image {
  readonly bytes: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  readonly channels: Channels;
  /** How many channels are light: 1 or 3. */
  readonly colours: 1 | 3;
}

/** A change at a strength of 0 to 1; `sign` is -1 or 1 where a direction matters. */
type Change = (image: Image, strength: number, sign: number) => void;

const outside = 128;

/** Each pixel from where (x, y) -> (a x + b y, c x + d y) + (e, f), about the middle, says. */
function warp(image: Image, [a, b, c, d, e, f]: readonly [number, number, number, number, number, number]) {
  const { bytes, width, height, channels } = image;
  const source = bytes.slice();
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [x - middleX, y - middleY];
      const fromX = Math.round(a * u + b * v + e + middleX);
      const fromY = Math.round(c * u + d * v + f + middleY);
      const inside = fromX >= 0 && fromX < width && fromY >= 0 && fromY < height;
      for (let k = 0; k < channels; k++) {
        bytes[(y * width + x) * channels + k] = inside
          ? (source[(fromY * width + fromX) * channels + k] as number)
          : outside;
      }
    }
  }
}

/** Each value moved away from (factor > 1) or towards (factor < 1) what `towards` says of its pixel. */
function blend(
  { bytes, channels, colours }: Image,
  factor: number,
  towards: (pixel: number, channel: number) => number,
) {
  for (let pixel = 0; pixel < bytes.length; pixel += channels) {
    for (let c = 0; c < colours; c++) {
      const base = towards(pixel, c);
      bytes[pixel + c] = base + factor * ((bytes[pixel + c] as number) - base);
    }
  }
}

const luma = (bytes: Uint8ClampedArray, at: number, colours: 1 | 3) =>
  colours === 1
    ? (bytes[at] as number)
    : 0.299 * (bytes[at] as number) + 0.587 * (bytes[at + 1] as number) + 0.114 * (bytes[at + 2] as number);

function mapChannels(
  { bytes, channels, colours }: Image,
  mapOf: (channel: number) => (value: number) => number,
) {
  const maps = Array.from({ length: colours }, (_, c) => mapOf(c));
  for (const [c, map] of maps.entries()) {
    for (let i = c; i < bytes.length; i += channels) bytes[i] = map(bytes[i] as number);
  }
}

function extremes({ bytes, channels }: Image, channel: number): [number, number] {
  let [low, high] = [255, 0];
  for (let i = channel; i < bytes.length; i += channels) {
    low = Math.min(low, bytes[i] as number);
    high = Math.max(high, bytes[i] as number);
  }
  return [low, high];
}

/** The image's values of a channel, made equally frequent. */
function equaliser({ bytes, channels }: Image, channel: number): (value: number) => number {
  const counts = new Uint32Array(256);
  for (let i = channel; i < bytes.length; i += channels) counts[bytes[i] as number]!++;
  let below = 0;
  const ranks = counts.map((count) => (below += count));
  const first = ranks.find((rank) => rank > 0) ?? 0;
  const span = below - first;
  return (value) => (span === 0 ? value : (((ranks[value] as number) - first) / span) * 255);
}

/** The changes of the paper, their ranges as in its code. */
const changes: readonly Change[] = [
  () => {},
  (image) =>
    mapChannels(image, (c) => {
      const [low, high] = extremes(image, c);
      return (value) => (high > low ? ((value - low) * 255) / (high - low) : value);
    }),
  (image) => mapChannels(image, (c) => equaliser(image, c)),
  (image, strength, sign) => {
    const angle = (sign * strength * Math.PI) / 6;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    warp(image, [cos, sin, -sin, cos, 0, 0]);
  },
  (image, strength, sign) => warp(image, [1, sign * strength * 0.3, 0, 1, 0, 0]),
  (image, strength, sign) => warp(image, [1, 0, sign * strength * 0.3, 1, 0, 0]),
  (image, strength, sign) => warp(image, [1, 0, 0, 1, sign * strength * 0.3 * image.width, 0]),
  (image, strength, sign) => warp(image, [1, 0, 0, 1, 0, sign * strength * 0.3 * image.height]),
  (image, strength) => {
    const step = 2 ** Math.round(strength * 4);
    mapChannels(image, () => (value) => Math.floor(value / step) * step);
  },
  (image, strength) =>
    mapChannels(image, () => (value) => (value > 255 - strength * 255 ? 255 - value : value)),
  (image, strength, sign) => {
    const { bytes, colours } = image;
    const grey = bytes.slice();
    blend(image, 1 + sign * strength * 0.9, (pixel) => luma(grey, pixel, colours));
  },
  (image, strength, sign) => {
    const { bytes, channels, colours } = image;
    let sum = 0;
    for (let i = 0; i < bytes.length; i += channels) sum += luma(bytes, i, colours);
    const mean = sum / (bytes.length / channels);
    blend(image, 1 + sign * strength * 0.9, () => mean);
  },
  (image, strength, sign) => blend(image, 1 + sign * strength * 0.9, () => 0),
  (image, strength, sign) => {
    const source = image.bytes.slice();
    const { width, channels } = image;
    // Beyond the ends is the nearest value that is light.
    const last = source.length - (channels === 4 ? 2 : 1);
    const at = (i: number) => source[Math.min(last, Math.max(0, i))] as number;
    // Away from or towards the mean of the five pixels around.
    blend(image, 1 + sign * strength * 0.9, (pixel, channel) => {
      const i = pixel + channel;
      return (
        (at(i) + at(i - channels) + at(i + channels) + at(i - channels * width) + at(i + channels * width)) /
        5
      );
    });
  },
];

/** Changes the bytes of one image in place. */
export function randAugment(
  bytes: Uint8ClampedArray,
  { width, height, channels }: Pick<ImageSet, 'width' | 'height' | 'channels'>,
  { ops, magnitude }: RandAugmentOptions,
  random: Random,
): void {
  for (let i = 0; i < ops; i++) {
    const change = random.pick(changes);
    change(
      { bytes, width, height, channels, colours: channels === 1 ? 1 : 3 },
      magnitude / 10,
      random.next() < 0.5 ? -1 : 1,
    );
  }
}
