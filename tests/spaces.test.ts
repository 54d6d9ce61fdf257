import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createRandom, packageRoot } from '../src/base/index.js';
import {
  architectureHash,
  countCost,
  lower,
  parseSpace,
  referenceArchitecture,
} from '../src/models/index.js';

const load = (name: string) =>
  parseSpace(parse(readFileSync(join(packageRoot(), 'spaces', `${name}.yaml`), 'utf8')), name);

test.each(['cifar-small', 'cifar-mobile', 'mixnet-imagenet', 'universal-mobile'])(
  '%s is named as its file and all its members lower',
  (name) => {
    const space = load(name);
    expect(space.name).toBe(name);
    const random = createRandom(1);
    for (let i = 0; i < 200; i++) {
      const genome = space.random(random);
      const architecture = space.decode(genome);
      expect(lower(architecture).ops.length).toBeGreaterThan(30);
      expect(space.encode(architecture)).toEqual(genome);
    }
  },
);

test('cifar-small has networks of 1 to 12 million MACs at 32x32, most of them 3 to 7', () => {
  const space = load('cifar-small');
  const random = createRandom(2);
  const macs = Array.from({ length: 500 }, () => countCost(lower(space.decode(space.random(random)))).macs);
  expect(Math.min(...macs)).toBeGreaterThan(1e6);
  expect(Math.max(...macs)).toBeLessThan(14e6);
  expect(macs.filter((n) => n > 3e6 && n < 7e6).length / macs.length).toBeGreaterThan(0.7);
});

test('priced at 224x224, depthwise maps of cifar-small have sizes that published networks have', () => {
  const space = load('cifar-small');
  const random = createRandom(3);
  for (let i = 0; i < 50; i++) {
    const { ops } = lower(space.decode(space.random(random)), { resolution: 224, classes: 1000 });
    const sizes = ops.filter((op) => op.kind === 'depthwiseConv2d').map((op) => op.shape[0]);
    expect([112, 56, 28, 14]).toEqual(expect.arrayContaining([...new Set(sizes)]));
  }
});

test.each(['mixnet-s', 'mixnet-m'])('mixnet-imagenet holds %s', (name) => {
  const space = load('mixnet-imagenet');
  const reference = referenceArchitecture(name);
  const genome = space.encode(reference);
  expect(genome).toBeDefined();
  const found = space.decode(genome ?? []);
  // Dropout is how a network is trained, not what it is; a space has one for all.
  expect(architectureHash({ ...found, head: reference.head })).toBe(architectureHash(reference));
});
