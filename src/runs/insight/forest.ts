/**
 * A random forest for regression (Breiman, "Random Forests", Machine Learning 45, 2001) over columns of
 * small whole numbers, with what importance needs: predictions for rows that a tree has not seen.
 */
import type { Random } from '../../base/index.js';

/** Columns of equal length; values are whole numbers from 0 to `levels[column] - 1`. */
export interface Table {
  readonly columns: readonly Uint16Array[];
  readonly levels: readonly number[];
  readonly rows: number;
}

/** A split sends values up to `at` left; a leaf has no column. */
type Node =
  | { readonly value: number; readonly column?: undefined }
  | { readonly column: number; readonly at: number; readonly left: Node; readonly right: Node };

interface Tree {
  readonly root: Node;
  /** The rows that the tree was not grown from. */
  readonly unseen: Int32Array;
}

const minLeaf = 3;

/** Lent from split to split: to allocate them again costs more than all sums. A gene has at most 256 values. */
const scratch = { counts: new Float64Array(256), sums: new Float64Array(256) };

/** The split of `rows` that leaves the least squared error in its two halves; undefined when none helps. */
function bestSplit(table: Table, y: Float64Array, rows: readonly number[], random: Random) {
  const total = rows.reduce((sum, row) => sum + (y[row] as number), 0);
  const columns = random.shuffle([...table.columns.keys()]);
  const tried = Math.ceil(columns.length / 3);
  let best: { column: number; at: number } | undefined;
  let bestScore = (total * total) / rows.length + 1e-12;
  for (const [place, column] of columns.entries()) {
    // Beyond a third of the columns only until one of them splits at all: many genes are closed here.
    if (place >= tried && best) break;
    const values = table.columns[column] as Uint16Array;
    const levels = table.levels[column] as number;
    const counts = scratch.counts.fill(0, 0, levels);
    const sums = scratch.sums.fill(0, 0, levels);
    for (const row of rows) {
      const level = values[row] as number;
      counts[level] = (counts[level] as number) + 1;
      sums[level] = (sums[level] as number) + (y[row] as number);
    }
    for (let at = 0, count = 0, sum = 0; at < levels - 1; at++) {
      count += counts[at] as number;
      sum += sums[at] as number;
      const rest = rows.length - count;
      if (count < minLeaf || rest < minLeaf) continue;
      const score = (sum * sum) / count + (total - sum) ** 2 / rest;
      if (score > bestScore) [best, bestScore] = [{ column, at }, score];
    }
  }
  return best;
}

function grow(table: Table, y: Float64Array, rows: readonly number[], random: Random): Node {
  const split = rows.length >= 2 * minLeaf ? bestSplit(table, y, rows, random) : undefined;
  if (!split) return { value: rows.reduce((sum, row) => sum + (y[row] as number), 0) / rows.length };
  const values = table.columns[split.column] as Uint16Array;
  const isLeft = (row: number) => (values[row] as number) <= split.at;
  return {
    ...split,
    left: grow(table, y, rows.filter(isLeft), random),
    right: grow(
      table,
      y,
      rows.filter((row) => !isLeft(row)),
      random,
    ),
  };
}

/**
 * What a tree says of a row.
 * @param other the row from which the columns marked in `shuffled` are read instead.
 */
function descend(
  root: Node,
  columns: Table['columns'],
  row: number,
  shuffled: Uint8Array,
  other: number,
): number {
  let node = root;
  while (node.column !== undefined) {
    const from = shuffled[node.column] === 1 ? other : row;
    node = ((columns[node.column] as Uint16Array)[from] as number) <= node.at ? node.left : node.right;
  }
  return node.value;
}

export interface Forest {
  /**
   * The mean squared error of each tree on the rows it has not seen, averaged over trees.
   * @param columns those whose values are exchanged, together, among those rows before.
   */
  error(columns: ReadonlySet<number>, random: Random): number;
  /** The share of the variance of `y` that the trees together explain in rows they have not seen. */
  readonly explained: number;
}

/**
 * Grows `count` trees, each from a bootstrap sample, and yields after each, for who has keys to answer meanwhile.
 * At least 2 rows.
 */
export function* growForest(
  table: Table,
  y: Float64Array,
  count: number,
  random: Random,
): Generator<undefined, Forest> {
  const grown: Tree[] = [];
  for (let i = 0; i < count; i++) {
    const rows = Array.from({ length: table.rows }, () => random.int(table.rows));
    const seen = new Set(rows);
    const unseen = Int32Array.from({ length: table.rows }, (_, row) => row).filter((row) => !seen.has(row));
    grown.push({ root: grow(table, y, rows, random), unseen });
    yield undefined;
  }
  const trees = grown.filter(({ unseen }) => unseen.length > 0);
  return {
    explained: explainedShare(trees, table, y),
    error(columns, stream) {
      const shuffled = new Uint8Array(table.columns.length);
      for (const column of columns) shuffled[column] = 1;
      let sum = 0;
      for (const { root, unseen } of trees) {
        const others = columns.size > 0 ? stream.shuffle(unseen.slice()) : unseen;
        let squared = 0;
        for (let i = 0; i < unseen.length; i++) {
          const [row, other] = [unseen[i] as number, others[i] as number];
          squared += (descend(root, table.columns, row, shuffled, other) - (y[row] as number)) ** 2;
        }
        sum += squared / unseen.length;
      }
      return sum / trees.length;
    },
  };
}

/** 1 - (squared error of the trees' mean over those that have not seen a row) / variance. */
function explainedShare(trees: readonly Tree[], table: Table, y: Float64Array): number {
  const none = new Uint8Array(table.columns.length);
  const sums = new Float64Array(y.length);
  const counts = new Float64Array(y.length);
  for (const { root, unseen } of trees) {
    for (const row of unseen) {
      sums[row] = (sums[row] as number) + descend(root, table.columns, row, none, row);
      counts[row] = (counts[row] as number) + 1;
    }
  }
  const rows = [...y.keys()].filter((row) => (counts[row] as number) > 0);
  const at = (values: Float64Array, row: number) => values[row] as number;
  const mean = rows.reduce((sum, row) => sum + at(y, row), 0) / rows.length;
  const error = rows.reduce((sum, row) => sum + (at(sums, row) / at(counts, row) - at(y, row)) ** 2, 0);
  const spread = rows.reduce((sum, row) => sum + (at(y, row) - mean) ** 2, 0);
  return spread > 0 ? 1 - error / spread : 0;
}
