/**
 * Gradient boosted regression trees (Friedman, "Greedy Function Approximation: A Gradient Boosting
 * Machine", Annals of Statistics 2001), grown leaf by leaf for squared error. Small data only: every
 * threshold between two neighbouring values is tried.
 */
import type { Random } from '../../base/index.js';

export interface BoostOptions {
  readonly rounds: number;
  readonly learningRate: number;
  readonly leaves: number;
  /** Rows that a leaf must hold. */
  readonly fewest: number;
  /** Shrinks the values of leaves with few rows (L2). */
  readonly ridge: number;
  /** Share of the rows and of the columns that each tree sees. */
  readonly rowShare: number;
  readonly columnShare: number;
}

export const defaultBoost: BoostOptions = {
  rounds: 150,
  learningRate: 0.1,
  leaves: 15,
  fewest: 5,
  ridge: 1,
  rowShare: 0.8,
  columnShare: 0.7,
};

/** Trees as parallel arrays; node i's children are `left[i]` and `left[i] + 1`; a leaf's `left` is 0. */
export interface Forest {
  readonly start: number;
  readonly roots: ArrayLike<number> & Iterable<number>;
  readonly column: ArrayLike<number>;
  readonly threshold: ArrayLike<number>;
  readonly left: ArrayLike<number>;
  readonly value: ArrayLike<number>;
}

export function evaluateForest(forest: Forest, row: ArrayLike<number>): number {
  const { roots, column, threshold, left, value } = forest;
  let sum = forest.start;
  for (const root of roots) {
    let at = root;
    while (left[at] !== 0) {
      const right = (row[column[at] as number] as number) > (threshold[at] as number);
      at = (left[at] as number) + (right ? 1 : 0);
    }
    sum += value[at] as number;
  }
  return sum;
}

/**
 * The same for many rows of which no column ever falls: all rows of a leaf lie next to one another, so a tree is
 * descended once for each leaf that it reaches and not once for each row.
 */
export function evaluateRising(forest: Forest, rows: readonly ArrayLike<number>[]): Float64Array {
  const { roots, column, threshold, left, value } = forest;
  const sums = new Float64Array(rows.length).fill(forest.start);
  const descend = (root: number, begin: number, last: number): void => {
    let at = root;
    while (left[at] !== 0) {
      const c = column[at] as number;
      const limit = threshold[at] as number;
      const next = left[at] as number;
      if (((rows[begin] as ArrayLike<number>)[c] as number) > limit) at = next + 1;
      else if (((rows[last] as ArrayLike<number>)[c] as number) <= limit) at = next;
      else {
        let middle = begin + 1;
        while (((rows[middle] as ArrayLike<number>)[c] as number) <= limit) middle++;
        descend(next, begin, middle - 1);
        descend(next + 1, middle, last);
        return;
      }
    }
    for (let i = begin; i <= last; i++) sums[i] = (sums[i] as number) + (value[at] as number);
  };
  if (rows.length > 0) for (const root of roots) descend(root, 0, rows.length - 1);
  return sums;
}

interface Split {
  readonly gain: number;
  readonly column: number;
  readonly threshold: number;
}

/** Rows `begin` to `end` of every column's list belong to the leaf. */
interface Leaf {
  readonly node: number;
  readonly begin: number;
  readonly end: number;
  readonly split: Split | undefined;
}

/** Fits a forest to rows (each as long) and their targets. */
export function fitForest(
  rows: readonly Float64Array[],
  targets: ArrayLike<number>,
  random: Random,
  options: BoostOptions = defaultBoost,
): Forest {
  const count = rows.length;
  const width = rows[0]?.length ?? 0;
  const columnsOf = Array.from({ length: width }, (_, c) =>
    Float64Array.from(rows, (row) => row[c] as number),
  );
  const order = columnsOf.map((values) =>
    Int32Array.from({ length: count }, (_, i) => i).sort(
      (a, b) => (values[a] as number) - (values[b] as number),
    ),
  );
  let start = 0;
  for (let i = 0; i < count; i++) start += (targets[i] as number) / count;
  const residual = Float64Array.from({ length: count }, (_, i) => (targets[i] as number) - start);
  const column: number[] = [];
  const threshold: number[] = [];
  const left: number[] = [];
  const value: number[] = [];
  const roots: number[] = [];
  const newNode = () => {
    threshold.push(0);
    left.push(0);
    value.push(0);
    return column.push(0) - 1;
  };

  /** For each column, the rows of the tree that grows: leaf by leaf, in the column's order. */
  const lists = order.map(() => new Int32Array(count));
  const waiting = new Int32Array(count);
  const goesRight = new Uint8Array(count);

  function bestSplit(begin: number, end: number, columns: readonly number[]): Split | undefined {
    const size = end - begin;
    if (size < 2 * options.fewest) return undefined;
    const [some] = columns as [number];
    let total = 0;
    for (let i = begin; i < end; i++) total += residual[(lists[some] as Int32Array)[i] as number] as number;
    const none = total ** 2 / (size + options.ridge);
    let best: Split | undefined;
    let most = 1e-12;
    for (const index of columns) {
      const values = columnsOf[index] as Float64Array;
      const list = lists[index] as Int32Array;
      let sum = 0;
      for (let i = 0; i < size - options.fewest; i++) {
        const row = list[begin + i] as number;
        sum += residual[row] as number;
        if (i + 1 < options.fewest) continue;
        const here = values[row] as number;
        const next = values[list[begin + i + 1] as number] as number;
        if (next <= here) continue;
        const rest = total - sum;
        const gain = sum ** 2 / (i + 1 + options.ridge) + rest ** 2 / (size - i - 1 + options.ridge) - none;
        if (gain > most) {
          most = gain;
          best = { gain, column: index, threshold: (here + next) / 2 };
        }
      }
    }
    return best;
  }

  /** Parts a leaf's rows in every list, both sides in their old order. @returns where the right side begins. */
  function partition({ begin, end }: Leaf, split: Split, columns: readonly number[]): number {
    const values = columnsOf[split.column] as Float64Array;
    const list = lists[split.column] as Int32Array;
    for (let i = begin; i < end; i++) {
      const row = list[i] as number;
      goesRight[row] = (values[row] as number) > split.threshold ? 1 : 0;
    }
    let middle = begin;
    for (const index of columns) {
      const rows = lists[index] as Int32Array;
      let parked = 0;
      middle = begin;
      for (let i = begin; i < end; i++) {
        const row = rows[i] as number;
        if (goesRight[row] === 1) waiting[parked++] = row;
        else rows[middle++] = row;
      }
      for (let i = 0; i < parked; i++) rows[middle + i] = waiting[i] as number;
    }
    return middle;
  }

  function growTree(): void {
    const chosen = random.shuffle(Array.from({ length: width }, (_, i) => i));
    const columns = chosen.slice(0, Math.max(1, Math.round(width * options.columnShare)));
    const used = new Uint8Array(count);
    for (let i = 0; i < count; i++) used[i] = random.next() < options.rowShare ? 1 : 0;
    let size = 0;
    for (const index of columns) {
      size = 0;
      for (const row of order[index] as Int32Array)
        if (used[row] === 1) (lists[index] as Int32Array)[size++] = row;
    }
    const root = newNode();
    roots.push(root);
    const make = (node: number, begin: number, end: number): Leaf => ({
      node,
      begin,
      end,
      split: bestSplit(begin, end, columns),
    });
    let leaves = [make(root, 0, size)];
    while (leaves.length < options.leaves) {
      let widest: Leaf | undefined;
      for (const leaf of leaves) {
        if (leaf.split && leaf.split.gain > (widest?.split?.gain ?? 0)) widest = leaf;
      }
      if (widest?.split === undefined) break;
      const { split, node, begin, end } = widest;
      const middle = partition(widest, split, columns);
      const first = newNode();
      const second = newNode();
      column[node] = split.column;
      threshold[node] = split.threshold;
      left[node] = first;
      const parts = [make(first, begin, middle), make(second, middle, end)];
      leaves = [...leaves.filter((leaf) => leaf !== widest), ...parts];
    }
    const rowsOf = lists[columns[0] as number] as Int32Array;
    for (const { node, begin, end } of leaves) {
      let sum = 0;
      for (let i = begin; i < end; i++) sum += residual[rowsOf[i] as number] as number;
      value[node] = (options.learningRate * sum) / (end - begin + options.ridge);
    }
    const tree: Forest = { start: 0, roots: [root], column, threshold, left, value };
    for (let i = 0; i < count; i++) {
      residual[i] = (residual[i] as number) - evaluateForest(tree, rows[i] as Float64Array);
    }
  }

  for (let round = 0; round < options.rounds && count >= 2 * options.fewest; round++) growTree();
  return {
    start,
    roots: Int32Array.from(roots),
    column: Int32Array.from(column),
    threshold: Float64Array.from(threshold),
    left: Int32Array.from(left),
    value: Float64Array.from(value),
  };
}
