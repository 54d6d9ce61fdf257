/**
 * One block of memory for tensors that live at different times: greedy by size (Pisarchyk and Lee, "Efficient
 * Memory Management for Deep Neural Net Inference", 2020, algorithm 3), as TFLite's arena planner does it.
 */

/** A tensor that is alive from step `first` to step `last`, both included. */
export interface Lifetime {
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
}

export interface Arena {
  /** Where each tensor begins, in the order given. */
  readonly offsets: readonly number[];
  readonly bytes: number;
}

/** Every tensor begins at a multiple of this, as in TFLite. */
const alignment = 64;
const aligned = (bytes: number) => alignment * Math.ceil(bytes / alignment);

/**
 * Places the largest tensors first, each into the smallest gap that holds it between those that are alive at
 * the same time, else behind them.
 */
export function planArena(tensors: readonly Lifetime[]): Arena {
  const order = tensors.map((_, i) => i);
  const of = (i: number) => tensors[i] as Lifetime;
  order.sort((a, b) => of(b).bytes - of(a).bytes || of(a).first - of(b).first || a - b);
  const offsets = tensors.map(() => 0);
  /** Placed tensors by their offset. */
  const placed: number[] = [];
  let end = 0;
  for (const tensor of order) {
    const { first, last, bytes } = of(tensor);
    let free = 0;
    let best = -1;
    let smallest = Number.POSITIVE_INFINITY;
    for (const other of placed) {
      const { first: from, last: to, bytes: size } = of(other);
      if (from > last || to < first) continue;
      const offset = offsets[other] as number;
      const gap = offset - free;
      if (gap >= bytes && gap < smallest) {
        smallest = gap;
        best = free;
      }
      free = Math.max(free, aligned(offset + size));
    }
    const offset = best < 0 ? free : best;
    offsets[tensor] = offset;
    const at = placed.findIndex((other) => (offsets[other] as number) > offset);
    placed.splice(at < 0 ? placed.length : at, 0, tensor);
    end = Math.max(end, offset + bytes);
  }
  return { offsets, bytes: end };
}

/** The most bytes alive at one step: no arena is smaller. */
export function mostAlive(tensors: readonly Lifetime[]): number {
  const steps = Math.max(0, ...tensors.map((t) => t.last + 1));
  const change = new Float64Array(steps + 1);
  for (const { first, last, bytes } of tensors) {
    change[first] = (change[first] as number) + bytes;
    change[last + 1] = (change[last + 1] as number) - bytes;
  }
  let alive = 0;
  return change.reduce((most, by) => Math.max(most, (alive += by)), 0);
}
