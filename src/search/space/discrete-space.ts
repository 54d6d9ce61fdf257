/**
 * Any discrete space from plain data: `{ depth: [2, 3, 4], op: ['conv', 'pool'] }`, with parameters that
 * exist only when others have certain values: `{ kernel: { values: [3, 5], when: { op: 'conv' } } }`.
 */
import { MixnasError, nearest } from '../../base/index.js';
import { countGenomes } from './space-size.js';
import { createFeatures } from './features.js';
import {
  type Genome,
  type ParameterValue,
  type Params,
  type Space,
  type Step,
  genomeKey,
  hamming,
  otherChoice,
} from './space.js';

/** The values that another parameter must have: one, or any of a list. */
export type Condition = Readonly<Record<string, ParameterValue | readonly ParameterValue[]>>;

/** A parameter: its values, or its values and when it exists at all. */
export type ParameterSpec =
  | readonly ParameterValue[]
  | { readonly values: readonly ParameterValue[]; readonly when?: Condition };

/** Parameters by name, in the order of the genome. */
export type SpaceSpec = Readonly<Record<string, ParameterSpec>>;

/** The type of a trial's `params` for a space written down as `S`. */
export type ParamsOf<S> = {
  readonly [K in keyof S]: S[K] extends readonly (infer V)[]
    ? V
    : S[K] extends { readonly values: readonly (infer V)[] }
      ? V | undefined
      : never;
};

/** A parameter with its conditions as indices: active when each parent is active with an allowed choice. */
export interface CompiledParameter {
  readonly name: string;
  readonly values: readonly ParameterValue[];
  /** Whether the values are numbers, in ascending or descending order: then neighbours give similar results. */
  readonly ordered: boolean;
  readonly conditions: readonly { readonly parent: number; readonly choices: ReadonlySet<number> }[];
}

/**
 * Compiles a space.
 * @throws MixnasError `bad-config` for an empty space or parameter, equal values, more than 65,536
 * values, a condition on an unknown or later parameter or on a value it does not have.
 */
export function discreteSpace<const S extends SpaceSpec>(spec: S): Space<ParamsOf<S>> {
  return buildSpace(compile(spec)) as unknown as Space<ParamsOf<S>>;
}

function compile(spec: SpaceSpec): CompiledParameter[] {
  const names = Object.keys(spec);
  if (names.length === 0) throw new MixnasError('bad-config', 'The space has no parameters.');
  const compiled: CompiledParameter[] = [];
  for (const name of names) {
    const given = spec[name] as ParameterSpec;
    const { values, when = {} } = isList(given) ? { values: given } : given;
    checkValues(name, values);
    const conditions = Object.entries(when).map(([parentName, allowed]) => {
      const parent = compiled.findIndex((p) => p.name === parentName);
      if (parent < 0) throw unknownParent(name, parentName, compiled);
      const choices = [allowed].flat().map((value) => {
        const choice = (compiled[parent] as CompiledParameter).values.indexOf(value);
        if (choice >= 0) return choice;
        throw new MixnasError('bad-config', `Parameter ${name}: ${parentName} is never ${String(value)}.`);
      });
      return { parent, choices: new Set(choices) };
    });
    compiled.push({ name, values, ordered: isOrdered(values), conditions });
  }
  return compiled;
}

// Array.isArray does not narrow readonly arrays.
const isList = (spec: ParameterSpec): spec is readonly ParameterValue[] => Array.isArray(spec);

function checkValues(name: string, values: readonly ParameterValue[]): void {
  const bad = (what: string) => new MixnasError('bad-config', `Parameter ${name} ${what}.`);
  if (!Array.isArray(values) || values.length === 0) throw bad('has no values');
  if (values.length > 65_536) throw bad('has more than 65,536 values');
  if (new Set(values).size < values.length) throw bad('has a value twice');
}

function unknownParent(name: string, parent: string, earlier: readonly CompiledParameter[]): MixnasError {
  const near = nearest(
    parent,
    earlier.map((p) => p.name),
  );
  return new MixnasError('bad-config', `Parameter ${name} depends on ${parent}, which is not before it.`, {
    remedy: near.length > 0 ? `Did you mean ${near[0]}?` : `Write ${parent} above ${name}.`,
  });
}

function isOrdered(values: readonly ParameterValue[]): boolean {
  if (!values.every((v): v is number => typeof v === 'number')) return false;
  const sorted = values.toSorted((a, b) => a - b);
  return values.every((v, i) => v === sorted[i] || v === sorted[values.length - 1 - i]);
}

/** So many ordered values are not all looked at, one by one. */
const manyValues = 12;
const hasMany = ({ ordered, values }: CompiledParameter): boolean => ordered && values.length > manyValues;

function buildSpace(parameters: readonly CompiledParameter[]): Space {
  const counts = parameters.map((p) => p.values.length);
  const wide = counts.some((n) => n > 256);
  const conditional = parameters.some((p) => p.conditions.length > 0);
  const blank = (): Genome => (wide ? new Uint16Array(counts.length) : new Uint8Array(counts.length));

  const isActive = (genome: Genome, i: number): boolean =>
    (parameters[i] as CompiledParameter).conditions.every(
      ({ parent, choices }) => isActive(genome, parent) && choices.has(genome[parent] as number),
    );

  const features = createFeatures(parameters, conditional ? isActive : () => true);

  /** Zeroes inactive genes of a genome of our own; parents come first, so one pass settles all. */
  function settle(genome: Genome): Genome {
    if (conditional) for (let i = 0; i < genome.length; i++) if (!isActive(genome, i)) genome[i] = 0;
    return genome;
  }

  /** The genes that a mutation may change: active, with more than one choice. */
  function freeGenes(genome: Genome): number[] {
    const free: number[] = [];
    for (let i = 0; i < genome.length; i++) {
      if ((counts[i] as number) > 1 && (!conditional || isActive(genome, i))) free.push(i);
    }
    return free;
  }

  function* enumerateFrom(genome: Genome, i: number): Iterable<Genome> {
    if (i === counts.length) {
      yield genome.slice();
      return;
    }
    const choices = isActive(genome, i) ? (counts[i] as number) : 1;
    for (let choice = 0; choice < choices; choice++) {
      genome[i] = choice;
      yield* enumerateFrom(genome, i + 1);
    }
    genome[i] = 0;
  }

  function steps(genome: Genome): Step[] {
    const all: Step[] = [];
    for (const gene of freeGenes(genome)) {
      for (let choice = 0; choice < (counts[gene] as number); choice++) {
        if (choice !== genome[gene]) all.push({ gene, choice });
      }
    }
    return all;
  }

  function after(genome: Genome, { gene, choice }: Step): Genome {
    const next = genome.slice();
    next[gene] = choice;
    return settle(next);
  }

  /** From step to step the whole range is within reach all the same, and near values tell of far ones. */
  function* near(genome: Genome): Iterable<Genome> {
    for (const step of steps(genome)) {
      const apart = Math.abs(step.choice - (genome[step.gene] as number));
      // A power of two, in a parameter with many ordered values.
      if (hasMany(parameters[step.gene] as CompiledParameter) && (apart & (apart - 1)) !== 0) continue;
      yield after(genome, step);
    }
  }

  const space: Space = {
    parameters,
    columns: features.columns,
    size: countGenomes(parameters),
    canonical(genes) {
      if (genes.length !== counts.length) return undefined;
      const genome = blank();
      for (let i = 0; i < genome.length; i++) {
        const gene = genes[i] as number;
        if (!Number.isInteger(gene) || gene < 0 || gene >= (counts[i] as number)) return undefined;
        genome[i] = gene;
      }
      return settle(genome);
    },
    isActive,
    key: genomeKey,
    random(random) {
      const genome = blank();
      for (let i = 0; i < genome.length; i++) genome[i] = random.int(counts[i] as number);
      return settle(genome);
    },
    mutate(genome, random) {
      const free = freeGenes(genome);
      const child = genome.slice();
      if (free.length === 0) return child;
      // One gene for certain, each other with the chance that makes one more of them on average.
      const certain = random.pick(free);
      for (const i of free) {
        if (i !== certain && random.next() * free.length >= 1) continue;
        child[i] = otherChoice(child[i] as number, counts[i] as number, isOrderedGene(i), random);
      }
      return settle(child);
    },
    crossover(a, b, random) {
      const child = a.slice();
      for (let i = 0; i < child.length; i++) if (random.next() < 0.5) child[i] = b[i] as number;
      return settle(child);
    },
    distance: hamming,
    features: features.encode,
    params(genome) {
      const params: Record<string, ParameterValue> = {};
      for (let i = 0; i < genome.length; i++) {
        const { name, values } = parameters[i] as CompiledParameter;
        if (!conditional || isActive(genome, i)) params[name] = values[genome[i] as number] as ParameterValue;
      }
      return params;
    },
    decode: (genome) => space.params(genome),
    encode: (point) => encodeParams(point, parameters, space),
    steps,
    after,
    *neighbours(genome) {
      for (const step of steps(genome)) yield after(genome, step);
    },
    ...(parameters.some(hasMany) && { near }),
    enumerate: () => enumerateFrom(blank(), 0),
  };
  const isOrderedGene = (i: number) => (parameters[i] as CompiledParameter).ordered;
  return space;
}

function encodeParams(
  point: Params,
  parameters: readonly CompiledParameter[],
  space: Space,
): Genome | undefined {
  const genes = parameters.map(({ name, values }) => {
    const value = point[name];
    return value === undefined ? 0 : values.indexOf(value);
  });
  const genome = space.canonical(genes);
  if (!genome) return undefined;
  const known = space.params(genome);
  const names = new Set([...Object.keys(point), ...Object.keys(known)]);
  return [...names].every((name) => point[name] === known[name]) ? genome : undefined;
}
