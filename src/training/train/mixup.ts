/** Mixup: blended images with blended targets (Zhang et al., arXiv 1710.09412). */
import type { Random } from '../../base/index.js';

/** A draw from Gamma(a, 1) (Marsaglia and Tsang 2000; boosted for a < 1). */
function gamma(a: number, random: Random): number {
  if (a < 1) return gamma(a + 1, random) * (1 - random.next()) ** (1 / a);
  const d = a - 1 / 3;
  for (;;) {
    const normal = random.normal();
    const v = (1 + normal / Math.sqrt(9 * d)) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - random.next()) < normal ** 2 / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** A draw from Beta(a, a). */
export function symmetricBeta(a: number, random: Random): number {
  const [x, y] = [gamma(a, random), gamma(a, random)];
  return x + y > 0 ? x / (x + y) : 0.5;
}

/**
 * Blends, in place, each of `count` images and its targets with those of the image at the other end of the
 * batch, all by one share from Beta(a, a).
 */
export function mixup(
  images: Float32Array,
  targets: Float32Array,
  count: number,
  a: number,
  random: Random,
): void {
  const drawn = symmetricBeta(a, random);
  const own = Math.max(drawn, 1 - drawn);
  for (const array of [images, targets]) {
    const size = array.length / count;
    for (let i = 0; i < count >> 1; i++) {
      const [first, second] = [i * size, (count - 1 - i) * size];
      for (let k = 0; k < size; k++) {
        const [x, y] = [array[first + k] as number, array[second + k] as number];
        array[first + k] = own * x + (1 - own) * y;
        array[second + k] = own * y + (1 - own) * x;
      }
    }
  }
}
