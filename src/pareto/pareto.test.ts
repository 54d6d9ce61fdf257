import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../base/index.js';
import {
  type Point,
  coverage,
  createHypervolume,
  crowdingDistance,
  dominates,
  epsilonIndicator,
  hypervolume,
  kneePoint,
  nonDominatedSort,
  paretoFront,
} from './index.js';

/** Sets of points on a small integer grid, where ties and duplicates are common. */
const pointSets = (minimum: number, maximum: number, size = 25) =>
  fc
    .integer({ min: minimum, max: maximum })
    .chain((n) =>
      fc.array(fc.array(fc.integer({ min: 0, max: 6 }), { minLength: n, maxLength: n }), { maxLength: size }),
    );

/** Hypervolume on the unit grid by counting the cells that a point dominates. */
function countCells(points: readonly Point[], reference: readonly number[]): number {
  const cells = reference.reduce<number[][]>(
    (all, r) => all.flatMap((cell) => Array.from({ length: r }, (_, i) => [...cell, i])),
    [[]],
  );
  return cells.filter((cell) => points.some((p) => cell.every((c, i) => (p[i] as number) <= c))).length;
}

test('dominance is a strict partial order', () => {
  const point = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(point, point, point, (a, b, c) => {
      expect(dominates(a, a)).toBe(false);
      expect(dominates(a, b) && dominates(b, a)).toBe(false);
      expect(dominates(a, b) && dominates(b, c) && !dominates(a, c)).toBe(false);
    }),
  );
});

test('the front equals brute force', () => {
  fc.assert(
    fc.property(pointSets(1, 4), (points) => {
      const brute = points.flatMap((p, i) => (points.some((q) => dominates(q, p)) ? [] : [i]));
      expect(paretoFront(points)).toEqual(brute);
    }),
  );
});

test('sorting peels front after front', () => {
  fc.assert(
    fc.property(pointSets(1, 4), (points) => {
      let left = points.map((_, i) => i);
      for (const front of nonDominatedSort(points)) {
        const peeled = paretoFront(left.map((i) => points[i] as Point)).map((place) => left[place]);
        expect(front.toSorted((a, b) => a - b)).toEqual(peeled);
        left = left.filter((i) => !front.includes(i));
      }
      expect(left).toEqual([]);
    }),
  );
});

test('crowding distance of a hand-made front', () => {
  const points = [
    [0, 10],
    [1, 6],
    [4, 2],
    [10, 0],
  ];
  expect(crowdingDistance(points, [0, 1, 2, 3])).toEqual([Infinity, 0.4 + 0.8, 0.9 + 0.6, Infinity]);
});

test('hypervolume equals counting cells, in 1 to 5 objectives', () => {
  fc.assert(
    fc.property(pointSets(1, 5, 12), (points) => {
      const n = points[0]?.length ?? 2;
      const reference = [5, 6, 5, 4, 5].slice(0, n);
      expect(hypervolume(points, reference)).toBeCloseTo(countCells(points, reference), 9);
    }),
    { numRuns: 150 },
  );
});

test('hypervolume equals Monte Carlo within its error', () => {
  const random = createRandom('monte carlo');
  for (const n of [2, 3, 4, 6]) {
    const points = Array.from({ length: 30 }, () => Array.from({ length: n }, () => random.next()));
    const reference = new Array<number>(n).fill(1.1);
    const box = 1.1 ** n;
    const draws = 20_000;
    let hits = 0;
    for (let i = 0; i < draws; i++) {
      const sample = Array.from({ length: n }, () => random.next() * 1.1);
      if (points.some((p) => p.every((c, k) => c <= (sample[k] as number)))) hits++;
    }
    const share = hits / draws;
    const error = 4 * Math.sqrt((share * (1 - share)) / draws);
    expect(Math.abs(hypervolume(points, reference) / box - share)).toBeLessThan(error);
  }
});

test('hypervolume never falls when a point is added, and a dominated point changes nothing', () => {
  fc.assert(
    fc.property(pointSets(2, 4, 10), (points) => {
      const reference = new Array<number>(points[0]?.length ?? 2).fill(7);
      const [first, ...rest] = points;
      if (!first) return;
      const less = hypervolume(rest, reference);
      const more = hypervolume(points, reference);
      expect(more).toBeGreaterThanOrEqual(less - 1e-9);
      expect(rest.some((q) => dominates(q, first)) && more > less + 1e-9).toBe(false);
    }),
  );
});

test('the archive keeps the front and the hypervolume of all that was added', () => {
  fc.assert(
    fc.property(pointSets(2, 4), (points) => {
      const reference = new Array<number>(points[0]?.length ?? 2).fill(5);
      const archive = createHypervolume(reference);
      points.forEach((p, i) => {
        const before = archive.value;
        const expected = archive.gain(p);
        expect(archive.add(p)).toBeCloseTo(expected, 9);
        expect(archive.value - before).toBeCloseTo(expected, 9);
        expect(archive.value).toBeCloseTo(hypervolume(points.slice(0, i + 1), reference), 9);
      });
      const front = new Set(paretoFront(points).map((i) => String(points[i])));
      expect(new Set(archive.points.map(String))).toEqual(front);
    }),
  );
});

test('indicators of hand-made fronts', () => {
  const good = [
    [1, 5],
    [2, 2],
    [5, 1],
  ];
  const bad = [
    [2, 5],
    [5, 2],
    [0, 9],
  ];
  expect(epsilonIndicator(good, good)).toBe(0);
  expect(epsilonIndicator(bad, good)).toBe(3);
  expect(epsilonIndicator([], good)).toBe(Infinity);
  expect(coverage(good, bad)).toBeCloseTo(2 / 3);
  expect(coverage(bad, good)).toBe(0);
  expect(kneePoint(good)).toBe(1);
  expect(kneePoint([])).toBeUndefined();
});

test('the knee lies on the front whatever the scale of the objectives', () => {
  fc.assert(
    fc.property(pointSets(2, 3), (points) => {
      const knee = kneePoint(points);
      expect([...paretoFront(points), ...(points.length === 0 ? [undefined] : [])]).toContain(knee);
      const scaled = points.map((p) => p.map((c, i) => c * 4 ** i));
      expect(kneePoint(scaled)).toBe(knee);
    }),
  );
});
