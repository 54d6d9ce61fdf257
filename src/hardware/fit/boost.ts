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
  readonly roots: readonly number[];
  readonly column: readonly number[];
  readonly threshold: readonly number[];
  readonly left: readonly number[];
  readonly value: readonly number[];
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

interface Split {
  readonly gain: number;
  readonly column: number;
  readonly threshold: number;
}

interface Leaf {
  readonly node: number;
  /** For each column in use, this leaf's rows in the column's order. */
  readonly sorted: readonly Int32Array[];
  readonly split: Split | undefined;
}

/** The rows whose value is at most the threshold, and the others, both in their old order. */
function partition(list: Int32Array, values: Float64Array, threshold: number): [Int32Array, Int32Array] {
  const small = new Int32Array(list.length);
  const large = new Int32Array(list.length);
  let smaller = 0;
  let larger = 0;
  for (let i = 0; i < list.length; i++) {
    const row = list[i] as number;
    if ((values[row] as number) <= threshold) small[smaller++] = row;
    else large[larger++] = row;
  }
  return [small.subarray(0, smaller), large.subarray(0, larger)];
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

  function bestSplit(sorted: readonly Int32Array[], columns: readonly number[]): Split | undefined {
    const size = (sorted[0] as Int32Array).length;
    if (size < 2 * options.fewest) return undefined;
    let total = 0;
    for (const row of sorted[0] as Int32Array) total += residual[row] as number;
    const none = total ** 2 / (size + options.ridge);
    let best: Split | undefined;
    let most = 1e-12;
    for (let c = 0; c < columns.length; c++) {
      const index = columns[c] as number;
      const values = columnsOf[index] as Float64Array;
      const list = sorted[c] as Int32Array;
      let sum = 0;
      for (let i = 0; i < size - options.fewest; i++) {
        const row = list[i] as number;
        sum += residual[row] as number;
        if (i + 1 < options.fewest) continue;
        const here = values[row] as number;
        const next = values[list[i + 1] as number] as number;
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

  function growTree(): void {
    const chosen = random.shuffle(Array.from({ length: width }, (_, i) => i));
    const columns = chosen.slice(0, Math.max(1, Math.round(width * options.columnShare)));
    const used = new Uint8Array(count);
    for (let i = 0; i < count; i++) used[i] = random.next() < options.rowShare ? 1 : 0;
    const root = newNode();
    roots.push(root);
    const make = (node: number, sorted: readonly Int32Array[]): Leaf => ({
      node,
      sorted,
      split: bestSplit(sorted, columns),
    });
    let leaves = [
      make(
        root,
        columns.map((c) => (order[c] as Int32Array).filter((row) => used[row] === 1)),
      ),
    ];
    while (leaves.length < options.leaves) {
      let widest: Leaf | undefined;
      for (const leaf of leaves) {
        if (leaf.split && leaf.split.gain > (widest?.split?.gain ?? 0)) widest = leaf;
      }
      if (widest?.split === undefined) break;
      const { split, node, sorted } = widest;
      const values = columnsOf[split.column] as Float64Array;
      const [low, high] = [[], []] as [Int32Array[], Int32Array[]];
      for (const list of sorted) {
        const [small, large] = partition(list, values, split.threshold);
        low.push(small);
        high.push(large);
      }
      const first = newNode();
      const second = newNode();
      column[node] = split.column;
      threshold[node] = split.threshold;
      left[node] = first;
      const parts = [make(first, low), make(second, high)];
      leaves = [...leaves.filter((leaf) => leaf !== widest), ...parts];
    }
    for (const { node, sorted } of leaves) {
      let sum = 0;
      for (const row of sorted[0] as Int32Array) sum += residual[row] as number;
      value[node] = (options.learningRate * sum) / ((sorted[0] as Int32Array).length + options.ridge);
    }
    const tree: Forest = { start: 0, roots: [root], column, threshold, left, value };
    for (let i = 0; i < count; i++) {
      residual[i] = (residual[i] as number) - evaluateForest(tree, rows[i] as Float64Array);
    }
  }

  for (let round = 0; round < options.rounds && count >= 2 * options.fewest; round++) growTree();
  return { start, roots, column, threshold, left, value };
}
