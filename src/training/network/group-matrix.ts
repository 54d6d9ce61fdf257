/** The constant matrix of a gate, shared by both paths. */
import type { GroupScaleOp } from '../../models/index.js';

/** `[groups, channels]`: the number of groups where a channel belongs to the group, else 0. */
export function groupMatrix(op: GroupScaleOp): Float32Array {
  const channels = op.shape[2];
  const matrix = new Float32Array(op.sizes.length * channels);
  let begin = 0;
  op.sizes.forEach((size, group) => {
    matrix.fill(op.sizes.length, group * channels + begin, group * channels + begin + size);
    begin += size;
  });
  return matrix;
}
