/** How far the outputs of a file are from those that are expected. */

export interface Comparison {
  readonly images: number;
  /** The largest difference of a logit, of the range of the expected logits of all images. */
  readonly largestDifference: number;
  /** Share of the images with the same most probable class. */
  readonly agreement: number;
}

const classOf = (logits: ArrayLike<number>): number => {
  let best = 0;
  for (let c = 1; c < logits.length; c++) if ((logits[c] as number) > (logits[best] as number)) best = c;
  return best;
};

/** Compares logits image by image. */
export function compareLogits(
  actual: readonly Float32Array[],
  expected: readonly Float32Array[],
): Comparison {
  let [low, high, largest, same] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  expected.forEach((row, i) => {
    const own = actual[i] as Float32Array;
    row.forEach((value, c) => {
      low = Math.min(low, value);
      high = Math.max(high, value);
      const difference = Math.abs(value - (own[c] as number));
      // A logit that is no number is as far as can be.
      largest = Math.max(largest, Number.isFinite(difference) ? difference : Number.POSITIVE_INFINITY);
    });
    if (classOf(row) === classOf(own)) same++;
  });
  const images = expected.length;
  return { images, largestDifference: largest / Math.max(high - low, 1e-30), agreement: same / images };
}

/** Share of the images whose most probable class is theirs. */
export function accuracyOf(logits: readonly Float32Array[], labels: readonly number[]): number {
  return logits.filter((row, i) => classOf(row) === labels[i]).length / logits.length;
}
