/**
 * A MixNet space as a space to search: what its genes mean decides how they change. A mutation works on
 * kernel mixes one convolution kernel at a time and copies whole blocks, a crossover exchanges stages and blocks.
 */
import type { Random } from '../../base/index.js';
import type { Architecture, MixnetSpace } from '../../models/index.js';
import { type GatedBlock, followGates } from './gate-guide.js';
import type { Metrics } from '../../metrics/index.js';
import { type Mix, mixDistance, parseMix } from './mixes.js';
import { type FeatureColumn, type Genome, type Space, type Step, genomeKey, hamming } from './space.js';

/** What a gene chooses: `stages.2.1.mix` is the `mix` of block `stages.2.1`. */
interface GeneInfo {
  readonly choices: number;
  readonly ordered: boolean;
  /** `stem`, `stages.2`, `head`: what a crossover takes over as a whole. */
  readonly stage: string;
  /** `stages.2.1` in a block, else the stage. */
  readonly unit: string;
  /** `mix`, `depth`, `expansion`, ... */
  readonly kind: string;
  /** The parsed mixes of a `mix` gene. */
  readonly mixes: readonly Mix[] | undefined;
  /** The choices one small step away from one. Of hundreds of mixes a search sees a few: each is asked for once. */
  near(choice: number): readonly number[];
}

function describeGenes(space: MixnetSpace): GeneInfo[] {
  return space.genes.map(({ name, values, ordered }, i) => {
    const parts = name.split('.');
    const kind = parts.at(-1) as string;
    const near: (readonly number[])[] = [];
    return {
      choices: values.length,
      ordered,
      stage: parts[0] === 'stages' ? parts.slice(0, 2).join('.') : (parts[0] as string),
      unit: parts.slice(0, -1).join('.'),
      kind,
      mixes: kind === 'mix' ? values.map((label) => parseMix(String(label))) : undefined,
      near: (choice) => (near[choice] ??= space.neighbours(i, choice)),
    };
  });
}

/** Equal names as equal numbers. */
function numbered(names: readonly string[]): Int32Array {
  const distinct = [...new Set(names)];
  return Int32Array.from(names, (name) => distinct.indexOf(name));
}

/** How likely each choice of a gene is to be drawn, by gene; a gene that is not there stays uniform. */
export type ChoiceWeights = ReadonlyMap<number, readonly number[]>;

/** A choice by its weight. */
function weigh(weights: readonly number[], random: Random): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = random.next() * total;
  for (let i = 0; i < weights.length; i++) {
    left -= weights[i] as number;
    if (left < 0) return i;
  }
  return weights.length - 1;
}

/**
 * The search's view of a MixNet space: its own mutation, crossover, distance and features.
 * @param weights what random points and mutations prefer; every choice stays possible that has a weight.
 * @param gateGuide share of the mutations of a gated network that follow its gates, see `gate-guide.ts`.
 */
export function mixnetSpace(
  space: MixnetSpace,
  weights: ChoiceWeights = new Map(),
  gateGuide = 0,
): Space<Architecture> {
  const genes = describeGenes(space);
  const units = new Map<string, (GeneInfo & { readonly i: number })[]>();
  genes.forEach((gene, i) => units.set(gene.unit, [...(units.get(gene.unit) ?? []), { ...gene, i }]));
  const blocks = [...units.keys()].filter((unit) => unit.split('.').length === 3);
  const stageOf = numbered(genes.map(({ stage }) => stage));
  const unitOf = numbered(genes.map(({ unit }) => unit));
  const columns = genes.flatMap((gene, i) => columnsOf(gene, space.genes[i]?.name ?? ''));

  const free = (genome: Genome): number[] => {
    const active: number[] = [];
    for (let i = 0; i < genes.length; i++) if (space.isActive(genome, i)) active.push(i);
    return active;
  };
  const canonical = (genome: Genome): Genome => space.canonical(genome);

  function change(genome: Genome, i: number, random: Random): void {
    const { choices, near } = genes[i] as GeneInfo;
    const steps = near(genome[i] as number);
    if (steps.length > 0 && random.next() < 0.5) {
      genome[i] = random.pick(steps);
    } else if (weights.has(i)) {
      genome[i] = weigh(weights.get(i) as readonly number[], random);
    } else {
      const other = random.int(choices - 1);
      genome[i] = other >= (genome[i] as number) ? other + 1 : other;
    }
  }

  /** Copies the genes of one block to another, as far as both have them with as many choices. */
  function copyBlock(genome: Genome, from: string, to: string): void {
    for (const target of units.get(to) ?? []) {
      const source = units.get(from)?.find((g) => g.kind === target.kind);
      if (source && source.choices === target.choices) genome[target.i] = genome[source.i] as number;
    }
  }

  const depths = genes.flatMap(({ kind }, i) => (kind === 'depth' ? [i] : []));
  const followers = blocks.map((unit) => {
    const parts = unit.split('.');
    const previous = [...parts.slice(0, 2), Number(parts[2]) - 1].join('.');
    return { unit, previous, members: (units.get(unit) ?? []).map(({ i }) => i) };
  });

  /** Blocks that a deeper stage brings in start as copies of the block before them. */
  function fillNewBlocks(before: Genome, after: Genome): void {
    if (depths.every((i) => before[i] === after[i])) return;
    for (const { unit, previous, members } of followers) {
      const came =
        members.some((i) => space.isActive(after, i)) && !members.some((i) => space.isActive(before, i));
      if (came) copyBlock(after, previous, unit);
    }
  }

  function steps(genome: Genome): Step[] {
    const all: Step[] = [];
    for (const gene of free(genome)) {
      for (const choice of (genes[gene] as GeneInfo).near(genome[gene] as number)) all.push({ gene, choice });
    }
    return all;
  }

  function after(genome: Genome, { gene, choice }: Step): Genome {
    const next = genome.slice();
    next[gene] = choice;
    fillNewBlocks(genome, next);
    return canonical(next);
  }

  const gated = new Map(blocks.map((unit) => [unit, gatedBlock(units.get(unit) ?? [], space)]));

  /** What a gate of the network asks for; blocks are counted as its architecture counts them. */
  function guided(genome: Genome, values: Metrics, random: Random): Genome | undefined {
    const present = blocks.filter((unit) => units.get(unit)?.some(({ i }) => space.isActive(genome, i)));
    return followGates(
      genome,
      present.map((unit) => gated.get(unit)),
      values,
      random,
    );
  }

  function mutateOnce(genome: Genome, random: Random, values: Metrics | undefined): Genome {
    if (gateGuide > 0 && values && random.next() < gateGuide) {
      const child = guided(genome, values, random);
      if (child) return canonical(child);
    }
    const child = genome.slice();
    if (blocks.length > 1 && random.next() < 0.15) {
      copyBlock(child, random.pick(blocks), random.pick(blocks));
      return canonical(child);
    }
    const active = free(genome);
    if (active.length === 0) return child;
    const certain = random.pick(active);
    change(child, certain, random);
    // Each other with the chance that makes one more of them on average: the gaps between are drawn.
    const miss = Math.log1p(-1 / active.length);
    const gap = () => (active.length === 1 ? Infinity : Math.floor(Math.log1p(-random.next()) / miss));
    for (let at = gap(); at < active.length; at += 1 + gap()) {
      const i = active[at] as number;
      if (i !== certain) change(child, i, random);
    }
    fillNewBlocks(genome, child);
    return canonical(child);
  }

  return {
    parameters: space.genes.map(({ name, values }) => ({ name, values })),
    size: space.size,
    columns,
    canonical(given) {
      if (given.length !== genes.length) return undefined;
      for (let i = 0; i < genes.length; i++) {
        const gene = given[i] as number;
        if (!Number.isInteger(gene) || gene < 0 || gene >= (genes[i] as GeneInfo).choices) return undefined;
      }
      return canonical(Uint8Array.from(given));
    },
    isActive: (genome, i) => space.isActive(genome, i),
    key: genomeKey,
    random(random) {
      const genome = space.random(random);
      for (const [i, given] of weights) if (space.isActive(genome, i)) genome[i] = weigh(given, random);
      return weights.size > 0 ? canonical(genome) : genome;
    },
    mutate(genome, random, values) {
      // A copied block may be the same as before; a gene that is changed for certain is not.
      for (let i = 0; i < 20; i++) {
        const child = mutateOnce(genome, random, values);
        if (hamming(child, genome) > 0) return child;
      }
      return genome.slice();
    },
    crossover(a, b, random) {
      const wholes = random.next() < 0.5 ? stageOf : unitOf;
      const child = a.slice();
      let whole = -1;
      let fromB = false;
      for (let i = 0; i < child.length; i++) {
        if (wholes[i] !== whole) {
          whole = wholes[i] as number;
          fromB = random.next() < 0.5;
        }
        if (fromB) child[i] = b[i] as number;
      }
      return canonical(child);
    },
    distance(a, b) {
      let total = 0;
      for (let i = 0; i < genes.length; i++) {
        const active = space.isActive(a, i);
        if (active !== space.isActive(b, i)) total += 1;
        else if (active) total += geneDistance(genes[i] as GeneInfo, a[i] as number, b[i] as number);
      }
      return total;
    },
    features(genome) {
      const features: number[] = [];
      genes.forEach((gene, i) => {
        pushFeatures(features, gene, space.isActive(genome, i) ? (genome[i] as number) : -1);
      });
      return Float64Array.from(features);
    },
    params(genome) {
      return Object.fromEntries(
        free(genome).map((i) => [space.genes[i]?.name, space.genes[i]?.values[genome[i] as number]]),
      ) as Record<string, string | number>;
    },
    decode: (genome) => space.decode(genome),
    encode: (point) => space.encode(point),
    steps,
    after,
    *neighbours(genome) {
      for (const step of steps(genome)) yield after(genome, step);
    },
    enumerate: () => space.enumerate(),
  };
}

/** What a gate may change of a block; undefined where its mix is given. */
function gatedBlock(
  genes: readonly (GeneInfo & { readonly i: number })[],
  space: MixnetSpace,
): GatedBlock | undefined {
  const mix = genes.find(({ kind }) => kind === 'mix');
  const split = genes.find(({ kind }) => kind === 'split');
  const values = (i: number) => space.genes[i]?.values ?? [];
  return (
    mix && {
      mix: { gene: mix.i, labels: values(mix.i).map(String) },
      split: split && { gene: split.i, values: values(split.i) },
    }
  );
}

function geneDistance({ choices, ordered, mixes }: GeneInfo, a: number, b: number): number {
  if (a === b) return 0;
  if (mixes) return mixDistance(mixes[a] as Mix, mixes[b] as Mix);
  return ordered ? Math.abs(a - b) / (choices - 1) : 1;
}

function columnsOf({ ordered, mixes, choices, kind }: GeneInfo, name: string): FeatureColumn[] {
  const source = { name, levels: choices + 1 };
  const number = (part: string): FeatureColumn => ({ name: name + part, kind: 'number', source });
  if (mixes) return [number('.kernels'), number('.size'), number('.dilated')];
  return ordered ? [number('')] : [{ name, kind: 'category', choices, list: kind, source }];
}

/** A closed gene (-1) has the value that means "not there". */
function pushFeatures(features: number[], { ordered, mixes, choices }: GeneInfo, choice: number): void {
  const mix = mixes?.[choice];
  if (mix) features.push(mix.parts.length / 4, mix.meanKernel / 9, mix.dilatedShare);
  else if (mixes) features.push(0, 0, 0);
  else if (ordered) features.push(choice < 0 ? -0.5 : choice / (choices - 1));
  else features.push(choice);
}
