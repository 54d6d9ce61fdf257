/**
 * GhostNet 1.0 (Han et al., "GhostNet: More Features from Cheap Operations", arXiv 1911.11907, table 1). Padding is SAME
 * and batch norm's epsilon 1e-3, as everywhere here; the authors' weights were trained with symmetric padding and 1e-5.
 */
import type { Architecture } from '../architecture.js';
import type { Block } from '../blocks/index.js';

type Row = readonly [kernel: number, expansion: number, out: number, seRatio: number, stride: 1 | 2];

const rows: readonly Row[] = [
  [3, 1, 16, 0, 1],
  [3, 3, 24, 0, 2],
  [3, 3, 24, 0, 1],
  [5, 3, 40, 0.25, 2],
  [5, 3, 40, 0.25, 1],
  [3, 6, 80, 0, 2],
  [3, 2.5, 80, 0, 1],
  [3, 2.3, 80, 0, 1],
  [3, 2.3, 80, 0, 1],
  [3, 6, 112, 0.25, 1],
  [3, 6, 112, 0.25, 1],
  [5, 6, 160, 0.25, 2],
  [5, 6, 160, 0, 1],
  [5, 6, 160, 0.25, 1],
  [5, 6, 160, 0, 1],
  [5, 6, 160, 0.25, 1],
];

export function ghostnet(): Architecture {
  return {
    name: 'ghostnet-1.0',
    resolution: 224,
    classes: 1000,
    inputChannels: 3,
    stem: { out: 16, kernel: 3, stride: 2, activation: 'relu' },
    blocks: rows.map(
      ([kernel, expansion, out, seRatio, stride]): Block => ({
        op: 'ghost',
        kernel,
        expansion,
        seRatio,
        middle: stride === 2,
        activation: 'relu',
        stride,
        out,
      }),
    ),
    head: {
      out: 960,
      activation: 'relu',
      hidden: { out: 1280, batchNorm: false, activation: 'relu' },
      dropout: 0.2,
    },
  };
}
