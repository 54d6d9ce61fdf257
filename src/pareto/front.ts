/** The incremental front: what no other point dominates, kept up to date point by point. */
import { bisect } from '../base/index.js';
import type { Point } from './dominance.js';

/** Members of a growing front, each with its costs in minimisation. */
export interface Front<T> {
  /**
   * Offers a member. Costs are numbers other than NaN, one an objective; they are copied.
   * @returns the members that it removes; undefined where it does not join.
   */
  add(member: T, costs: Point): readonly T[] | undefined;
  /** Whether a point with these costs would join. */
  accepts(costs: Point): boolean;
  readonly size: number;
  /** In the order in which they joined. */
  members(): readonly T[];
  /** In ascending order of objective 0, among equals the newest first. Changes as members join. */
  readonly ascending: readonly T[];
}

/** Whether a point that equals a member joins it, or counts as covered by it. */
export type EqualPoints = 'join' | 'covered';

/**
 * An empty front. Members are sorted by objective 0, so that a new point is compared only with those that
 * may dominate it, or that it may dominate; with two objectives, against its neighbours: log n each.
 */
export function createFront<T>(objectives: number, equal: EqualPoints = 'join'): Front<T> {
  const members: T[] = [];
  /** Which join each member was. */
  const joins: number[] = [];
  let joined = 0;
  /** Costs of the members, one after the other: a large front is scanned for every new point. */
  let costs = new Float64Array(64 * objectives);
  /** Who dominated the last point that was dominated: most likely it dominates the next as well. */
  let strong = 0;
  let inOrder: readonly T[] | undefined;

  const cost = (place: number, k: number) => costs[place * objectives + k] as number;

  /** The first place whose objective 0 is not below `value`. */
  const placeOf = (value: number): number => bisect(members.length, (place) => cost(place, 0) < value);

  /** Whether a member keeps a point off the front. */
  function keepsOff(place: number, point: Point): boolean {
    let better = equal === 'covered';
    const start = place * objectives;
    for (let k = 0; k < objectives; k++) {
      const own = costs[start + k] as number;
      const other = point[k] as number;
      if (own > other) return false;
      if (own < other) better = true;
    }
    return better;
  }

  /** Whether a point dominates a member. */
  function dominatesMember(point: Point, place: number): boolean {
    let better = false;
    const start = place * objectives;
    for (let k = 0; k < objectives; k++) {
      const own = costs[start + k] as number;
      const other = point[k] as number;
      if (other > own) return false;
      if (other < own) better = true;
    }
    return better;
  }

  /** @param place of the point's objective 0. */
  function isKeptOff(point: Point, place: number): boolean {
    // With two objectives objective 1 falls as objective 0 rises: only the neighbours can decide.
    if (objectives === 2) {
      strong = place > 0 && keepsOff(place - 1, point) ? place - 1 : place;
      return strong < members.length && keepsOff(strong, point);
    }
    // Downwards: who is near in objective 0 is likeliest to dominate where objectives are in conflict.
    let end = place;
    while (end < members.length && cost(end, 0) === point[0]) end++;
    for (let other = end - 1; other >= 0; other--) {
      if (!keepsOff(other, point)) continue;
      strong = other;
      return true;
    }
    return false;
  }

  /** Moves the members from `from` on to begin at `to`. */
  function move(from: number, to: number, count: number): void {
    costs.copyWithin(to * objectives, from * objectives, (from + count) * objectives);
  }

  /** Takes those out that a point dominates; all of them stand at `place` or behind. */
  function driveOut(point: Point, place: number): T[] {
    const gone: T[] = [];
    let kept = place;
    for (let other = place; other < members.length; other++) {
      if (dominatesMember(point, other)) {
        gone.push(members[other] as T);
        continue;
      }
      // With two objectives the rest is better in objective 1.
      if (objectives === 2 && kept === other) return gone;
      if (kept < other) {
        members[kept] = members[other] as T;
        joins[kept] = joins[other] as number;
        move(other, kept, 1);
      }
      kept++;
    }
    members.length = kept;
    joins.length = kept;
    return gone;
  }

  function insert(member: T, point: Point, place: number): void {
    if (costs.length < (members.length + 1) * objectives) {
      const wide = new Float64Array(2 * costs.length);
      wide.set(costs);
      costs = wide;
    }
    move(place, place + 1, members.length - place);
    for (let k = 0; k < objectives; k++) costs[place * objectives + k] = point[k] as number;
    members.splice(place, 0, member);
    joins.splice(place, 0, joined++);
    if (place <= strong) strong++;
  }

  return {
    accepts(point) {
      if (strong < members.length && keepsOff(strong, point)) return false;
      return !isKeptOff(point, placeOf(point[0] as number));
    },
    add(member, point) {
      if (strong < members.length && keepsOff(strong, point)) return undefined;
      const place = placeOf(point[0] as number);
      if (isKeptOff(point, place)) return undefined;
      const gone = driveOut(point, place);
      insert(member, point, place);
      inOrder = undefined;
      return gone;
    },
    get size() {
      return members.length;
    },
    members() {
      inOrder ??= members
        .map((_, place) => place)
        .sort((a, b) => (joins[a] as number) - (joins[b] as number))
        .map((place) => members[place] as T);
      return inOrder;
    },
    ascending: members,
  };
}
