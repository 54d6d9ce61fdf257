/**
 * Which maps live in the fast memory. Each is alive from the operation that writes it to the last that reads it; those that
 * never fit are spilled, and of those that compete the set is kept that is read and written most.
 */
export interface Life {
  /** First and last moment, both included. */
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
  /** Values read and written. */
  readonly accesses: number;
}

/** More that compete at once are treated in turns. */
const mostAtOnce = 20;

/**
 * @param used bytes that are taken at each moment by what is not to be placed.
 * @returns whether each is in the fast memory.
 */
export function placeLives(lives: readonly Life[], used: readonly number[], limit: number): boolean[] {
  const kept = lives.map(() => true);
  const base = [...used];
  const all = [...used];
  const add = (usage: number[], { from, to, bytes }: Life, sign: 1 | -1) => {
    for (let t = from; t <= to; t++) usage[t] = (usage[t] ?? 0) + sign * bytes;
  };
  const most = (usage: readonly number[], { from, to }: Life) => {
    let largest = 0;
    for (let t = from; t <= to; t++) largest = Math.max(largest, usage[t] ?? 0);
    return largest;
  };
  for (const life of lives) add(all, life, 1);
  lives.forEach((life, i) => {
    if (most(base, life) + life.bytes <= limit) return;
    kept[i] = false;
    add(all, life, -1);
  });
  const competing: number[] = [];
  lives.forEach((life, i) => {
    if (!kept[i]) return;
    if (most(all, life) <= limit) add(base, life, 1);
    else competing.push(i);
  });
  const lifeOf = (i: number) => lives[i] as Life;
  competing.sort(
    (a, b) =>
      lifeOf(a).from - lifeOf(b).from || lifeOf(a).to - lifeOf(b).to || lifeOf(a).bytes - lifeOf(b).bytes,
  );
  for (const group of groupsOf(competing.map(lifeOf)).map(([from, to]) => competing.slice(from, to)))
    choose(group);
  return kept;

  /**
   * The set of most accesses. Lives come by their begin, so that of those before only the ones still alive matter: of all
   * choices that leave the same ones alive the best is kept. Those alive are a bit each, by their place in the group.
   */
  function choose(group: readonly number[]): void {
    let states: Choice[] = [{ alive: 0, score: 0, last: undefined }];
    for (let place = 0; place < group.length; place++) {
      const id = group[place] as number;
      const life = lifeOf(id);
      let still = 0;
      for (let i = 0; i < place; i++) if (lifeOf(group[i] as number).to >= life.from) still |= 1 << i;
      const next = new Map<number, Choice>();
      const offer = (alive: number, score: number, last: Link | undefined) => {
        const known = next.get(alive);
        if (known === undefined || score > known.score) next.set(alive, { alive, score, last });
      };
      for (const state of states) {
        const alive = state.alive & still;
        if (fitsBeside(life, group, alive)) {
          offer(alive | (1 << place), state.score + life.accesses, { id, before: state.last });
        }
        offer(alive, state.score, state.last);
      }
      states = [...next.values()];
    }
    const best = states.reduce((a, c) => (c.score > a.score ? c : a));
    const chosen = new Set<number>();
    for (let link = best.last; link !== undefined; link = link.before) chosen.add(link.id);
    for (const id of group) {
      kept[id] = chosen.has(id);
      if (chosen.has(id)) add(base, lifeOf(id), 1);
      else add(all, lifeOf(id), -1);
    }
  }

  function fitsBeside(life: Life, group: readonly number[], alive: number): boolean {
    for (let t = life.from; t <= life.to; t++) {
      let usage = (base[t] ?? 0) + life.bytes;
      for (let rest = alive, i = 0; rest !== 0; rest >>= 1, i++) {
        if ((rest & 1) === 0) continue;
        const other = lifeOf(group[i] as number);
        if (other.to >= t) usage += other.bytes;
      }
      if (usage > limit) return false;
    }
    return true;
  }
}

/** What was kept so far: those still alive, and all in reverse. */
interface Choice {
  readonly alive: number;
  readonly score: number;
  readonly last: Link | undefined;
}
interface Link {
  readonly id: number;
  readonly before: Link | undefined;
}

/** Ranges of lives, sorted by their begin, that overlap each other. */
function groupsOf(lives: readonly Life[]): [number, number][] {
  const groups: [number, number][] = [];
  let start = 0;
  let end = lives[0]?.to ?? 0;
  lives.forEach((life, i) => {
    if (life.from <= end && i - start < mostAtOnce) {
      end = Math.max(end, life.to);
      return;
    }
    groups.push([start, i]);
    [start, end] = [i, life.to];
  });
  if (lives.length > 0) groups.push([start, lives.length]);
  return groups;
}
