/**
 * MobileNetV4-Conv-S and -Conv-M (Qin et al., "MobileNetV4: Universal Models for the Mobile Ecosystem", arXiv
 * 2404.10518, tables 11 and 12). Padding is SAME and batch norm's epsilon 1e-3, as in the authors' code; timm's weights
 * of the same layers were trained with symmetric padding and 1e-5.
 */
import type { Architecture } from '../architecture.js';
import type { Block } from '../blocks/index.js';

const conv = (kernel: number, out: number, stride: 1 | 2 = 1): Block => ({
  op: 'convolution',
  kernel,
  activation: 'relu',
  stride,
  out,
});

/** A universal inverted bottleneck: its depthwise kernels before and after the expansion, 0 for none. */
const uib = (
  startKernel: number,
  middleKernel: number,
  expansion: number,
  out: number,
  stride: 1 | 2 = 1,
): Block => ({
  op: 'universal-inverted-bottleneck',
  startKernel,
  middleKernel,
  expansion,
  activation: 'relu',
  stride,
  out,
});

function mobilenetV4(name: string, resolution: number, blocks: readonly Block[]): Architecture {
  return {
    name,
    resolution,
    classes: 1000,
    inputChannels: 3,
    stem: { out: 32, kernel: 3, stride: 2, activation: 'relu' },
    blocks,
    head: {
      out: 960,
      activation: 'relu',
      hidden: { out: 1280, batchNorm: true, activation: 'relu' },
      dropout: 0.2,
    },
  };
}

export const mobilenetV4Small = () =>
  mobilenetV4('mobilenet-v4-conv-s', 224, [
    conv(3, 32, 2),
    conv(1, 32),
    conv(3, 96, 2),
    conv(1, 64),
    uib(5, 5, 3, 96, 2),
    ...Array.from({ length: 4 }, () => uib(0, 3, 2, 96)),
    uib(3, 0, 4, 96),
    uib(3, 3, 6, 128, 2),
    uib(5, 5, 4, 128),
    uib(0, 5, 4, 128),
    uib(0, 5, 3, 128),
    uib(0, 3, 4, 128),
    uib(0, 3, 4, 128),
  ]);

export const mobilenetV4Medium = () =>
  mobilenetV4('mobilenet-v4-conv-m', 256, [
    { op: 'fused-inverted-residual', kernel: 3, expansion: 4, activation: 'relu', stride: 2, out: 48 },
    uib(3, 5, 4, 80, 2),
    uib(3, 3, 2, 80),
    uib(3, 5, 6, 160, 2),
    uib(3, 3, 4, 160),
    uib(3, 3, 4, 160),
    uib(3, 5, 4, 160),
    uib(3, 3, 4, 160),
    uib(3, 0, 4, 160),
    uib(0, 0, 2, 160),
    uib(3, 0, 4, 160),
    uib(5, 5, 6, 256, 2),
    uib(5, 5, 4, 256),
    uib(3, 5, 4, 256),
    uib(3, 5, 4, 256),
    uib(0, 0, 4, 256),
    uib(3, 0, 4, 256),
    uib(3, 5, 2, 256),
    uib(5, 5, 4, 256),
    uib(0, 0, 4, 256),
    uib(0, 0, 4, 256),
    uib(5, 0, 2, 256),
  ]);
