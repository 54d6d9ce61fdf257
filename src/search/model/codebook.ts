/**
 * Points as codes: the values of feature columns by the order in which they were seen, so that what the covariance
 * kernel needs of two values, or of two tuples of them, is looked up in a table.
 */
import type { FeatureColumn } from '../space/index.js';

/** A point as codes: for each column, or each group of columns, the place of its value among those seen. */
export type Codes = Uint16Array;

/** Columns with the values seen so far. */
export interface Codebook {
  readonly count: number;
  /** How many category weights there are. */
  readonly categories: number;
  /** For each column its values by code. */
  readonly values: readonly (readonly number[])[];
  /** For each column the place of its first category's weight; -1 for a number. */
  readonly offset: Int32Array;
  encode(features: Float64Array): Codes;
}

/** An empty codebook. Category weights: one for each choice and one for "inactive", by list of values. */
export function createCodebook(columns: readonly FeatureColumn[]): Codebook {
  const count = columns.length;
  const values: number[][] = columns.map(() => []);
  const codes = columns.map(() => new Map<number, number>());
  const offset = new Int32Array(count).fill(-1);
  const lists = new Map<string, number>();
  let categories = 0;
  columns.forEach((column, c) => {
    if (column.kind === 'number') return;
    let first = lists.get(column.list);
    if (first === undefined) {
      first = categories;
      lists.set(column.list, first);
      categories += column.choices + 1;
    }
    // The weight at `first` is that of -1, the inactive choice.
    offset[c] = first + 1;
  });
  return {
    count,
    categories,
    values,
    offset,
    encode(features) {
      const row = new Uint16Array(count);
      for (let c = 0; c < count; c++) {
        const value = features[c] as number;
        let code = codes[c]?.get(value);
        if (code === undefined) {
          code = (values[c] as number[]).push(value) - 1;
          codes[c]?.set(value, code);
        }
        row[c] = code;
      }
      return row;
    },
  };
}

/** Groups of columns as if each were one column: a kernel reads them with one table look-up. */
export interface JointBook {
  readonly single: Codebook;
  /** How many groups there are. */
  readonly count: number;
  readonly groups: readonly (readonly number[])[];
  /** For each group, by code, the codes of all single columns of a point that has it. */
  readonly seen: readonly (readonly Codes[])[];
  encode(features: Float64Array): Codes;
}

/** Columns are read together while they have so many values together at most. */
const mostJoint = 64;

/** Columns of one source, and then sources next to each other that have few values together. */
function groupColumns(columns: readonly FeatureColumn[]): number[][] {
  const sources = new Map<string, { levels: number; members: number[] }>();
  columns.forEach(({ source }, c) => {
    const name = source?.name ?? `column ${c}`;
    const found = sources.get(name) ?? { levels: source?.levels ?? Infinity, members: [] };
    found.members.push(c);
    sources.set(name, found);
  });
  const groups: number[][] = [];
  let together = Infinity;
  for (const { levels, members } of sources.values()) {
    together *= levels;
    if (together <= mostJoint) {
      groups.at(-1)?.push(...members);
    } else {
      groups.push(members);
      together = levels;
    }
  }
  return groups;
}

/** An empty book of the columns' groups. */
export function createJointBook(columns: readonly FeatureColumn[]): JointBook {
  const single = createCodebook(columns);
  const groups = groupColumns(columns);
  const seen: Codes[][] = groups.map(() => []);
  /** For each further column of a group: by the place of what came before and its own code, the place of both. */
  const places = groups.map((members) => members.slice(1).map(() => new Map<number, number>()));
  return {
    single,
    count: groups.length,
    groups,
    seen,
    encode(features) {
      const codes = single.encode(features);
      const joint = new Uint16Array(groups.length);
      groups.forEach((members, g) => {
        let place = codes[members[0] as number] as number;
        for (let i = 1; i < members.length; i++) {
          const known = places[g]?.[i - 1] as Map<number, number>;
          const key = place * 65536 + (codes[members[i] as number] as number);
          const found = known.get(key) ?? known.size;
          known.set(key, found);
          place = found;
        }
        joint[g] = place;
        const list = seen[g] as Codes[];
        if (place === list.length) list.push(codes);
      });
      return joint;
    },
  };
}
