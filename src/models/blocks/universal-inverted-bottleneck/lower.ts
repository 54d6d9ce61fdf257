/** The universal inverted bottleneck as ops, in the order of the authors' code: batch norm follows every convolution. */
import type { BlockSite } from '../kind.js';
import { roundChannels } from '../rounding.js';
import { depthwiseUnit, pointwiseUnit } from '../units.js';
import type { UibBlock } from './schema.js';

/** Appends a block that reads op `from`; returns the id of its output. */
export function lowerUib({ g, name }: BlockSite, block: UibBlock, from: number): number {
  const { startKernel, middleKernel, expansion, activation, stride, out } = block;
  const input = g.channels(from);
  let x = from;
  if (startKernel > 0) {
    const start = { kernel: startKernel, stride: middleKernel > 0 ? 1 : stride };
    x = depthwiseUnit(g, `${name}.start`, x, start, 'linear');
  }
  x = pointwiseUnit(g, `${name}.expand`, x, roundChannels(input * expansion), activation);
  if (middleKernel > 0) {
    x = depthwiseUnit(g, `${name}.middle`, x, { kernel: middleKernel, stride }, activation);
  }
  x = pointwiseUnit(g, `${name}.project`, x, out, 'linear');
  return stride === 1 && out === input ? g.add(`${name}.add`, x, from) : x;
}
