import { expect, test } from 'vitest';
import { allMixes, nearMixes } from './mixes.js';

const labels = (kernels: number[], dilations: number[], groups: number[]) =>
  allMixes(kernels, dilations, groups)?.map((mix) => mix.label);

test('mixes are the sets of kernels in ascending order, fewest first', () => {
  expect(labels([5, 3], [1], [2, 1])).toEqual(['3', '5', '3+5']);
  expect(labels([3, 5, 7], [1], [3])).toEqual(['3+5+7']);
});

test('a kernel mixes with its own dilated form, except the 1x1, which has none', () => {
  expect(labels([1, 3], [1, 2], [2])).toEqual(['1+3', '1+3d2', '3+3d2']);
});

test('kernels 1 to 9 with dilations 1 and 2 in 1 to 4 groups just fit a byte', () => {
  expect(labels([1, 3, 5, 7, 9], [1, 2], [1, 2, 3, 4])).toHaveLength(9 + 36 + 84 + 126);
  expect(allMixes([1, 3, 5, 7, 9, 11], [1, 2], [1, 2, 3, 4])).toBeUndefined();
});

test('a number of groups beyond the kernels gives no mix', () => {
  expect(labels([3], [1], [1, 2, 3])).toEqual(['3']);
  expect(labels([3], [1], [2])).toEqual([]);
});

const mixes = allMixes([1, 3, 5, 7], [1, 2], [1, 2, 3]) ?? [];
const near = (label: string) =>
  nearMixes(
    mixes,
    mixes.findIndex((mix) => mix.label === label),
  ).map((i) => mixes[i]?.label);

test('near mixes have one kernel more, one less, or one changed by a step', () => {
  const added = ['1+3', '3+3d2', '3+5', '3+5d2', '3+7', '3+7d2'];
  expect(near('3')).toEqual(['1', '3d2', '5', ...added]);
  expect(near('1+3')).toContain('1+3d2');
  expect(near('1+3')).not.toContain('5+7');
  expect(near('1+3')).not.toContain('1+7');
});

test('nearness is mutual and joins all mixes', () => {
  const lists = mixes.map((_, i) => nearMixes(mixes, i));
  lists.forEach((list, i) => {
    expect(list).not.toContain(i);
    for (const j of list) expect(lists[j]).toContain(i);
  });
  const reached = new Set([0]);
  for (const i of reached) for (const j of lists[i] ?? []) reached.add(j);
  expect(reached.size).toBe(mixes.length);
});
