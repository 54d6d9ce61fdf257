import { expect, test } from 'vitest';
import { type RunView, trainedResolution } from '../index.js';

const viewOf = (dataset: unknown, space: unknown = { resolution: 224 }) =>
  ({ config: { dataset }, space }) as unknown as RunView;

test.each([
  ['a folder, whatever the space is', { name: 'folder', path: '/photos', resolution: 64 }, 64],
  ['data of one size', { name: 'cifar10' }, 32],
  ['computed data', { name: 'textures', resolution: 16 }, 16],
  ['a run that does not say it', undefined, 224],
])('networks are trained at the size of the images: %s', (_, dataset, side) => {
  expect(trainedResolution(viewOf(dataset))).toBe(side);
});

test('nothing is said where nothing is known', () => {
  expect(trainedResolution(viewOf(undefined, null))).toBeUndefined();
});
