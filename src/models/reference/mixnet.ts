/**
 * MixNet-S, M, L and XL (Tan and Le, "MixConv: Mixed Depthwise Convolutional Kernels", BMVC 2019, arXiv
 * 1907.09595, figure 5 and section 4). L is M with 1.3 times the channels; XL, which is timm's, is M with
 * 1.6 times the channels and 1.2 times the depth.
 */
import type { Architecture } from '../architecture.js';
import { type Block, roundChannels } from '../blocks/index.js';
import { decodeRow } from './block-string.js';

interface Design {
  readonly stem: number;
  readonly rows: readonly string[];
  readonly dropout: number;
}

const small: Design = {
  stem: 16,
  dropout: 0.2,
  rows: [
    'r1_k3_a1_p1_s11_e1_i16_o16',
    'r1_k3_a1.1_p1.1_s22_e6_i16_o24',
    'r1_k3_a1.1_p1.1_s11_e3_i24_o24',
    'r1_k3.5.7_a1_p1_s22_e6_i24_o40_se0.5_nsw',
    'r3_k3.5_a1.1_p1.1_s11_e6_i40_o40_se0.5_nsw',
    'r1_k3.5.7_a1_p1.1_s22_e6_i40_o80_se0.25_nsw',
    'r2_k3.5_a1_p1.1_s11_e6_i80_o80_se0.25_nsw',
    'r1_k3.5.7_a1.1_p1.1_s11_e6_i80_o120_se0.5_nsw',
    'r2_k3.5.7.9_a1.1_p1.1_s11_e3_i120_o120_se0.5_nsw',
    'r1_k3.5.7.9.11_a1_p1_s22_e6_i120_o200_se0.5_nsw',
    'r2_k3.5.7.9_a1_p1.1_s11_e6_i200_o200_se0.5_nsw',
  ],
};

const medium: Design = {
  stem: 24,
  dropout: 0.25,
  rows: [
    'r1_k3_a1_p1_s11_e1_i24_o24',
    'r1_k3.5.7_a1.1_p1.1_s22_e6_i24_o32',
    'r1_k3_a1.1_p1.1_s11_e3_i32_o32',
    'r1_k3.5.7.9_a1_p1_s22_e6_i32_o40_se0.5_nsw',
    'r3_k3.5_a1.1_p1.1_s11_e6_i40_o40_se0.5_nsw',
    'r1_k3.5.7_a1_p1_s22_e6_i40_o80_se0.25_nsw',
    'r3_k3.5.7.9_a1.1_p1.1_s11_e6_i80_o80_se0.25_nsw',
    'r1_k3_a1_p1_s11_e6_i80_o120_se0.5_nsw',
    'r3_k3.5.7.9_a1.1_p1.1_s11_e3_i120_o120_se0.5_nsw',
    'r1_k3.5.7.9_a1_p1_s22_e6_i120_o200_se0.5_nsw',
    'r3_k3.5.7.9_a1_p1.1_s11_e6_i200_o200_se0.5_nsw',
  ],
};

function mixnet(name: string, design: Design, channels = 1, depth = 1): Architecture {
  const blocks = design.rows.flatMap((row): Block[] => {
    const { repeats, block } = decodeRow(row);
    const first = { ...block, out: roundChannels(block.out * channels) };
    const rest = { ...first, stride: 1 as const };
    const count = Math.max(1, Math.round(repeats * depth));
    return Array.from({ length: count }, (_, i) => (i === 0 ? first : rest));
  });
  return {
    name,
    resolution: 224,
    classes: 1000,
    inputChannels: 3,
    stem: { out: roundChannels(design.stem * channels), kernel: 3, stride: 2, activation: 'relu' },
    blocks,
    head: { out: 1536, activation: 'relu', dropout: design.dropout },
  };
}

export const mixnetS = () => mixnet('mixnet-s', small);
export const mixnetM = () => mixnet('mixnet-m', medium);
export const mixnetL = () => mixnet('mixnet-l', medium, 1.3);
export const mixnetXL = () => mixnet('mixnet-xl', medium, 1.6, 1.2);
