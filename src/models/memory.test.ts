import { expect, test } from 'vitest';
import { parseArchitecture } from './architecture.js';
import type { LayerGraph } from './graph.js';
import { lower } from './lower.js';
import { peakActivationBytes } from './memory.js';
import { referenceArchitecture } from './reference/index.js';

const graph = (block: object, out = 8): LayerGraph =>
  lower(
    parseArchitecture({
      resolution: 10,
      classes: 3,
      stem: { out: 8, stride: 1 },
      blocks: [{ op: 'inverted-residual', kernels: [3], expansion: 4, out, ...block }],
      head: { out: 0 },
    }),
  );

test('the peak is where a depthwise convolution reads and writes the expanded map', () => {
  // 32 + 32 channels at 10x10; the block's input is dead, for there is no skip to keep it.
  expect(peakActivationBytes(graph({}, 16))).toBe(100 * (32 + 32) * 4);
});

test('a skip connection keeps the input of its block alive', () => {
  expect(peakActivationBytes(graph({}, 8))).toBe(100 * (32 + 32 + 8) * 4);
});

test('slices of a mixed convolution live as long as the map they are cut from', () => {
  // Parts of 12, 10 and 10 channels; at the second: the map 32, result 12, slice 10 and result 10.
  expect(peakActivationBytes(graph({ kernels: [3, 5, 7] }, 16))).toBe(100 * 64 * 4);
});

test('bytes an element scale the peak', () => {
  const mixnet = lower(referenceArchitecture('mixnet-s'));
  expect(peakActivationBytes(mixnet, 1) * 4).toBe(peakActivationBytes(mixnet));
});

test('the peak is at least the largest input and output of any convolution', () => {
  const mixnet = lower(referenceArchitecture('mixnet-m'));
  const elements = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);
  const floor = Math.max(
    ...mixnet.ops
      .filter((op) => op.kind === 'conv2d')
      .map((op) => elements(op.shape) + elements(mixnet.ops[op.inputs[0] ?? 0]?.shape ?? [])),
  );
  expect(peakActivationBytes(mixnet, 1)).toBeGreaterThanOrEqual(floor);
});
