/** Channel shuffles, layer normalisation and MobileViT's attention, in arrays of at most four axes. */
import type { AttentionOp, LayerNormOp, ShuffleOp } from '../../models/index.js';
import { attentionMask } from '../../models/index.js';
import type { LoweredBuilder } from './builder.js';

/** Interleaves groups of channels: seen as [pixels, groups, part], the last two change places. */
export function lowerShuffle(b: LoweredBuilder, op: ShuffleOp, x: number): number {
  const [height, width, channels] = op.shape;
  const parts = b.reshape(op, x, [1, height * width, op.groups, channels / op.groups], 'parts');
  const turned = b.transpose(op, parts, [0, 1, 3, 2], 'turned');
  return b.reshape(op, turned, [1, height, width, channels]);
}

/** gamma * (x - mean) / sqrt(variance + epsilon) + beta over the channels of each pixel. */
export function lowerLayerNorm(
  b: LoweredBuilder,
  op: LayerNormOp,
  x: number,
  gamma: Float32Array,
  beta: Float32Array,
): number {
  const channels = [op.shape[2]];
  const mean = b.mean(op, x, [3], 'mean');
  const squares = b.binary(op, 'squaredDifference', [x, mean], { step: 'squares' });
  const variance = b.mean(op, squares, [3], 'variance');
  const epsilon = b.constant(op, 'epsilon', [1], Float32Array.of(op.epsilon));
  const padded = b.binary(op, 'add', [variance, epsilon], { step: 'padded' });
  const inverse = b.unary(op, 'rsqrt', padded, 'inverse');
  const centred = b.binary(op, 'subtract', [x, mean], { step: 'centred' });
  const unit = b.binary(op, 'multiply', [centred, inverse], { step: 'unit' });
  const scaled = b.binary(op, 'multiply', [unit, b.constant(op, 'gamma', channels, gamma)], {
    step: 'scaled',
  });
  return b.binary(op, 'add', [scaled, b.constant(op, 'beta', channels, beta)]);
}

/** Attention among the pixels of the same place of each patch, head by head; `x` holds queries, keys, values. */
export function lowerAttention(b: LoweredBuilder, op: AttentionOp, x: number): number {
  const { heads, patch } = op;
  const [height, width, channels] = op.shape;
  const [rows, columns] = [Math.ceil(height / patch), Math.ceil(width / patch)];
  const [below, right] = [rows * patch - height, columns * patch - width];
  const uneven = below > 0 || right > 0;
  const size = channels / heads;
  const pads = [
    [0, 0],
    [0, below],
    [0, right],
    [0, 0],
  ] as const;
  const whole = uneven ? b.pad(op, x, pads, 'padded') : x;
  const parts = b.split({ name: `${op.name}/parts`, block: op.block }, whole, [
    `${op.name}/query`,
    `${op.name}/key`,
    `${op.name}/value`,
  ]);
  // [1, H, W, C] to [places of a patch, heads, patches, size]: rows apart, columns apart, then heads.
  const sets = (name: string, part: number) => {
    const step = (what: string) => `${name}/${what}`;
    const byRow = b.reshape(op, part, [rows, patch, columns, patch * channels], step('rows'));
    const rowsApart = b.transpose(op, byRow, [1, 0, 2, 3], step('rows-apart'));
    const byColumn = b.reshape(op, rowsApart, [patch, rows * columns, patch, channels], step('columns'));
    const apart = b.transpose(op, byColumn, [0, 2, 1, 3], step('columns-apart'));
    const byHead = b.reshape(op, apart, [patch * patch, rows * columns, heads, size], step('heads'));
    return b.transpose(op, byHead, [0, 2, 1, 3], step('sets'));
  };
  const [q, k, v] = ['query', 'key', 'value'].map((name, i) => sets(name, parts[i] as number)) as [
    number,
    number,
    number,
  ];
  const products = b.matmul(op, [q, k], true, 'products');
  const scale = b.constant(op, 'scale', [1], Float32Array.of(1 / Math.sqrt(size)));
  let scores = b.binary(op, 'multiply', [products, scale], { step: 'scores' });
  if (uneven) {
    // The mask is of places and patches: places at the border of the map have fewer patches.
    const mask = b.constant(op, 'mask', [patch * patch, 1, 1, rows * columns], attentionMask(op));
    scores = b.binary(op, 'add', [scores, mask], { step: 'masked' });
  }
  const mixed = b.matmul(op, [b.softmax(op, scores, 'weights'), v], false, 'mixed');
  const byPatch = b.transpose(op, mixed, [0, 2, 1, 3], 'mixed/patches');
  const together = b.reshape(op, byPatch, [patch, patch, rows * columns, channels], 'mixed/heads');
  const columnsBack = b.transpose(op, together, [0, 2, 1, 3], 'mixed/columns');
  const byRow = b.reshape(op, columnsBack, [patch, rows, columns, patch * channels], 'mixed/rows');
  const rowsBack = b.transpose(op, byRow, [1, 0, 2, 3], 'mixed/rows-back');
  const shape = [1, rows * patch, columns * patch, channels];
  if (!uneven) return b.reshape(op, rowsBack, shape);
  const map = b.reshape(op, rowsBack, shape, 'map');
  return b.part(op, map, [0, 0, 0, 0], [1, height, width, channels]);
}
