/** Maps that patches do not divide. */
import type { AttentionOp } from './graph.js';

/**
 * `[patch * patch, patches]`: for each place in a patch, 0 for the patches that have a pixel there and -1e9
 * for those that would have it outside the map. Added to the scores, it takes them out of the softmax.
 */
export function attentionMask({ shape: [height, width], patch }: AttentionOp): Float32Array {
  const [rows, columns] = [Math.ceil(height / patch), Math.ceil(width / patch)];
  return new Float32Array(patch * patch * rows * columns).map((_, i) => {
    const set = i % (rows * columns);
    const place = Math.floor(i / (rows * columns));
    const row = Math.floor(set / columns) * patch + Math.floor(place / patch);
    const column = (set % columns) * patch + (place % patch);
    return row < height && column < width ? 0 : -1e9;
  });
}
