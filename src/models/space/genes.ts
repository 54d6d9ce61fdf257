/**
 * Choices and genes. A choice is one of several values; it takes a gene when it has two or more. A choice
 * that makes no difference under the values of others (a block beyond the chosen depth) is *closed*: it
 * then has its neutral value, and its gene is 0, so that equal architectures have equal genomes.
 */

/** One index of a genome, for samplers and for reading. */
export interface Gene {
  readonly name: string;
  /** What index i stands for: numbers, names, or a label such as `3+5d2` of a kernel mix. */
  readonly values: readonly (number | string)[];
  /** Block position (a stage's first block comes after all positions of the stages before); -1 for none. */
  readonly block: number;
  /** Whether neighbouring indices are similar: numbers in ascending order. */
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
  /** Indices to draw from: a stratum first, then one of its members. */
  readonly strata: readonly (readonly number[])[];
  /** Indices one small step from one, where their order does not say it. */
  readonly near: ((index: number) => readonly number[]) | undefined;
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

/** What a choice has in addition to its list of values. */
export interface ChoiceOptions<T> {
  /** What a gene shows of a value that is neither a number nor a name. */
  readonly label?: (value: T) => number | string;
  /** Values of one stratum share its chance to be drawn; each is its own where nothing is said. */
  readonly stratum?: (value: T) => number;
  /** Indices one small step from one; where nothing is said, the next numbers or any other name. */
  readonly near?: (index: number) => readonly number[];
}

interface GeneOptions<T> extends ChoiceOptions<T> {
  readonly block?: number;
  readonly needs?: readonly Need[];
  readonly neutral?: T;
}

function strataOf<T>(values: readonly T[], stratum: ((value: T) => number) | undefined): number[][] {
  if (stratum === undefined) return values.map((_, i) => [i]);
  const strata = new Map<number, number[]>();
  values.forEach((value, i) => {
    const key = stratum(value);
    strata.set(key, [...(strata.get(key) ?? []), i]);
  });
  return [...strata.values()];
}

/** The genes of a space in the making. A choice may need only choices made before it. */
export class GeneList {
  readonly genes: Gene[] = [];
  /** The choice of each gene. */
  readonly choices: Choice<unknown>[] = [];

  choose<T extends number | string | object>(
    name: string,
    values: readonly T[],
    options: GeneOptions<T> = {},
  ): Choice<T> {
    const { block = -1, needs = [], neutral = values[0], label = String, stratum, near } = options;
    const possible = needs.every(({ holds }) => holds.includes(true));
    const ordered = values.every((value) => typeof value === 'number');
    const sorted = ordered ? values.toSorted((a, b) => a - b) : values;
    const gene = possible && values.length > 1 ? this.genes.length : -1;
    const choice = { gene, values: sorted, strata: strataOf(sorted, stratum), needs, neutral, near };
    if (gene >= 0) {
      const shown = sorted.map((value) => (typeof value === 'number' ? value : label(value)));
      this.genes.push({ name, values: shown, block, ordered });
      this.choices.push(choice);
    }
    return choice;
  }
}
