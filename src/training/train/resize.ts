/** Smaller images for progressive resizing. */

/** Of each output pixel along one axis, the input pixels it covers and their shares. */
function coverage(from: number, to: number): { readonly begin: number; readonly shares: number[] }[] {
  const scale = from / to;
  return Array.from({ length: to }, (_, i) => {
    const [low, high] = [i * scale, (i + 1) * scale];
    const begin = Math.floor(low + 1e-9);
    const end = Math.min(from, Math.ceil(high - 1e-9));
    const shares = Array.from({ length: Math.max(1, end - begin) }, (__, k) => {
      const at = begin + k;
      return (Math.min(high, at + 1) - Math.max(low, at)) / scale;
    });
    return { begin, shares };
  });
}

/**
 * Images `[count, from, from, channels]` as `[count, to, to, channels]`: each pixel the mean of the area it covers.
 * Sizes that grow are the nearest pixel's mean, too.
 */
export function resizeImages(
  images: Float32Array,
  count: number,
  from: number,
  to: number,
  channels = 3,
): Float32Array {
  const axis = coverage(from, to);
  const result = new Float32Array(count * to * to * channels);
  let at = 0;
  for (let image = 0; image < count; image++) {
    for (const { begin: top, shares: rows } of axis) {
      for (const { begin: left, shares: columns } of axis) {
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          for (let r = 0; r < rows.length; r++) {
            const row = ((image * from + top + r) * from + left) * channels + c;
            for (let k = 0; k < columns.length; k++) {
              sum += (rows[r] as number) * (columns[k] as number) * (images[row + k * channels] as number);
            }
          }
          result[at++] = sum;
        }
      }
    }
  }
  return result;
}
