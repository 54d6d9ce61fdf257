/**
 * Which choices of the space matter for accuracy, as far as the trials can tell: permutation importance in
 * a random forest (Breiman 2001), next to what the same method finds where there is nothing to find
 * (Altmann et al., "Permutation importance: a corrected feature importance measure", Bioinformatics 2010).
 */
import { type Random, createRandom } from '../../base/index.js';
import type { MixnetSpace } from '../../models/index.js';
import { type Forest, type Table, growForest } from './forest.js';

/** Fewer trials than this say nothing about dozens of choices. */
export const fewestTrials = 30;
/** Later trials are thinned out evenly beyond this, for time. */
const mostTrials = 600;
const trees = 40;
/** Forests grown on shuffled results, which show what chance alone gives. */
const chanceForests = 5;
/** Below this share of explained variance nothing is claimed. */
const leastExplained = 0.05;

export interface GeneImportance {
  readonly gene: string;
  /** Rise of the squared error, as a share of the accuracy's variance, when the choice is shuffled. */
  readonly importance: number;
}

/** `unclear`: too few trials, or a forest that cannot distinguish trials that it has not seen. */
export type Importance =
  | { readonly state: 'unclear'; readonly reason: string }
  | {
      readonly state: 'found';
      readonly trials: number;
      /** Share of the variance explained in unseen trials (out-of-bag R²). */
      readonly explained: number;
      /** The largest importance that any choice gets by chance. */
      readonly chance: number;
      /** Largest first. */
      readonly genes: readonly GeneImportance[];
    };

/** A trial as importance sees it. */
export interface Sample {
  readonly genome: ArrayLike<number>;
  readonly quality: number;
}

/** Importance of each gene of the space for the quality of the samples. The same samples give the same answer. */
export function importanceOf(space: MixnetSpace, all: readonly Sample[]): Importance {
  const steps = importanceSteps(space, all);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same in steps of some milliseconds, for who has keys to answer meanwhile. */
export function* importanceSteps(
  space: MixnetSpace,
  all: readonly Sample[],
): Generator<undefined, Importance> {
  if (all.length < fewestTrials) {
    const finished = ['No trial is', 'Only one trial is'][all.length] ?? `Only ${all.length} trials are`;
    return {
      state: 'unclear',
      reason: `${finished} finished; with fewer than ${fewestTrials} the result would be chance.`,
    };
  }
  const step = Math.max(1, all.length / mostTrials);
  const samples = Array.from(
    { length: Math.min(all.length, mostTrials) },
    (_, i) => all[Math.floor(i * step)] as Sample,
  );
  const y = Float64Array.from(samples, ({ quality }) => quality);
  const variance = varianceOf(y);
  if (variance === 0) return { state: 'unclear', reason: 'All finished trials have the same accuracy.' };
  const random = createRandom('importance');
  const { table, columnsOf } = tabulate(space, samples, random);
  const forest = yield* growForest(table, y, trees, random);
  if (forest.explained < leastExplained) {
    const share = Math.max(0, forest.explained * 100).toFixed(0);
    return {
      state: 'unclear',
      reason: `A random forest explains ${share} % of the accuracy’s variance in trials that it has not seen: too little to say which choices matter. More trials, or less noisy ones, may.`,
    };
  }
  function* measure(grown: Forest): Generator<undefined, GeneImportance[]> {
    const base = grown.error(new Set(), random);
    const found: GeneImportance[] = [];
    for (const [gene, columns] of columnsOf) {
      found.push({ gene, importance: (grown.error(columns, random) - base) / variance });
      yield undefined;
    }
    return found;
  }
  const chance: number[] = [];
  for (let i = 0; i < chanceForests; i++) {
    const shuffled = yield* growForest(table, random.shuffle(y.slice()), trees, random);
    const measured = yield* measure(shuffled);
    chance.push(Math.max(...measured.map((g) => g.importance)));
  }
  const genes = yield* measure(forest);
  return {
    state: 'found',
    trials: samples.length,
    explained: forest.explained,
    chance: Math.max(...chance),
    genes: genes.sort((a, b) => b.importance - a.importance),
  };
}

function varianceOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

/**
 * Genes as columns a tree can split. Where a gene is not in use (a block beyond the chosen depth) it gets
 * the value of some trial where it is: a mark of its own would reveal the depth, and take its importance.
 */
function tabulate(space: MixnetSpace, samples: readonly Sample[], random: Random) {
  const columns: Uint16Array[] = [];
  const levels: number[] = [];
  const columnsOf = new Map<string, ReadonlySet<number>>();
  space.genes.forEach((gene, place) => {
    const used = samples.filter(({ genome }) => space.isActive(genome, place));
    const values = samples.map((sample) => {
      const from = used.length === 0 || space.isActive(sample.genome, place) ? sample : random.pick(used);
      return from.genome[place] as number;
    });
    const own = codesOf(gene.values).map((code) => {
      levels.push(Math.max(...code) + 1);
      return columns.push(Uint16Array.from(values, (value) => code[value] as number)) - 1;
    });
    columnsOf.set(gene.name, new Set(own));
  });
  const table: Table = { columns, levels, rows: samples.length };
  return { table, columnsOf };
}

/**
 * What trees see of a gene: one or more orders of its values, as ranks. A mix such as `3+5+7d2` has too many
 * values to learn one by one, so it is described by its number of convolution kernels, how far they reach and how far its
 * largest reaches; a category by whether it is each of its values.
 */
function codesOf(values: readonly (number | string)[]): number[][] {
  const mixes = values.map((value) => parseMix(String(value)));
  if (values.some((value) => typeof value === 'string') && mixes.every((mix) => mix !== undefined)) {
    return [
      ranks(mixes.map((mix) => mix.length)),
      ranks(mixes.map((mix) => mix.reduce((sum, reach) => sum + reach, 0) / mix.length)),
      ranks(mixes.map((mix) => Math.max(...mix))),
    ];
  }
  if (values.every((value) => typeof value === 'number')) return [ranks(values)];
  return values
    .slice(values.length === 2 ? 1 : 0)
    .map((value) => values.map((other) => Number(other === value)));
}

/** The reach in pixels of each kernel of a mix's label: dilation d spreads k taps over d(k - 1) + 1. */
function parseMix(label: string): number[] | undefined {
  const parts = label.split('+').map((part) => /^(\d+)(?:d(\d+))?$/.exec(part));
  if (parts.some((part) => part === null)) return undefined;
  return parts.map((part) => Number(part?.[2] ?? 1) * (Number(part?.[1]) - 1) + 1);
}

/** Each number's place among the different ones. */
function ranks(numbers: readonly number[]): number[] {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  return numbers.map((value) => sorted.indexOf(value));
}
