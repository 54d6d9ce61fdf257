/** Images whose values are not bytes: 16 bits, 32 bits, floating point. */
import type { Sharp } from 'sharp';
import type { RawImage } from './bmp.js';

export interface DeepImage {
  readonly image: RawImage;
  readonly least: number;
  readonly most: number;
}

/** Room above 1 for what resampling overshoots in floating-point images. */
const overshoot = 1.01;

/**
 * The value that becomes 255, where the user does not say.
 * @throws Error that says what to set, where no convention covers the values.
 */
function usualWhite(type: string, least: number, most: number): number {
  if (type === 'ushort') return 65_535;
  const float = type === 'float' || type === 'double';
  const limit = float ? overshoot : 255;
  if (least >= (float ? 1 - overshoot : 0) && most <= limit) return float ? 1 : 255;
  const range = `${least} to ${most}`;
  throw new Error(
    `its ${type} values go from ${range}, and which of them is white is not known: set dataset.white, say ${most}`,
  );
}

/**
 * The first page as bytes: values from 0 to `white` become 0 to 255, others the nearest of them.
 * @throws Error for values that are no numbers, or without a known white.
 */
export async function readDeep(
  source: Sharp,
  { depth, space }: { readonly depth: string; readonly space: string },
  white: number | undefined,
): Promise<DeepImage> {
  const { data, info } = await source
    .toColourspace(space) // As it is: a conversion would clip or bend the values.
    .raw({ depth: 'float' })
    .toBuffer({ resolveWithObject: true });
  const values = new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4);
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) throw new Error(`it holds the value ${value}`);
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const top = white ?? usualWhite(depth, least, most);
  // 16 bits without a `white` lose their low byte, as everywhere; others are rounded.
  const scale = white === undefined && depth === 'ushort' ? 1 / 256 : 255 / top;
  const bytes = new Uint8ClampedArray(values.length);
  if (scale === 1 / 256) values.forEach((value, i) => (bytes[i] = Math.floor(value * scale)));
  else values.forEach((value, i) => (bytes[i] = value * scale));
  const { width, height, channels } = info;
  return {
    image: { data: new Uint8Array(bytes.buffer), width, height, channels },
    least,
    most,
  };
}
