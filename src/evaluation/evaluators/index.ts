/** The evaluators by name: what turns an architecture into an accuracy. A new one is its file and one line here. */
import { z } from 'zod';
import type { RecipeInput } from '../../training/index.js';
import type { Evaluator, TrainingData } from '../evaluator.js';
import { defaultWorkers } from '../cores.js';
import { codeEntry } from './code.js';
import { commandEntry } from './command/command.js';
import type { EvaluatorEntry, Machine, Spec } from './entry.js';
import { proxyEntry } from './proxy.js';
import { pytorchEntry } from './pytorch/pytorch.js';
import type { SupernetSpec } from './supernet/schema.js';
import { supernetEntry } from './supernet/supernet.js';
import { syntheticEntry } from './synthetic.js';
import { trainingEntry } from './training.js';

export { type TorchProbe, askTorch, probeTorch, torchRemedy } from './pytorch/python.js';
export {
  type CodeEvaluator,
  type EvaluationAnswer,
  type EvaluationHooks,
  type EvaluationRequest,
  createCodeEvaluator,
} from './code.js';
export { type SupernetTraining, trainSupernetInProcess } from './supernet/train.js';

const registry = {
  training: trainingEntry,
  pytorch: pytorchEntry,
  supernet: supernetEntry,
  proxy: proxyEntry,
  synthetic: syntheticEntry,
  command: commandEntry,
  code: codeEntry,
};

type Registry = typeof registry;
type Name = keyof Registry;
type SchemaOf = { [N in Name]: Registry[N]['schema'] };

/** An evaluator with every default filled in. */
export type EvaluatorSpec = z.output<SchemaOf[Name]>;

const schemas = Object.values(registry).map(({ schema }) => schema);

/** An evaluator with its options. */
export const evaluatorSchema = z.discriminatedUnion('name', schemas as [SchemaOf[Name], ...SchemaOf[Name][]]);

/** The evaluators that a name alone chooses in a config: each of their options has a default. */
export const evaluatorNames = (Object.keys(registry) as Name[]).filter(
  (name) => !('code' in registry[name]) && registry[name].schema.safeParse({ name }).success,
);

/** What those who use an evaluator need to know of it; no one else asks for its name. */
export interface EvaluatorTraits {
  readonly needsData: boolean;
  readonly needsBackend: boolean;
  readonly inParts: boolean;
  readonly comparable: boolean;
  readonly trains: boolean;
  /** How many workers `auto` means. */
  readonly workers: number;
  /** What a whole evaluation takes, in steps; 0 where it takes none. */
  readonly steps: number;
  /** The names of the metrics that an evaluation gives, `accuracy` first. */
  readonly metrics: readonly string[];
  /** The program that it names and starts, if it does. */
  readonly program: string | readonly string[] | undefined;
  /** What the function of a script is called, if it is of that kind. */
  readonly code: string | undefined;
  /** Whether it can measure every network in simulated 8-bit integers. */
  readonly quantizes: boolean;
  /** Whether it holds training images out, and how many, as `heldOutSchema` has it. */
  readonly holdsOut: boolean;
  readonly heldOut: number | undefined;
  /** The recipe by which it trains each network from scratch, if it does. */
  readonly recipe: RecipeInput | undefined;
  /** The supernet that is trained before the trials, if it is of that kind. */
  readonly supernet: SupernetSpec | undefined;
  /** Where accuracy comes from, as words after "accuracy is"; `data` is such as `cifar10 at 32x32`. */
  readonly describe: (data: string) => string;
}

const entryOf = (spec: EvaluatorSpec): EvaluatorEntry<EvaluatorSpec> =>
  registry[spec.name] as unknown as EvaluatorEntry<EvaluatorSpec>;

/** The traits of the evaluator that a spec names. */
export function evaluatorOf(spec: EvaluatorSpec): EvaluatorTraits {
  const { steps = 0 }: Spec = spec;
  const entry = entryOf(spec);
  const { needsData, needsBackend, inParts, comparable, trains, workers, metrics, code, supernet, describe } =
    entry;
  return {
    needsData,
    needsBackend,
    inParts,
    comparable,
    trains,
    workers: workers?.(spec) ?? defaultWorkers(),
    steps,
    metrics: ['accuracy', ...(metrics?.(spec) ?? [])],
    program: entry.program?.(spec),
    code: code?.(spec),
    quantizes: entry.quantizes === true,
    holdsOut: entry.heldOut !== undefined,
    heldOut: entry.heldOut?.(spec),
    recipe: entry.recipe?.(spec),
    supernet: supernet?.(spec),
    describe: (data) => describe(spec, data),
  };
}

/** A spec as a worker of another machine runs it. */
export const evaluatorElsewhere = (spec: EvaluatorSpec, machine: Machine): EvaluatorSpec =>
  entryOf(spec).elsewhere?.(spec, machine) ?? spec;

/**
 * From a spec to the evaluator, in the process that evaluates.
 * @throws MixnasError as the evaluator's own set-up does.
 */
export async function createEvaluator(spec: EvaluatorSpec, data: TrainingData): Promise<Evaluator> {
  return entryOf(spec).create(spec, data);
}
