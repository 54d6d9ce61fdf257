/**
 * MobileNetV3-Large and -Small (Howard et al., "Searching for MobileNetV3", arXiv 1905.02244, tables 1 and 2). Padding
 * is SAME and batch norm's epsilon 1e-3, as in the authors' code and in timm's `tf_mobilenetv3_*`.
 */
import type { Architecture } from '../architecture.js';
import type { Block } from '../blocks/index.js';

/** Kernel, expansion, output channels, squeeze-and-excitation, activation (`re`: ReLU, `hs`: hard swish), stride. */
type Row = readonly [
  kernel: number,
  expansion: number,
  out: number,
  se: 'se' | '-',
  activation: 're' | 'hs',
  stride: 1 | 2,
];

const large: readonly Row[] = [
  [3, 1, 16, '-', 're', 1],
  [3, 4, 24, '-', 're', 2],
  [3, 3, 24, '-', 're', 1],
  [5, 3, 40, 'se', 're', 2],
  [5, 3, 40, 'se', 're', 1],
  [5, 3, 40, 'se', 're', 1],
  [3, 6, 80, '-', 'hs', 2],
  [3, 2.5, 80, '-', 'hs', 1],
  [3, 2.3, 80, '-', 'hs', 1],
  [3, 2.3, 80, '-', 'hs', 1],
  [3, 6, 112, 'se', 'hs', 1],
  [3, 6, 112, 'se', 'hs', 1],
  [5, 6, 160, 'se', 'hs', 2],
  [5, 6, 160, 'se', 'hs', 1],
  [5, 6, 160, 'se', 'hs', 1],
];

const small: readonly Row[] = [
  [3, 1, 16, 'se', 're', 2],
  [3, 4.5, 24, '-', 're', 2],
  [3, 3.67, 24, '-', 're', 1],
  [5, 4, 40, 'se', 'hs', 2],
  [5, 6, 40, 'se', 'hs', 1],
  [5, 6, 40, 'se', 'hs', 1],
  [5, 3, 48, 'se', 'hs', 1],
  [5, 3, 48, 'se', 'hs', 1],
  [5, 6, 96, 'se', 'hs', 2],
  [5, 6, 96, 'se', 'hs', 1],
  [5, 6, 96, 'se', 'hs', 1],
];

function blockOf([kernel, expansion, out, se, activation, stride]: Row): Block {
  return {
    op: 'inverted-residual',
    kernels: [kernel],
    split: 'equal',
    gate: 'none',
    expansion,
    expandGroups: 1,
    projectGroups: 1,
    seRatio: se === 'se' ? 0.25 : 0,
    ...(se === 'se' && { seStyle: 'mobilenet-v3' as const }),
    activation: activation === 're' ? 'relu' : 'hswish',
    stride,
    out,
  };
}

function mobilenetV3(name: string, rows: readonly Row[], last: number, hidden: number): Architecture {
  return {
    name,
    resolution: 224,
    classes: 1000,
    inputChannels: 3,
    stem: { out: 16, kernel: 3, stride: 2, activation: 'hswish' },
    blocks: rows.map(blockOf),
    head: {
      out: last,
      activation: 'hswish',
      hidden: { out: hidden, batchNorm: false, activation: 'hswish' },
      dropout: 0.2,
    },
  };
}

export const mobilenetV3Large = () => mobilenetV3('mobilenet-v3-large', large, 960, 1280);
export const mobilenetV3Small = () => mobilenetV3('mobilenet-v3-small', small, 576, 1024);
