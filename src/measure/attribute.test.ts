import { expect, test } from 'vitest';
import { attributeNodes } from './attribute.js';

test('a node belongs to the layer that its name begins with, reorderings to the one that needs them', () => {
  const layers = new Set(['a', 'a.act', 'b', 'c']);
  const nodes = [
    { node: 'ReorderInput_token_1', us: 1 },
    { node: 'a.act_nchwc', us: 10 },
    { node: 'ReorderOutput_token_2', us: 2 },
    { node: 'b/QuickGeluFusion/', us: 20 },
    { node: 'unknown', us: 5 },
    { node: 'c', us: 30 },
  ];
  const { us, restUs } = attributeNodes(nodes, layers);
  expect(Object.fromEntries(us)).toEqual({ 'a.act': 13, b: 20, c: 30 });
  expect(restUs).toBe(5);
});
