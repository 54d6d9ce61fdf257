/** Layers that few networks have: attention, shuffles, and what only files of others hold. */
import type { AnyOp, ForeignOp } from '../../models/index.js';
import type { Box } from './operation.js';
import { type ProgramBuilder, type Value, type Wanted, whole } from './program.js';

/** Two products with a table between them. */
export function compileAttention(
  p: ProgramBuilder,
  { id: layer, heads, patch }: AnyOp & { readonly kind: 'attention' },
  from: Value,
  box: Box,
): void {
  const scores = heads * Math.ceil(box.height / patch) ** 2;
  const products = p.emit({ layer, kind: 'convolution', write: { ...box, channels: scores } }, from);
  products.activation = 'table';
  p.make({ layer, kind: 'convolution', write: box }, whole(products));
}

/**
 * Runs on the CPU, which reads a whole map off the chip, pixel by pixel, and whose time the compiler does not estimate. What it
 * leaves is moved onto the chip where maps can be spilled, still pixel by pixel.
 */
export function compileShuffle(p: ProgramBuilder, layer: number, from: Value, box: Box): void {
  const moved = p.make({ layer, kind: 'copy', write: box, fromCpu: true }, from);
  Object.assign(p.mapOf(from), { external: true, linear: true });
  p.mapOf(whole(moved)).linear = true;
}

/** An op that only files have, as what it is like; see docs/model-files.md. */
export function compileForeign(p: ProgramBuilder, op: ForeignOp, from: Value, write: Box): void {
  const { id: layer, inputs, like, window = 1, stride = 1, macs } = op;
  const same = from.channels === write.channels;
  if (like === 'folded' || (like === 'view' && same)) {
    p.set(layer, p.makersOf(inputs[0] as number), from);
    return;
  }
  const make = (wanted: Omit<Wanted, 'layer' | 'write'>) => p.make({ layer, write, ...wanted }, from);
  const windows = { kernelHeight: window, kernelWidth: window, strideHeight: stride, strideWidth: stride };
  if (like === 'product') {
    const pixels = write.height * write.width * write.channels;
    const channels = Math.max(1, Math.round(macs / pixels));
    make({ kind: 'convolution', read: { ...write, channels } });
  } else if (like === 'depthwise') make({ kind: 'depthwise', ...windows });
  else if (like === 'max-pool' || like === 'average-pool') make({ kind: 'copy', ...windows });
  else make({ kind: like === 'copy' || like === 'view' ? 'copy' : 'elementwise' });
}
