/** The trials that no other beats, kept up to date trial by trial. */

/** Members of a growing front by trial index; costs are minimised. */
export interface FrontTracker {
  /** Offers a trial. @returns the members that it drove out; undefined when it did not join. */
  offer(index: number, costs: readonly number[]): readonly number[] | undefined;
  /** Trial indices, in the order in which they joined. */
  members(): readonly number[];
}

/** An empty front over so many costs. Trials with equal costs stand beside each other on it. */
export function createFrontTracker(size: number): FrontTracker {
  const members: number[] = [];
  /** Their costs, one after the other: a large front is gone through for every trial. */
  let all = new Float64Array(64 * size);
  /** Who beat the last trial that was beaten: most likely it beats the next as well. */
  let strong = 0;

  function beatenBy(place: number, costs: readonly number[]): boolean {
    let better = false;
    for (let i = 0; i < size; i++) {
      const member = all[place * size + i] as number;
      const other = costs[i] as number;
      if (member > other) return false;
      if (member < other) better = true;
    }
    return better;
  }

  function beats(costs: readonly number[], place: number): boolean {
    let better = false;
    for (let i = 0; i < size; i++) {
      const member = all[place * size + i] as number;
      const other = costs[i] as number;
      if (other > member) return false;
      if (other < member) better = true;
    }
    return better;
  }

  return {
    offer(index, costs) {
      if (strong < members.length && beatenBy(strong, costs)) return undefined;
      for (let place = 0; place < members.length; place++) {
        if (!beatenBy(place, costs)) continue;
        strong = place;
        return undefined;
      }
      const gone: number[] = [];
      let kept = 0;
      for (let place = 0; place < members.length; place++) {
        if (beats(costs, place)) gone.push(members[place] as number);
        else {
          if (kept < place) {
            members[kept] = members[place] as number;
            all.copyWithin(kept * size, place * size, (place + 1) * size);
          }
          kept++;
        }
      }
      members.length = kept;
      if (all.length < (kept + 1) * size) {
        const wide = new Float64Array(2 * all.length);
        wide.set(all);
        all = wide;
      }
      members.push(index);
      all.set(costs, kept * size);
      return gone;
    },
    members: () => members.slice(),
  };
}
