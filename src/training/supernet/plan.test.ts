import { expect, test } from 'vitest';
import { parseSpace } from '../../models/index.js';
import { planSupernet } from './plan.js';

const space = (stage: object) =>
  parseSpace({
    name: 'small',
    resolution: 16,
    classes: 4,
    stem: { width: [8] },
    stages: [{ depth: [1], width: [16], expansion: [2], kernels: [3] }, stage],
    head: { width: [0] },
  });

test.each([
  [
    { op: 'universal-inverted-bottleneck', depth: [1], width: [24], expansion: [2] },
    /stages\[1\] has blocks of kind universal-inverted-bottleneck, whose weights a supernet cannot share/,
  ],
  [
    { depth: [1], width: [24], expansion: [2], kernels: [3], seRatio: [0.25], seStyle: ['mobilenet-v3'] },
    /stages\[1\] lists mobilenet-v3 in `seStyle`, whose weights a supernet cannot share/,
  ],
  [{ depth: [1], width: [24], expansion: [2], kernels: [3, 5], groups: [2], gate: ['hard'] }, /hard gates/],
])('a supernet refuses what it cannot share, by the stage: %#', (stage, message) => {
  const plan = () => planSupernet(space(stage), { resolution: 16, classes: 4 });
  expect(plan).toThrow(message);
  expect(plan).toThrow(expect.objectContaining({ code: 'bad-config' }));
});

test('a space of inverted residuals is planned', () => {
  const plan = planSupernet(space({ depth: [1, 2], width: [24], expansion: [1, 3], kernels: [3, 5] }), {
    resolution: 16,
    classes: 4,
  });
  expect(plan.blocks.map(({ out, wide }) => [out, wide])).toEqual([
    [16, 16],
    [24, 48],
    [24, 72],
  ]);
});
