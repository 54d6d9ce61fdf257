import { expect, test } from 'vitest';
import { checked } from './index.js';

const a = [1, 2];
const nan = [1, Number.NaN];
const text = [1, '2'] as unknown as number[];

test.each<[string, () => unknown, RegExp]>([
  ['dominates', () => checked.dominates(a, nan), /^dominates: coordinate 1 of point 1 is NaN, not a number/],
  [
    'weaklyDominates',
    () => checked.weaklyDominates([1], a),
    /^weaklyDominates: point 1 has 2 coordinates, expected 1/,
  ],
  [
    'paretoFront',
    () => checked.paretoFront([a, text]),
    /^paretoFront: coordinate 1 of point 1 is 2, not a number/,
  ],
  ['nonDominatedSort', () => checked.nonDominatedSort([nan]), /^nonDominatedSort: .* NaN/],
  [
    'crowdingDistance',
    () => checked.crowdingDistance([a], [0, 3]),
    /^crowdingDistance: there is no point 3 of 1/,
  ],
  ['hypervolume', () => checked.hypervolume([nan], a), /^hypervolume: coordinate 1 of point 0 is NaN/],
  ['its reference', () => checked.hypervolume([a], nan), /^hypervolume: objective 1 of the reference is NaN/],
  [
    'no reference',
    () => checked.hypervolume([a], undefined as never),
    /^hypervolume: the reference is missing/,
  ],
  [
    'a short reference',
    () => checked.hypervolume([a], [3]),
    /^hypervolume: point 0 has 2 coordinates, expected 1/,
  ],
  ['createHypervolume', () => checked.createHypervolume([3, 3]).add(nan), /^createHypervolume: .* NaN/],
  [
    'epsilonIndicator',
    () => checked.epsilonIndicator([a], [nan]),
    /^epsilonIndicator: coordinate 1 of point 1/,
  ],
  ['coverage', () => checked.coverage([nan], [a]), /^coverage: coordinate 1 of point 0 is NaN/],
  ['kneePoint', () => checked.kneePoint([a, nan]), /^kneePoint: coordinate 1 of point 1 is NaN/],
])('%s refuses what is not a point, by its name and place', (_, call, message) => {
  expect(call).toThrow(
    expect.objectContaining({ code: 'bad-usage', message: expect.stringMatching(message) }),
  );
});

test('sound points give what they give inside', () => {
  const points = [
    [1, 3],
    [2, 1],
    [3, 3],
  ];
  expect(checked.paretoFront(points)).toEqual([0, 1]);
  expect(checked.hypervolume(points, [4, 4])).toBe(7);
  const archive = checked.createHypervolume([4, 4]);
  for (const point of points) archive.add(point);
  expect([archive.value, archive.points.length, archive.gain([0, 0])]).toEqual([7, 2, 9]);
  expect(checked.hypervolume([[Infinity, 1]], [4, 4])).toBe(0);
});
