/**
 * RandAugment (Cubuk et al., arXiv 1909.13719): a few random changes an image, all of one magnitude.
 * Works on bytes `[side, side, 3]`; what comes from outside the image is middle grey.
 */
import type { Random } from '../../../base/index.js';

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
}

/** A change at a strength of 0 to 1; `sign` is -1 or 1 where a direction matters. */
type Change = (image: Image, strength: number, sign: number) => void;

const outside = 128;

/** Each pixel from where (x, y) -> (a x + b y, c x + d y) + (e, f), about the middle, says. */
function warp(image: Image, [a, b, c, d, e, f]: readonly [number, number, number, number, number, number]) {
  const { bytes, width, height } = image;
  const source = bytes.slice();
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [x - middleX, y - middleY];
      const fromX = Math.round(a * u + b * v + e + middleX);
      const fromY = Math.round(c * u + d * v + f + middleY);
      const inside = fromX >= 0 && fromX < width && fromY >= 0 && fromY < height;
      for (let k = 0; k < 3; k++) {
        bytes[(y * width + x) * 3 + k] = inside
          ? (source[(fromY * width + fromX) * 3 + k] as number)
          : outside;
      }
    }
  }
}

/** Each value moved away from (factor > 1) or towards (factor < 1) what `towards` says of its pixel. */
function blend({ bytes }: Image, factor: number, towards: (pixel: number, channel: number) => number) {
  for (let i = 0; i < bytes.length; i++) {
    const base = towards(i - (i % 3), i % 3);
    bytes[i] = base + factor * ((bytes[i] as number) - base);
  }
}

const luma = (bytes: Uint8ClampedArray, at: number) =>
  0.299 * (bytes[at] as number) + 0.587 * (bytes[at + 1] as number) + 0.114 * (bytes[at + 2] as number);

function mapChannels({ bytes }: Image, mapOf: (channel: number) => (value: number) => number) {
  const maps = [0, 1, 2].map(mapOf);
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = (maps[i % 3] as (v: number) => number)(bytes[i] as number);
}

function extremes({ bytes }: Image, channel: number): [number, number] {
  let [low, high] = [255, 0];
  for (let i = channel; i < bytes.length; i += 3) {
    low = Math.min(low, bytes[i] as number);
    high = Math.max(high, bytes[i] as number);
  }
  return [low, high];
}

/** The image's values of a channel, made equally frequent. */
function equaliser({ bytes }: Image, channel: number): (value: number) => number {
  const counts = new Uint32Array(256);
  for (let i = channel; i < bytes.length; i += 3) counts[bytes[i] as number]!++;
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
    const { bytes } = image;
    const grey = bytes.slice();
    blend(image, 1 + sign * strength * 0.9, (pixel) => luma(grey, pixel));
  },
  (image, strength, sign) => {
    const { bytes } = image;
    let sum = 0;
    for (let i = 0; i < bytes.length; i += 3) sum += luma(bytes, i);
    const mean = sum / (bytes.length / 3);
    blend(image, 1 + sign * strength * 0.9, () => mean);
  },
  (image, strength, sign) => blend(image, 1 + sign * strength * 0.9, () => 0),
  (image, strength, sign) => {
    const source = image.bytes.slice();
    const { width } = image;
    const at = (i: number) => source[Math.min(source.length - 1, Math.max(0, i))] as number;
    // Away from or towards the mean of the five pixels around.
    blend(image, 1 + sign * strength * 0.9, (pixel, channel) => {
      const i = pixel + channel;
      return (at(i) + at(i - 3) + at(i + 3) + at(i - 3 * width) + at(i + 3 * width)) / 5;
    });
  },
];

/** Changes the bytes of one image in place. */
export function randAugment(
  bytes: Uint8ClampedArray,
  width: number,
  height: number,
  { ops, magnitude }: RandAugmentOptions,
  random: Random,
): void {
  for (let i = 0; i < ops; i++) {
    const change = random.pick(changes);
    change({ bytes, width, height }, magnitude / 10, random.next() < 0.5 ? -1 : 1);
  }
}
