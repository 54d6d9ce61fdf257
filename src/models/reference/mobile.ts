/**
 * MobileNetV1 (Howard et al., arXiv 1704.04861, table 1), MobileNetV2 (Sandler et al., arXiv 1801.04381,
 * table 2), EfficientNet-B0 and -Lite0 (Tan and Le, arXiv 1905.11946, table 1).
 */
import type { Architecture } from '../architecture.js';
import type { Block, MixBlock } from '../blocks/index.js';

/** At 224x224 with the 1000 classes of ImageNet. */
const imagenet = { resolution: 224, classes: 1000, inputChannels: 3 } as const;

export function mobilenetV1(): Architecture {
  const block = (out: number, stride: 1 | 2 = 1): Block => ({
    op: 'depthwise-separable',
    kernel: 3,
    activation: 'relu',
    stride,
    out,
  });
  return {
    name: 'mobilenet-v1',
    ...imagenet,
    stem: { out: 32, kernel: 3, stride: 2, activation: 'relu' },
    blocks: [
      block(64),
      block(128, 2),
      block(128),
      block(256, 2),
      block(256),
      block(512, 2),
      ...Array.from({ length: 5 }, () => block(512)),
      block(1024, 2),
      block(1024),
    ],
    head: { out: 0, activation: 'relu', dropout: 0 },
  };
}

/** A row of equal inverted residuals; the stride is the first one's. */
interface Row {
  readonly expansion: number;
  readonly out: number;
  readonly repeats: number;
  readonly stride: 1 | 2;
  readonly kernel: number;
}

function blocksOf(rows: readonly Row[], rest: Pick<MixBlock, 'activation' | 'seRatio'>): Block[] {
  return rows.flatMap(({ expansion, out, repeats, stride, kernel }) =>
    Array.from(
      { length: repeats },
      (_, i): Block => ({
        op: 'inverted-residual',
        kernels: [kernel],
        split: 'equal',
        gate: 'none',
        expansion,
        expandGroups: 1,
        projectGroups: 1,
        ...rest,
        stride: i === 0 ? stride : 1,
        out,
      }),
    ),
  );
}

export function mobilenetV2(): Architecture {
  const row = (expansion: number, out: number, repeats: number, stride: 1 | 2): Row => ({
    expansion,
    out,
    repeats,
    stride,
    kernel: 3,
  });
  const rows = [
    row(1, 16, 1, 1),
    row(6, 24, 2, 2),
    row(6, 32, 3, 2),
    row(6, 64, 4, 2),
    row(6, 96, 3, 1),
    row(6, 160, 3, 2),
    row(6, 320, 1, 1),
  ];
  return {
    name: 'mobilenet-v2',
    ...imagenet,
    stem: { out: 32, kernel: 3, stride: 2, activation: 'relu6' },
    blocks: blocksOf(rows, { activation: 'relu6', seRatio: 0 }),
    head: { out: 1280, activation: 'relu6', dropout: 0.2 },
  };
}

/** Table 1 of the EfficientNet paper. */
const efficientnetRows: readonly Row[] = [
  { expansion: 1, out: 16, repeats: 1, stride: 1, kernel: 3 },
  { expansion: 6, out: 24, repeats: 2, stride: 2, kernel: 3 },
  { expansion: 6, out: 40, repeats: 2, stride: 2, kernel: 5 },
  { expansion: 6, out: 80, repeats: 3, stride: 2, kernel: 3 },
  { expansion: 6, out: 112, repeats: 3, stride: 1, kernel: 5 },
  { expansion: 6, out: 192, repeats: 4, stride: 2, kernel: 5 },
  { expansion: 6, out: 320, repeats: 1, stride: 1, kernel: 3 },
];

function efficientnet(name: string, activation: 'swish' | 'relu6', seRatio: number): Architecture {
  return {
    name,
    ...imagenet,
    stem: { out: 32, kernel: 3, stride: 2, activation },
    blocks: blocksOf(efficientnetRows, { activation, seRatio }),
    head: { out: 1280, activation, dropout: 0.2 },
  };
}

export const efficientnetB0 = () => efficientnet('efficientnet-b0', 'swish', 0.25);
/** B0 for devices that have neither swish nor squeeze-and-excitation: SAME padding, epsilon 1e-3. */
export const efficientnetLite0 = () => efficientnet('efficientnet-lite0', 'relu6', 0);
