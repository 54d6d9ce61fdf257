import { expect, test } from 'vitest';
import { type Kernel, kernelRow } from '../kernel.js';
import type { Measurements } from '../measurements.js';
import { priceKernels } from '../network.js';
import { createPricer } from '../predict/index.js';
import { loadProfile } from '../profile/index.js';
import { tuneHandful } from './handful.js';

const base = loadProfile('galaxy-a03s-cpu-big-1t-float');

const make = (op: Kernel['op'], size: number, channels: number, kernel: number): Kernel => ({
  op,
  size,
  input: channels,
  output: channels,
  kernel,
  stride: 1,
  dilation: 1,
  groups: 1,
  fused: 0,
});
const networks = [16, 32, 64, 96, 128, 48].map((width, i) => ({
  name: `net-${i}`,
  kernels: [
    make('conv', 56, width, 3),
    make('conv', 28, 2 * width, 1),
    ...Array.from({ length: i + 1 }, () => make('depthwise', 56, width, 5)),
    make('elementwise', 56, width, 2),
  ],
}));

/** A device whose convolutions take a third of the base's time, depthwise ones half, and the rest the same. */
const factors: Partial<Record<Kernel['op'], number>> = { conv: 1 / 3, depthwise: 1 / 2 };
const pricer = createPricer(base);
const timeUs = (kernels: readonly Kernel[]) =>
  kernels.reduce((sum, kernel) => sum + (factors[kernel.op] ?? 1) * pricer.us(kernel), 0);

const data = (count: number): Measurements => {
  const used = networks.slice(0, count);
  const kernels = used.flatMap((network) => network.kernels);
  let at = 0;
  return {
    format: 'mixnas-measurements',
    version: 1,
    source: { title: 'made', licence: 'own', kind: 'measured' },
    devices: ['board'],
    kernels: kernels.map((kernel) => ({ op: kernel.op, shape: kernelRow(kernel) })),
    networks: used.map((network) => ({
      name: network.name,
      launches: network.kernels.map(() => ({ kernel: at++, us: [] })),
      endToEndUs: [timeUs(network.kernels)],
    })),
  };
};

test('a few networks find by how much convolutions and depthwise ones differ from a device that computes alike', () => {
  const profile = tuneHandful(data(5), { ...base, name: 'board' }, base);
  const other = networks[5]?.kernels ?? [];
  const ratio = priceKernels(profile, createPricer(profile), other).us / timeUs(other);
  expect(Math.abs(ratio - 1)).toBeLessThan(0.1);
  expect(profile.error).toMatchObject({ leftOut: 'model', networks: 5 });
  expect(profile.error?.mape).toBeLessThan(10);
  // What the base says is up to two or three times too long.
  expect(priceKernels(base, pricer, other).us / timeUs(other)).toBeGreaterThan(1.5);
});

test('one network is too few, in words', () => {
  expect(() => tuneHandful(data(1), { ...base, name: 'board' }, base)).toThrow(
    'board: fewer than two networks were measured end to end.',
  );
});
