/** A resolved config: what `config.json` of a run holds, with the parts of every room filled in. */
import { z } from 'zod';
import { evaluatorSchema, executorSchema } from '../../evaluation/index.js';
import { runConfigSchema } from '../../runs/index.js';
import { runHalvingSchema } from '../../search/index.js';
import { dataSpecSchema } from '../../training/index.js';

export const resolvedConfigSchema = z.strictObject({
  ...runConfigSchema.shape,
  dataset: dataSpecSchema,
  evaluator: evaluatorSchema,
  fidelity: runHalvingSchema.optional(),
  executor: executorSchema.optional(),
});

/** A search with nothing left open. */
export type RunConfig = Readonly<z.output<typeof resolvedConfigSchema>>;
/** A metric by name, or a formula. */
export type ObjectiveSpec = RunConfig['objectives'][number];
export type StopRules = NonNullable<RunConfig['stop']>;
