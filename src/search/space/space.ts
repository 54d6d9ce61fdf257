/** What a study searches: a finite space of genomes, each the choice taken for every parameter. */
import type { Random } from '../../base/index.js';
import type { Metrics } from '../../metrics/index.js';

/** Choice indices, one a parameter. Two bytes a gene where a parameter has more than 256 choices. */
export type Genome = Uint8Array | Uint16Array;

export type ParameterValue = string | number | boolean;

/** The chosen value of every active parameter, by name. */
export type Params = Readonly<Record<string, ParameterValue | undefined>>;

export interface Parameter {
  readonly name: string;
  readonly values: readonly ParameterValue[];
}

/**
 * A column of `Space.features`: a `number` holds a coordinate in about [0, 1], a `category` a choice's
 * index (-1 where the parameter is inactive). Categories with the same `list` choose among the same
 * values. A `secondary` one is expected to say little that the parameter's number does not.
 */
export type FeatureColumn = (
  | { readonly kind: 'number' }
  | {
      readonly kind: 'category';
      readonly choices: number;
      readonly list: string;
      readonly secondary?: boolean;
    }
) & { readonly name: string; readonly source?: FeatureSource };

/** What a column is a function of, where that has few values: columns of one source are read as one. */
export interface FeatureSource {
  readonly name: string;
  /** How many values it has, "inactive" among them. */
  readonly levels: number;
}

/** One gene and the choice that it takes. */
export interface Step {
  readonly gene: number;
  readonly choice: number;
}

/**
 * A discrete space with its operators. `P` is what a genome stands for.
 *
 * The contract: a genome is *canonical* when every inactive gene is 0, so that equal points have equal
 * genomes; every genome that a space returns is canonical, and so is every one it is given, but by
 * `canonical` itself. Nothing here changes a genome in place, and all randomness comes from the stream.
 */
export interface Space<P = Params> {
  readonly parameters: readonly Parameter[];
  /** How many distinct canonical genomes there are, exactly. */
  readonly size: bigint;
  /** Checks the range of untrusted genes and zeroes the inactive ones; undefined when out of range. */
  canonical(genes: ArrayLike<number>): Genome | undefined;
  isActive(genome: Genome, parameter: number): boolean;
  /** A short string that no other canonical genome has. */
  key(genome: Genome): string;
  random(random: Random): Genome;
  /**
   * A near genome, not equal to the given one unless the space has only one.
   * @param values the metrics of it, or of a near one, where there are any: a space may use them.
   */
  mutate(genome: Genome, random: Random, values?: Metrics): Genome;
  crossover(a: Genome, b: Genome, random: Random): Genome;
  /** How many choices differ, in the space's own measure; 0 only for equal genomes. */
  distance(a: Genome, b: Genome): number;
  readonly columns: readonly FeatureColumn[];
  /** One number for each of `columns`, for surrogate models. */
  features(genome: Genome): Float64Array;
  params(genome: Genome): Params;
  decode(genome: Genome): P;
  /** The genome of a point; undefined when the space does not hold it. */
  encode(point: P): Genome | undefined;
  /** Every small step from a genome: one parameter changed. */
  steps(genome: Genome): readonly Step[];
  /** The genome that a step leads to. */
  after(genome: Genome, step: Step): Genome;
  /** Every genome one step away, in the order of `steps`. */
  neighbours(genome: Genome): Iterable<Genome>;
  /**
   * The neighbours that a model needs to look at: of an ordered parameter with many values those one, two, four, ... places
   * away. All of them where this is left out.
   */
  near?(genome: Genome): Iterable<Genome>;
  /** Every genome, once, in a fixed order. For spaces small enough to walk. */
  enumerate(): Iterable<Genome>;
}

/** How many distinct points a space holds. */
export function spaceSize(space: { readonly size: bigint }): bigint {
  return space.size;
}

/** A string with one character a gene. */
export function genomeKey(genome: Genome): string {
  // `apply` takes the array as it is; spreading walks it by its iterator, four times as long.
  return String.fromCharCode.apply(null, genome as unknown as number[]);
}

/** How many genes differ. */
export function hamming(a: Genome, b: Genome): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) count++;
  return count;
}

/**
 * Another choice out of `count`, for a gene at `choice`. Ordered choices take a step up or down half of
 * the time, since near values tend to give similar results; otherwise any other choice.
 */
export function otherChoice(choice: number, count: number, ordered: boolean, random: Random): number {
  if (ordered && count > 3 && random.next() < 0.5) {
    const step = random.next() < 0.5 ? -1 : 1;
    const next = choice + step;
    return next < 0 || next >= count ? choice - step : next;
  }
  const other = random.int(count - 1);
  return other >= choice ? other + 1 : other;
}
