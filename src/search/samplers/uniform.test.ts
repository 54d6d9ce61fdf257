import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createRandom, packageRoot } from '../../base/index.js';
import { parseSpace } from '../../models/index.js';
import { type Constraint, createStudy, discreteSpace, mixnetSpace } from '../index.js';
import type { Params } from '../space/space.js';
import { uniformPoints } from './uniform.js';

const operations = ['none', 'skip', 'conv1', 'conv3', 'pool'] as const;
const cell = { e0: operations, e1: operations, e2: operations, e3: operations, width: [8, 16, 32] };

test('every choice of the shared list stands once, everywhere; the others are drawn', () => {
  const space = discreteSpace(cell);
  const points = uniformPoints(space, createRandom('uniform')).map((genome) => space.params(genome));
  for (const { e0, e1, e2, e3 } of points) expect(new Set([e0, e1, e2, e3]).size).toBe(1);
  expect(points.length).toBe(operations.length);
  expect(new Set(points.map(({ e0 }) => e0))).toEqual(new Set(operations));
  const again = uniformPoints(space, createRandom('uniform')).map((genome) => space.params(genome));
  expect(again).toEqual(points);
});

test('there are none where values are ordered, where few share a list, and in a MixNet space', () => {
  const { e0, e1, width } = cell;
  const models = parseSpace(parse(readFileSync(join(packageRoot(), 'spaces/cifar-small.yaml'), 'utf8')));
  const spaces = [
    discreteSpace({ x0: [0, 1, 2], x1: [0, 1, 2], x2: [0, 1, 2] }),
    discreteSpace({ e0, e1 }),
    discreteSpace({ e0, e1, e2: operations, a: width, b: ['l', 'r'], c: [false, true] }),
    mixnetSpace(models),
  ];
  for (const space of spaces) expect(uniformPoints(space, createRandom(1))).toEqual([]);
});

const isUniform = ({ e0, e1, e2, e3 }: Params) => new Set([e0, e1, e2, e3]).size === 1;

function firstTrials(constraints: readonly Constraint[]): Params[] {
  const cost = { none: 0, skip: 1, conv1: 2, conv3: 6, pool: 3 };
  const study = createStudy({
    space: cell,
    objectives: [{ name: 'accuracy', direction: 'maximize' }],
    constraints,
    price: ({ params }) => ({
      latencyMs: cost[params.e0] + cost[params.e1] + cost[params.e2] + cost[params.e3],
    }),
    sampler: 'bayes',
    seed: 1,
  });
  return Array.from({ length: 10 }, () => {
    const { id, params } = study.ask();
    study.tell(id, { accuracy: 0.5 });
    return params;
  });
}

test('with an outcome constraint the feasible ones come first, and others are drawn', () => {
  const latency = { metric: 'latencyMs', max: 14 };
  const first = firstTrials([latency, { metric: 'accuracy', min: 0.4 }]);
  const alike = first.filter(isUniform);
  expect(alike.length).toBe(4);
  expect(new Set(alike.map(({ e0 }) => e0))).toEqual(new Set(['none', 'skip', 'conv1', 'pool']));
  expect(first.slice(0, 4)).toEqual(alike);
  expect(firstTrials([latency]).filter(isUniform).length).toBeLessThan(3);
});
