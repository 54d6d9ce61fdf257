/** The trials that no other beats, kept up to date trial by trial. */

/** Members of a growing front by trial index; costs are minimised. */
export interface FrontTracker {
  /** Offers a trial. @returns the members that it drove out; undefined when it did not join. */
  offer(index: number, costs: readonly number[]): readonly number[] | undefined;
  has(index: number): boolean;
  /** Trial indices, in the order in which they joined. */
  members(): readonly number[];
  costsOf(index: number): readonly number[];
}

/** An empty front. Trials with equal costs stand beside each other on it. */
export function createFrontTracker(): FrontTracker {
  const members: { index: number; costs: readonly number[] }[] = [];
  const byIndex = new Map<number, readonly number[]>();

  /** Whether `a` is at least as good everywhere and better somewhere. */
  const beats = (a: readonly number[], b: readonly number[]): boolean => {
    let better = false;
    for (let i = 0; i < a.length; i++) {
      const left = a[i] as number;
      const right = b[i] as number;
      if (left > right) return false;
      if (left < right) better = true;
    }
    return better;
  };

  return {
    offer(index, costs) {
      for (const member of members) if (beats(member.costs, costs)) return undefined;
      const gone: number[] = [];
      let kept = 0;
      for (const member of members) {
        if (beats(costs, member.costs)) {
          gone.push(member.index);
          byIndex.delete(member.index);
        } else members[kept++] = member;
      }
      members.length = kept;
      members.push({ index, costs });
      byIndex.set(index, costs);
      return gone;
    },
    has: (index) => byIndex.has(index),
    members: () => members.map((member) => member.index),
    costsOf: (index) => byIndex.get(index) ?? [],
  };
}
