import { expect, test } from 'vitest';
import { type ArchitectureInput, architectureHash, parseArchitecture } from './architecture.js';
import { referenceArchitecture, referenceNames } from './reference/index.js';

const block = { op: 'inverted-residual' as const, kernels: [3, 5], expansion: 2, out: 8 };
const written = (first: object = {}): ArchitectureInput => ({
  resolution: 8,
  classes: 3,
  stem: { out: 8 },
  blocks: [{ ...block, ...first }],
  head: { out: 0 },
});
const hash = (first: object) => architectureHash(parseArchitecture(written(first)));

test('defaults are filled in', () => {
  expect(parseArchitecture(written())).toMatchObject({
    inputChannels: 3,
    stem: { kernel: 3, stride: 2, activation: 'relu' },
    blocks: [{ split: 'equal', gate: 'none', expandGroups: 1, projectGroups: 1, seRatio: 0, stride: 1 }],
    head: { activation: 'relu', dropout: 0 },
  });
});

test('parsing what was parsed changes nothing, and JSON keeps it', () => {
  for (const name of referenceNames) {
    const architecture = referenceArchitecture(name);
    expect(parseArchitecture(JSON.parse(JSON.stringify(architecture)))).toEqual(architecture);
  }
});

test.each([
  [{ kernels: [4] }, /blocks\[0\]\.kernels\[0\]`: kernel sizes are odd numbers from 1 to 11/],
  [{ kernels: [13] }, /blocks\[0\]\.kernels\[0\]/],
  [{ kernels: [] }, /blocks\[0\]\.kernels/],
  [{ dilations: [1] }, /blocks\[0\]\.dilations`: has one entry for each/],
  [{ dilations: [1, 2], stride: 2 }, /dilation needs stride 1/],
  [{ split: [1, 2, 3] }, /one ratio for each/],
  [{ stride: 3 }, /blocks\[0\]\.stride/],
  [{ op: 'inverted' }, /blocks\[0\]\.op/],
  [{ kernls: [3] }, /unknown key `blocks\[0\]\.kernls`; did you mean `kernels`/],
  [{ seRatio: -0.5 }, /blocks\[0\]\.seRatio/],
])('a senseless block is refused by the field: %j', (first, message) => {
  expect(() => parseArchitecture(written(first), 'a.json')).toThrow(message);
  expect(() => parseArchitecture(written(first), 'a.json')).toThrow(/^a\.json: /);
});

test('the hash is of the network, not of how it is written', () => {
  const plain = hash({});
  expect(hash({ dilations: [1, 1] })).toBe(plain);
  expect(hash({ split: 'exponential' })).toBe(plain);
  expect(architectureHash(parseArchitecture({ ...written(), name: 'other' }))).toBe(plain);
  expect(hash({ kernels: [3], gate: 'soft' })).toBe(hash({ kernels: [3] }));
  expect(hash({ expansion: 1, expandGroups: 2 })).toBe(hash({ expansion: 1 }));
});

test('a different network has a different hash', () => {
  const others = [
    { kernels: [5, 3] },
    { dilations: [1, 2] },
    { split: [1, 3] },
    { gate: 'soft' },
    { expandGroups: 2 },
    { seRatio: 0.25 },
    { out: 16 },
  ];
  expect(new Set([{}, ...others].map(hash)).size).toBe(others.length + 1);
});
