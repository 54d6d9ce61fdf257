/**
 * The functions of this room as the package gives them: with their points checked. Inside mixnas points come from results
 * that were checked before, and the functions are called thousands of times, so there they are taken as they are.
 */
import { MixnasError } from '../base/index.js';
import { createHypervolume as createArchive, type HypervolumeArchive } from './archive.js';
import * as dominance from './dominance.js';
import { hypervolume as volume } from './hypervolume.js';
import * as indicators from './indicators.js';

type Point = dominance.Point;

/** Whether `a` is nowhere worse than `b` and better somewhere, in minimisation. */
export function dominates(a: Point, b: Point): boolean {
  check('dominates', [a, b]);
  return dominance.dominates(a, b);
}

/** Whether `a` is nowhere worse than `b`; equal points cover each other. */
export function weaklyDominates(a: Point, b: Point): boolean {
  check('weaklyDominates', [a, b]);
  return dominance.weaklyDominates(a, b);
}

/** Indices, ascending, of the points that no other dominates; equal points all stay. */
export function paretoFront(points: readonly Point[]): number[] {
  check('paretoFront', points);
  return dominance.paretoFront(points);
}

/** Fronts of indices, best first; front k is what is non-dominated once fronts 0 to k-1 are gone. */
export function nonDominatedSort(points: readonly Point[]): number[][] {
  check('nonDominatedSort', points);
  return dominance.nonDominatedSort(points);
}

/** Crowding distance (NSGA-II) of each of `indices` among themselves, in their order; ends are infinite. */
export function crowdingDistance(points: readonly Point[], indices: readonly number[]): number[] {
  check('crowdingDistance', points);
  const odd = indices.find((index) => points[index] === undefined);
  if (odd !== undefined) throw wrong('crowdingDistance', `there is no point ${odd} of ${points.length}`);
  return dominance.crowdingDistance(points, indices);
}

/** The exact hypervolume of `points` up to `reference`. Points beyond it in some coordinate add nothing. */
export function hypervolume(points: readonly Point[], reference: Point): number {
  checkReference('hypervolume', reference);
  check('hypervolume', points, reference.length);
  return volume(points, reference);
}

/** An empty front with its hypervolume up to a reference point, kept up to date point by point. */
export function createHypervolume(reference: Point): HypervolumeArchive {
  checkReference('createHypervolume', reference);
  const archive = createArchive(reference);
  const checked = (point: Point): Point => {
    check('createHypervolume', [point], reference.length);
    return point;
  };
  return {
    add: (point) => archive.add(checked(point)),
    gain: (point) => archive.gain(checked(point)),
    get value() {
      return archive.value;
    },
    get points() {
      return archive.points;
    },
  };
}

/** Additive epsilon indicator: by how much every cost of `front` must be lowered to cover `target`; Infinity without a front. */
export function epsilonIndicator(front: readonly Point[], target: readonly Point[]): number {
  check('epsilonIndicator', [...front, ...target]);
  return indicators.epsilonIndicator(front, target);
}

/** The share of `b` that some point of `a` covers; 0 when `b` is empty. */
export function coverage(a: readonly Point[], b: readonly Point[]): number {
  check('coverage', [...a, ...b]);
  return indicators.coverage(a, b);
}

/** Index of the knee: the point with the least sum of costs, each scaled to its range; undefined for no points. */
export function kneePoint(points: readonly Point[]): number | undefined {
  check('kneePoint', points);
  return indicators.kneePoint(points);
}

/** @throws MixnasError `bad-usage` for a coordinate that is not a number, or points of different lengths. */
function check(name: string, points: readonly Point[], length = points[0]?.length ?? 0): void {
  for (const [i, point] of points.entries()) {
    if (point?.length !== length) {
      throw wrong(name, `point ${i} has ${point?.length ?? 'no'} coordinates, expected ${length}`);
    }
    for (let k = 0; k < length; k++) {
      const value: unknown = point[k];
      if (typeof value !== 'number' || Number.isNaN(value)) {
        throw wrong(name, `coordinate ${k} of point ${i} is ${String(value)}, not a number`);
      }
    }
  }
}

function checkReference(name: string, reference: Point | undefined): void {
  if (!reference?.length) throw wrong(name, 'the reference is missing');
  for (let k = 0; k < reference.length; k++) {
    const value: unknown = reference[k];
    if (!Number.isFinite(value))
      throw wrong(name, `objective ${k} of the reference is ${String(value)}, not a number`);
  }
}

const wrong = (name: string, what: string) =>
  new MixnasError('bad-usage', `${name}: ${what}.`, {
    remedy: 'A point is a list of costs, one a objective, each a number; leave out trials that failed.',
  });
