import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lower, referenceArchitecture } from '../../models/index.js';
import { type Lifetime, mostAlive, planArena } from './arena.js';
import { loadProfile } from '../profile/load.js';
import { memoryUse, planMemory } from './memory.js';

const lifetimes = fc.array(
  fc
    .record({ first: fc.nat(20), length: fc.nat(8), bytes: fc.integer({ min: 1, max: 5000 }) })
    .map(({ first, length, bytes }): Lifetime => ({ first, last: first + length, bytes })),
  { maxLength: 25 },
);

/** Whether two buffers are alive at one step and share a byte. */
function clash(a: Lifetime, b: Lifetime, at: number, other: number): boolean {
  return a.first <= b.last && b.first <= a.last && at < other + b.bytes && other < at + a.bytes;
}

test('tensors that are alive together share no byte, and the arena is between the least and the sum', () => {
  fc.assert(
    fc.property(lifetimes, (tensors) => {
      const { offsets, bytes } = planArena(tensors);
      tensors.forEach((a, i) => {
        for (let j = 0; j < i; j++)
          expect(clash(a, tensors[j] as Lifetime, offsets[i] as number, offsets[j] as number)).toBe(false);
      });
      expect(bytes).toBeGreaterThanOrEqual(mostAlive(tensors));
      expect(bytes).toBeLessThanOrEqual(tensors.reduce((sum, t) => sum + 64 * Math.ceil(t.bytes / 64), 0));
    }),
  );
});

test('a chain of equal tensors takes two places', () => {
  const chain = Array.from({ length: 9 }, (_, i) => ({ first: i, last: i + 1, bytes: 640 }));
  expect(planArena(chain)).toEqual({ offsets: [0, 640, 0, 640, 0, 640, 0, 640, 0], bytes: 1280 });
});

test('a tensor goes into the smallest gap that holds it', () => {
  const tensors = [
    { first: 0, last: 1, bytes: 1024 },
    { first: 0, last: 9, bytes: 960 },
    { first: 0, last: 1, bytes: 512 },
    { first: 0, last: 9, bytes: 448 },
    { first: 2, last: 9, bytes: 384 },
  ];
  // Steps 2 to 9 leave gaps of 1024 and of 512 bytes.
  expect(planArena(tensors).offsets).toEqual([0, 1024, 1984, 2496, 1984]);
});

test.each(['mali-g76', 'ethos-u65', 'hexagon-8gen3'])('%s: a MixNet fits as tightly as can be', (name) => {
  const graph = lower(referenceArchitecture('mixnet-m'), { resolution: 224 });
  const plan = planMemory(graph, loadProfile(name));
  expect(plan.peakBytes).toBeLessThan(1.1 * plan.leastBytes);
});

test('an addition that nothing merges writes over its dead input; the image itself stays whole', () => {
  const profile = loadProfile('mali-g76');
  const apart = { ...profile, mapping: { ...profile.mapping, fusesAdd: false } };
  const graph = lower(referenceArchitecture('mobilenet-v2'), { resolution: 224 });
  const added = graph.ops.find((op) => op.kind === 'add');
  expect(planMemory(graph, apart).buffers.some((buffer) => buffer.layer === added?.name)).toBe(false);
  // The largest pair of MobileNetV2 is its first depthwise kernel of stride 2: 112x112x96 in, 56x56x96 out.
  expect(planMemory(graph, profile).leastBytes).toBe((112 * 112 + 56 * 56) * 96 * profile.bytesPerValue);
});

test('memory is activations, weights as often as they are held, and the share of the runtime', () => {
  const graph = lower(referenceArchitecture('mobilenet-v2'));
  const plain = loadProfile('mali-g76');
  const { activationBytes, weightBytes, runtimeBytes, totalBytes } = memoryUse(graph, plain);
  expect(activationBytes).toBe(planMemory(graph, plain).peakBytes);
  // 3,504,872 parameters with two a channel of each normalisation, of which one remains: 17,056 are gone.
  expect(weightBytes).toBe(2 * (3_504_872 - 17_056));
  expect(runtimeBytes).toBe(0);
  expect(totalBytes).toBe(activationBytes + weightBytes);
  const known = { ...plain, memory: { runtimeBytes: 3e7, weightCopies: 2 } };
  expect(memoryUse(graph, known).totalBytes).toBe(activationBytes + 2 * weightBytes + 3e7);
});
