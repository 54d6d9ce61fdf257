import { expect, test } from 'vitest';
import { parseSpace } from './space.js';

const stage = { depth: [1], width: [16], kernels: [3, 5], expansion: [2] };
const space = (parts: object) => ({
  name: 'tiny',
  resolution: 8,
  classes: 2,
  stem: { width: [8] },
  stages: [stage],
  head: { width: [0] },
  ...parts,
});

test('stages take from the defaults what they do not say', () => {
  const { kernels, expansion, ...own } = stage;
  const joined = parseSpace(space({ defaults: { kernels, expansion, depth: [4] }, stages: [own] }));
  expect(joined.hash).toBe(parseSpace(space({})).hash);
});

test.each([
  [
    'an unknown key',
    { stages: [{ ...stage, kernls: [3] }] },
    /`stages\[0\]\.kernls`; did you mean `kernels`/,
  ],
  ['a choice that is no list', { stages: [{ ...stage, width: 16 }] }, /`stages\[0\]\.width`: .*array/],
  ['an empty list', { stages: [{ ...stage, width: [] }] }, /`stages\[0\]\.width`/],
  ['a choice listed twice', { stages: [{ ...stage, width: [16, 16] }] }, /lists a choice twice/],
  ['an even kernel', { stages: [{ ...stage, kernels: [4] }] }, /kernel sizes are odd/],
  ['no kernels anywhere', { stages: [{ ...stage, kernels: undefined }] }, /stages\[0\]: `kernels`/],
  ['fewer kernels than groups', { stages: [{ ...stage, groups: [3] }] }, /stages\[0\] has fewer kernels/],
  [
    'more mixes than a gene can hold',
    { stages: [{ ...stage, kernels: [1, 3, 5, 7, 9, 11], dilations: [1, 2], groups: [4] }] },
    /stages\[0\] has more than 256 mixes/,
  ],
  [
    'channels that do not divide for the expand convolution',
    { stages: [{ ...stage, expandGroups: [1, 3] }] },
    /stages\[0\]: expandGroups 3 does not divide 8 channels or their 16/,
  ],
  [
    'expanded channels that do not divide for the project convolution',
    { stages: [{ ...stage, projectGroups: [5] }] },
    /stages\[0\]: projectGroups 5 does not divide 16 expanded/,
  ],
  [
    'output channels that do not divide for the project convolution',
    { stages: [{ ...stage, width: [20], expansion: [6], projectGroups: [8] }] },
    /stages\[0\]: projectGroups 8 does not divide width 20/,
  ],
  [
    'too few channels for the groups',
    { stem: { width: [1] }, stages: [{ ...stage, kernels: [1, 3, 5], groups: [3] }] },
    /stages\[0\]: 2 expanded channels are too few for 3 groups/,
  ],
  [
    'a border between stages that does not show',
    { stages: [stage, { ...stage, width: [16, 24] }] },
    /stages\[1\] has stride 1 and shares width 16/,
  ],
])('%s is refused in one sentence', (_, parts, message) => {
  expect(() => parseSpace(space(parts), 'my.yaml')).toThrow(message);
  expect(() => parseSpace(space(parts), 'my.yaml')).toThrow(/^my\.yaml: /);
  expect(() => parseSpace(space(parts))).toThrow(expect.objectContaining({ code: 'bad-config' }));
});

test('an expand convolution that is not there needs no divisible channels', () => {
  const odd = { ...stage, expansion: [1], expandGroups: [1, 3] };
  expect(parseSpace(space({ stages: [odd] })).size).toBe(2n);
});
