import { expect, test } from 'vitest';
import type { Observation } from '../sampler.js';
import { directedShare } from './directed-share.js';

const worst = Float64Array.of(100, 100);

/** Observations of these origins in turn, of which those of one move the front on and the others do not. */
function history(count: number, gaining: (i: number) => string, origins: readonly string[]): Observation[] {
  let best = 90;
  return Array.from({ length: count }, (_, i) => {
    const origin = origins[i % origins.length] as Observation['origin'];
    if (origin === gaining(i)) best -= 0.1;
    const costs = origin === gaining(i) ? [best, best] : [99, 99];
    return {
      id: i,
      genome: Uint8Array.of(i),
      origin,
      values: {},
      costs: Float64Array.from(costs),
      excess: new Float64Array(0),
      violation: 0,
      rung: 0,
    };
  });
}

const all = ['direction', 'model', 'mutation', 'doubt', 'random'];

test('the way that gains hypervolume is taken more often, and the other is not given up', () => {
  const directed = directedShare(
    history(100, () => 'direction', all),
    worst,
  );
  const undirected = directedShare(
    history(100, () => 'model', all),
    worst,
  );
  expect(directed).toBeGreaterThan(0.7);
  expect(directed).toBeLessThan(0.9);
  expect(undirected).toBeLessThan(0.3);
  expect(undirected).toBeGreaterThan(0.1);
});

test('what came of proposals long ago does not count', () => {
  const turned = history(300, (i) => (i < 200 ? 'direction' : 'model'), all);
  expect(directedShare(turned.slice(0, 200), worst)).toBeGreaterThan(0.7);
  expect(directedShare(turned, worst)).toBeLessThan(0.3);
});

test('nothing is concluded from few observations, from none that gained, or from those that break a limit', () => {
  const gaining = history(100, () => 'model', all);
  expect(directedShare(gaining.slice(0, 19), worst)).toBe(0.5);
  expect(directedShare(gaining.slice(0, 20), worst)).toBeLessThan(0.5);
  expect(
    directedShare(
      gaining.map((o) => ({ ...o, violation: 1 })),
      worst,
    ),
  ).toBe(0.5);
  const [first, ...idle] = history(100, () => 'none', ['direction', 'model']) as [
    Observation,
    ...Observation[],
  ];
  expect(directedShare([{ ...first, origin: 'random' }, ...idle], worst)).toBe(0.5);
});
