import { expect, test } from 'vitest';
import type { Observation } from '../sampler.js';
import { sharesOf, wayAt } from './ways.js';

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

test('the way that brings hypervolume in is taken more often, and none is given up', () => {
  const atFirst = sharesOf([], worst);
  for (const way of ['direction', 'model', 'mutation'] as const) {
    const shares = sharesOf(
      history(100, () => way, all),
      worst,
    );
    expect(shares[way]).toBeGreaterThan(1.5 * atFirst[way]);
    expect(Math.min(...Object.values(shares))).toBeGreaterThan(0.03);
    expect(Object.values(shares).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  }
});

test('what came of proposals long ago does not count', () => {
  const turned = history(300, (i) => (i < 200 ? 'direction' : 'model'), all);
  expect(sharesOf(turned.slice(0, 200), worst).direction).toBeGreaterThan(0.7);
  expect(sharesOf(turned, worst).model).toBeGreaterThan(0.7);
});

test('nothing is concluded from few observations, none that gained anything, or none that broke a limit', () => {
  const atFirst = sharesOf([], worst);
  const gaining = history(100, () => 'model', all);
  expect(sharesOf(gaining.slice(0, 19), worst)).toEqual(atFirst);
  const [first, ...idle] = history(100, () => 'none', ['direction', 'model']) as [
    Observation,
    ...Observation[],
  ];
  expect(sharesOf([{ ...first, origin: 'random' }, ...idle], worst)).toEqual(atFirst);
  expect(
    sharesOf(
      gaining.map((o) => ({ ...o, violation: 1 })),
      worst,
    ),
  ).toEqual(atFirst);
});

test('ways are drawn in their shares', () => {
  const shares = { direction: 0.25, model: 0.5, mutation: 0.25 };
  const drawn = Array.from({ length: 100 }, (_, i) => wayAt(shares, i / 100));
  expect(drawn.filter((way) => way === 'direction')).toHaveLength(25);
  expect(drawn.filter((way) => way === 'model')).toHaveLength(50);
  expect(wayAt(shares, 0.999999)).toBe('mutation');
});
