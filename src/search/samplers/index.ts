/** The samplers by name, with their options checked. */
import { z } from 'zod';
import { MixnasError, nearest, parseWith } from '../../base/index.js';
import type { Sampler, SamplerContext } from '../sampler.js';
import { createAging } from './aging.js';
import { createAuto } from './auto.js';
import { createBayes } from './bayes.js';
import { createLocalSearch } from './local-search.js';
import { createMoAsha } from './mo-asha.js';
import { createNsga2 } from './nsga2.js';
import { createNsga3 } from './nsga3.js';
import { createPredictor } from './predictor.js';
import { createRandomSampler } from './random.js';
import { createTpe } from './tpe.js';

interface Entry {
  readonly options: z.ZodType;
  readonly create: (context: SamplerContext, options: never) => Sampler;
}

function entry<O>(options: z.ZodType<O>, create: (context: SamplerContext, options: O) => Sampler): Entry {
  return { options, create };
}

const whole = (least: number) => z.number().int().min(least).optional();
const genetic = z.strictObject({ population: whole(2), crossover: z.number().min(0).max(1).optional() });

const registry = {
  auto: entry(z.strictObject({}), createAuto),
  random: entry(z.strictObject({}), createRandomSampler),
  nsga2: entry(genetic, createNsga2),
  nsga3: entry(genetic, createNsga3),
  aging: entry(z.strictObject({ population: whole(2), sample: whole(1) }), createAging),
  local: entry(z.strictObject({ initial: whole(1) }), createLocalSearch),
  tpe: entry(z.strictObject({ initial: whole(2), candidates: whole(1) }), createTpe),
  bayes: entry(z.strictObject({ initial: whole(2) }), createBayes),
  predictor: entry(
    z.strictObject({ score: z.string().optional(), children: whole(1), initial: whole(4) }),
    createPredictor,
  ),
  'mo-asha': entry(z.strictObject({}), createMoAsha),
} satisfies Record<string, Entry>;

export type SamplerName = keyof typeof registry;

export { selectSurvivors } from './population.js';

/** The names that `createStudy` takes. */
export const samplerNames = Object.keys(registry) as readonly SamplerName[];

/** A sampler by name, or by name with options. */
export type SamplerSpec = SamplerName | ({ readonly name: SamplerName } & Readonly<Record<string, unknown>>);

/** Checks a sampler's name and options, and returns how to make it. @throws MixnasError `bad-config`. */
export function parseSampler(spec: SamplerSpec): (context: SamplerContext) => Sampler {
  const { name, ...options } = typeof spec === 'string' ? { name: spec } : spec;
  const found: Entry | undefined = Object.hasOwn(registry, name) ? registry[name] : undefined;
  if (!found) {
    const near = nearest(name, samplerNames);
    throw new MixnasError('bad-config', `There is no sampler ${name}.`, {
      remedy: near.length > 0 ? `Did you mean ${near[0]}?` : `Choose one of ${samplerNames.join(', ')}.`,
    });
  }
  const parsed = parseWith(found.options, options, `sampler ${name}`, 'bad-config');
  return (context) => found.create(context, parsed as never);
}
