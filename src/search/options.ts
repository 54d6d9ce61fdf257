/** What a study is made from, and the border where it is checked. */
import { z } from 'zod';
import { MixnasError, parseWith } from '../base/index.js';
import { type Fidelity, renameHalvingFields, studyHalvingSchema } from './halving/index.js';
import { type Price, shown } from './price.js';
import {
  type Constraint,
  type Metrics,
  type Objective,
  checkBounds,
  constraintSchema,
  objectiveSchema,
} from '../metrics/index.js';
import type { SamplerFactory } from './sampler.js';
import type { SamplerSpec } from './samplers/index.js';
import type { Params } from './space/index.js';

/** Everything about a study but its space. */
export interface StudyOptions<P = Params, A = unknown> {
  /** What is maximised or minimised; one or more. */
  readonly objectives: readonly Objective[];
  /**
   * Limits on metrics. One whose metric `price` knows is *hard*: no trial is spent on a candidate that
   * breaks it. One whose metric only `tell` gives is an *outcome constraint*, which the sampler learns.
   */
  readonly constraints?: readonly Constraint[] | undefined;
  /** Metrics that are known before an evaluation, such as latency; they need not be given to `tell`. */
  readonly price?: Price<P, A> | undefined;
  /** One of ours by name, or your own: a function that makes it. Default `auto`. */
  readonly sampler?: SamplerSpec | SamplerFactory | undefined;
  /** The same seed gives the same study. Default 1. */
  readonly seed?: string | number | undefined;
  /** How many trials are meant to be spent; samplers plan by it, nothing ends there. */
  readonly trials?: number | undefined;
  /**
   * Several budgets for one candidate. `report` then says which trials to stop, and the sampler
   * `mo-asha` promotes the others from rung to rung.
   */
  readonly fidelity?: Fidelity | undefined;
  /** How many trials run at once. Default 1. */
  readonly parallel?: number | undefined;
  /**
   * Whether the same seed gives the same trials, whoever finishes first: a sampler then waits for slow trials. With
   * false it proposes at once, from all results that are in. Default true.
   */
  readonly deterministic?: boolean | undefined;
  /** Points to try first, in this order; those that break a hard constraint are left out. */
  readonly initial?: readonly (P | A)[] | undefined;
}

/** Options regardless of the types of their points. */
export type AnyOptions = Omit<StudyOptions<never, never>, 'initial'> & {
  readonly initial?: readonly unknown[] | undefined;
};

const schema = z.strictObject({
  objectives: z.array(objectiveSchema).min(1),
  constraints: z.array(constraintSchema).default([]),
  seed: z.union([z.string(), z.number()]).default(1),
  trials: z.number().int().positive().optional(),
  parallel: z.number().int().positive().default(1),
  fidelity: studyHalvingSchema.optional(),
  deterministic: z.boolean().default(true),
});

/** The plain part of the options, checked. @throws MixnasError `bad-config`. */
export function parseOptions(options: AnyOptions) {
  const { objectives, constraints, seed, trials, parallel, fidelity, deterministic } = options;
  const plain: Record<string, unknown> = { objectives, constraints, seed, trials, parallel, deterministic };
  plain['fidelity'] = renameHalvingFields(fidelity);
  const parsed = parseWith(schema, plain, 'study', 'bad-config');
  const names = parsed.objectives.map((o) => o.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new MixnasError('bad-config', `study: objective ${twice} is listed twice.`);
  checkBounds('createStudy', parsed.constraints);
  if (parsed.fidelity && !parsed.deterministic) {
    throw new MixnasError('bad-config', 'study: `deterministic: false` does not work with `fidelity`.', {
      remedy: 'Leave one of them out.',
    });
  }
  return parsed;
}

/** Checks what a hypervolume is measured from. @throws MixnasError `bad-usage` that names the metric. */
export function checkReference(reference: Metrics, objectives: readonly Objective[]): void {
  for (const { name } of objectives) {
    const value: unknown = (reference as Metrics | undefined)?.[name];
    if (Number.isFinite(value)) continue;
    const what = value === undefined ? `has no ${name}` : `has ${name} as ${shown(value)}`;
    throw new MixnasError('bad-usage', `hypervolume: the reference ${what}.`, {
      remedy: `Give a finite number for each objective: ${objectives.map((o) => o.name).join(', ')}.`,
    });
  }
}
