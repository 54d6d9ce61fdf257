/** What the registry knows of an evaluator: everything in which evaluators differ for those who use them. */
import type { z } from 'zod';
import type { RecipeInput } from '../../training/index.js';
import type { Evaluator, TrainingData } from '../evaluator.js';
import type { SupernetSpec } from './supernet/schema.js';

/** What every spec has. */
export interface Spec {
  readonly name: string;
  /** What a whole evaluation takes; with `inParts`, the last rung. */
  readonly steps?: number | undefined;
}

/** What a worker of another machine evaluates with. */
export interface Machine {
  /** Its own Python. */
  readonly python: string;
  /** Whether each place of it has a GPU. */
  readonly hasGpus: boolean;
}

/** An evaluator of the registry; `S` is its spec, with every default filled in. */
export interface EvaluatorEntry<S extends Spec> {
  /** Its name in a config, and its options. */
  readonly schema: z.ZodType<S>;
  /** @throws MixnasError as the evaluator's own set-up does. */
  readonly create: (spec: S, data: TrainingData) => Evaluator | Promise<Evaluator>;
  /** Whether it reads the data set, which is then fetched before the first trial. */
  readonly needsData: boolean;
  /** Whether it computes on a tensor backend, and so runs in worker processes rather than in this one. */
  readonly needsBackend: boolean;
  /** Whether a trial can be evaluated from rung to rung. */
  readonly inParts: boolean;
  /** Whether a value means the same in another run with the same evaluator and data. */
  readonly comparable: boolean;
  /** Whether it trains for so long that, without TensorFlow, a config's `portable` search runs instead. */
  readonly trains: boolean;
  /** How many workers it has where a config says `auto`; default: one a core. */
  readonly workers?: ((spec: S) => number) | undefined;
  /** The program that a spec of it names and starts, which may do anything; undefined where it names none. */
  readonly program?: ((spec: S) => string | readonly string[] | undefined) | undefined;
  /** A spec as a worker of another machine runs it, which has GPUs and a Python of its own. */
  readonly elsewhere?: ((spec: S, machine: Machine) => S) | undefined;
  /** Metrics that it gives in addition to `accuracy`. */
  readonly metrics?: ((spec: S) => readonly string[]) | undefined;
  /** What the function of a script is called, where only a script can give the evaluator. */
  readonly code?: ((spec: S) => string) | undefined;
  /** Whether it can measure every network in simulated 8-bit integers. */
  readonly quantizes?: boolean | undefined;
  /** Training images that it holds out, as `heldOutSchema` has it; one without this holds nothing out. */
  readonly heldOut?: ((spec: S) => number | undefined) | undefined;
  /** The recipe by which it trains each network from scratch, if it does. */
  readonly recipe?: ((spec: S) => RecipeInput) | undefined;
  /** The supernet that is trained before the trials and fine-tuned after them. */
  readonly supernet?: ((spec: S) => SupernetSpec) | undefined;
  /**
   * Where its accuracy comes from, as words after "accuracy is".
   * @param data the data set and its size: `cifar10 at 32x32`.
   */
  readonly describe: (spec: S, data: string) => string;
}

/** Types an entry by its schema. */
export const defineEvaluator = <Z extends z.ZodType<Spec>>(
  entry: EvaluatorEntry<z.output<Z>> & { readonly schema: Z },
) => entry;
