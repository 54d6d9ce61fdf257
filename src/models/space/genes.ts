/**
 * Choices and genes. A choice is one of several values; it takes a gene when it has two or more. A choice
 * that makes no difference under the values of others (a block beyond the chosen depth) is *closed*: it
 * then has its neutral value, and its gene is 0, so that equal architectures have equal genomes.
 */
import type { Mix } from './mixes.js';

/** One index of a genome, for samplers and for reading. */
export interface Gene {
  readonly name: string;
  /** What index i stands for: numbers, names, or the label of a kernel mix such as `3+5d2`. */
  readonly values: readonly (number | string)[];
  /** Block position (a stage's first block comes after all positions of the stages before); -1 for none. */
  readonly block: number;
  /** Whether neighbouring indices are alike: numbers in ascending order. */
  readonly ordered: boolean;
}

/** A condition on another choice: `holds[i]` for its value i. */
export interface Need {
  readonly on: Choice<unknown>;
  readonly holds: readonly boolean[];
}

export interface Choice<T> {
  /** Index of its gene; -1 when there is nothing to choose. */
  readonly gene: number;
  readonly values: readonly T[];
  /** Indices to draw from: a stratum first, then one of its members. Mixes of equal size are a stratum. */
  readonly strata: readonly (readonly number[])[];
  readonly needs: readonly Need[];
  /** Its value when a need does not hold; undefined where nobody asks then. */
  readonly neutral: T | undefined;
}

const indexOf = (choice: Choice<unknown>, genome: ArrayLike<number>) =>
  choice.gene < 0 ? 0 : (genome[choice.gene] ?? 0);

export function need<T>(on: Choice<T>, holds: (value: T) => boolean): Need {
  return { on, holds: on.values.map(holds) };
}

/** Whether a choice makes a difference in this genome. */
export function isOpen(choice: Choice<unknown>, genome: ArrayLike<number>): boolean {
  for (const { on, holds } of choice.needs) if (!holds[indexOf(on, genome)]) return false;
  return true;
}

/**
 * `isOpen` of the choices of genes, by the gene, from flat tables: a search asks it a hundred times for each candidate.
 * @param choices the choice of each gene, in order.
 */
export function openness(
  choices: readonly Choice<unknown>[],
): (genome: ArrayLike<number>, gene: number) => boolean {
  const needs = choices.flatMap((choice) => choice.needs);
  let count = 0;
  const needsBefore = Int32Array.from([0, ...choices.map((choice) => (count += choice.needs.length))]);
  const neededGene = Int32Array.from(needs, ({ on }) => on.gene);
  return (genome, gene) => {
    const end = needsBefore[gene + 1] as number;
    for (let i = needsBefore[gene] as number; i < end; i++) {
      const on = neededGene[i] as number;
      if (!(needs[i] as Need).holds[on < 0 ? 0 : (genome[on] as number)]) return false;
    }
    return true;
  };
}

/** The value that a genome gives a choice. */
export function valueOf<T>(choice: Choice<T>, genome: ArrayLike<number>): T {
  return (isOpen(choice, genome) ? choice.values[indexOf(choice, genome)] : choice.neutral) as T;
}

/**
 * Writes a value's index into a genome whose earlier genes are written.
 * @returns false when the choice cannot have this value there.
 */
export function assign<T>(choice: Choice<T>, genome: Uint8Array, value: T): boolean {
  if (!isOpen(choice, genome)) return value === choice.neutral;
  const index = choice.values.indexOf(value);
  if (choice.gene >= 0 && index >= 0) genome[choice.gene] = index;
  return index >= 0;
}

function strataOf(values: readonly (number | string | Mix)[]): number[][] {
  const strata = new Map<number, number[]>();
  values.forEach((value, i) => {
    const key = typeof value === 'object' ? value.kernels.length : -1 - i;
    strata.set(key, [...(strata.get(key) ?? []), i]);
  });
  return [...strata.values()];
}

const labelOf = (value: number | string | Mix) => (typeof value === 'object' ? value.label : value);

/** The genes of a space in the making. A choice may need only choices made before it. */
export class GeneList {
  readonly genes: Gene[] = [];
  /** The choice of each gene. */
  readonly choices: Choice<unknown>[] = [];

  choose<T extends number | string | Mix>(
    name: string,
    values: readonly T[],
    options: { readonly block?: number; readonly needs?: readonly Need[]; readonly neutral?: T } = {},
  ): Choice<T> {
    const { block = -1, needs = [], neutral = values[0] } = options;
    const possible = needs.every(({ holds }) => holds.includes(true));
    const ordered = values.every((value) => typeof value === 'number');
    const sorted = ordered ? values.toSorted((a, b) => Number(a) - Number(b)) : values;
    const gene = possible && values.length > 1 ? this.genes.length : -1;
    const choice = { gene, values: sorted, strata: strataOf(sorted), needs, neutral };
    if (gene >= 0) {
      this.genes.push({ name, values: sorted.map(labelOf), block, ordered });
      this.choices.push(choice);
    }
    return choice;
  }
}
