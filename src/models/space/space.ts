/**
 * A search space: what a space file says, compiled to genes. A genome is a fixed number of
 * small indices; every genome is an architecture, and every architecture of the space has exactly one
 * *canonical* genome (see `genes.ts`).
 */
import { MixnasError, type Random, shortHash } from '../../base/index.js';
import type { Architecture } from '../architecture.js';
import { alignSpace } from './align.js';
import { checkSpace } from './check.js';
import { createDecoder } from './decode.js';
import { encodeArchitecture } from './encode.js';
import { type Choice, type Gene, isOpen, openness } from './genes.js';
import { layOut } from './layout.js';
import { type SpaceSource, type SpaceSpec, fillDefaults, parseSource } from './schema.js';
import { countArchitectures } from './size.js';

/** A search space of MixNets. Genomes are taken in any form and returned canonical. */
export interface MixnetSpace {
  readonly name: string;
  /** Changes when the set of architectures or the meaning of a genome may change; not with the name. */
  readonly hash: string;
  /** The space file as parsed, `align: auto` as the number that it came to; `parseSpace` of it gives this space again. */
  readonly source: SpaceSource;
  /** The same with every default filled in. */
  readonly spec: SpaceSpec;
  readonly genes: readonly Gene[];
  /** What `align` changed and where it could not hold, a sentence each. */
  readonly alignment: readonly string[];
  /** The exact number of distinct architectures. */
  readonly size: bigint;
  /** The architecture of a genome. Microseconds: indices are trusted to be in range. */
  decode(genome: ArrayLike<number>): Architecture;
  /** The canonical genome of an architecture, if its structure lies in the space. */
  encode(architecture: Architecture): Uint8Array | undefined;
  /**
   * The genome with every gene that makes no difference set to 0.
   * @throws MixnasError `bad-config` when it does not have this space's genes: it has another length, or an index that is too large.
   */
  canonical(genome: ArrayLike<number>): Uint8Array;
  /** Whether a gene makes a difference in this genome. */
  isActive(genome: ArrayLike<number>, gene: number): boolean;
  /** A short text, the same for two genomes exactly when their architectures are the same. */
  key(genome: ArrayLike<number>): string;
  /** A canonical genome; every open choice is uniform, a mix first in its number of kernels, then in which. */
  random(random: Random): Uint8Array;
  /** Indices one small step from `value`: the next numbers, a mix with one kernel changed, any other name. */
  neighbours(gene: number, value: number): readonly number[];
  /** Every canonical genome, once each, in lexicographic order; for spaces small enough. */
  enumerate(): IterableIterator<Uint8Array>;
}

function near(gene: Gene, choice: Choice<unknown>, value: number): readonly number[] {
  if (choice.near) return choice.near(value);
  const others = gene.values.map((_, i) => i).filter((i) => i !== value);
  return gene.ordered ? others.filter((i) => Math.abs(i - value) === 1) : others;
}

/** Every canonical genome that begins as `start` does up to `gene`. */
function* enumerateFrom(
  choices: readonly Choice<unknown>[],
  start: Uint8Array,
  gene: number,
): IterableIterator<Uint8Array> {
  const choice = choices[gene];
  if (choice === undefined) {
    yield start.slice();
    return;
  }
  const count = isOpen(choice, start) ? choice.values.length : 1;
  for (let value = 0; value < count; value++) {
    start[gene] = value;
    yield* enumerateFrom(choices, start, gene + 1);
  }
  start[gene] = 0;
}

export interface ParseSpaceOptions {
  /** In the place of the file's `align`. */
  readonly align?: 'auto' | number | undefined;
  /** What `auto` comes to: channels that suit all devices are multiples of it. Default 1. */
  readonly granularity?: (() => number) | undefined;
}

/** The file with its `align` as a number, without one that moves nothing. */
function resolveAlign(given: SpaceSource, { align = given.align, granularity = () => 1 }: ParseSpaceOptions) {
  const { align: _, ...source } = given;
  const multiple = align === 'auto' ? granularity() : (align ?? 1);
  return multiple > 1 ? { ...source, align: multiple } : source;
}

/**
 * Parses a space file's data and compiles it.
 * @param what where it came from (a path), for messages.
 * @param options what a search says of alignment.
 * @throws MixnasError `bad-config` that names the field or stage that makes no sense.
 */
export function parseSpace(value: unknown, what = 'space', options: ParseSpaceOptions = {}): MixnetSpace {
  const source = resolveAlign(parseSource(value, what), options);
  const { spec, notes } = alignSpace(fillDefaults(source, what));
  checkSpace(spec, what);
  const layout = layOut(spec, what);
  const { genes, choices } = layout.list;
  const { name, ...meaning } = spec;

  const isOpenAt = openness(choices);
  const counts = Int32Array.from(choices, ({ values }) => values.length);
  function isInRange(genome: ArrayLike<number>): boolean {
    const whole = genome instanceof Uint8Array;
    for (let i = 0; i < counts.length; i++) {
      const gene = genome[i] ?? -1;
      if (!(gene >= 0 && gene < (counts[i] as number)) || !(whole || Number.isInteger(gene))) return false;
    }
    return true;
  }

  function canonical(genome: ArrayLike<number>): Uint8Array {
    if (genome.length !== genes.length || !isInRange(genome)) {
      throw new MixnasError('bad-config', `A genome does not fit the space \`${name}\`.`, {
        remedy: 'Use the space that the genome was made in.',
      });
    }
    const result = new Uint8Array(genes.length);
    for (let i = 0; i < result.length; i++) if (isOpenAt(result, i)) result[i] = genome[i] as number;
    return result;
  }

  return {
    name,
    hash: shortHash(meaning),
    source,
    spec,
    genes,
    alignment: notes,
    size: countArchitectures(layout),
    decode: createDecoder(layout, spec),
    encode: (architecture) => encodeArchitecture(layout, architecture),
    canonical,
    isActive: isOpenAt,
    key: (genome) => Buffer.from(canonical(genome)).toString('base64url'),
    random(random) {
      const genome = new Uint8Array(genes.length);
      choices.forEach((choice, i) => {
        if (isOpenAt(genome, i)) genome[i] = random.pick(random.pick(choice.strata));
      });
      return genome;
    },
    neighbours: (gene, value) => near(genes[gene] as Gene, choices[gene] as Choice<unknown>, value),
    enumerate: () => enumerateFrom(choices, new Uint8Array(genes.length), 0),
  };
}
