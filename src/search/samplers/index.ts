/** The samplers by name, with their options checked. */
import { z } from 'zod';
import { MixnasError, nearest, parseWith } from '../../base/index.js';
import type { Sampler, SamplerContext } from '../sampler.js';
import { createAuto } from './auto.js';
import { createBayes } from './bayes.js';
import { createNsga2 } from './nsga2.js';
import { createRandomSampler } from './random.js';

interface Entry {
  readonly options: z.ZodType;
  readonly create: (context: SamplerContext, options: never) => Sampler;
}

function entry<O>(options: z.ZodType<O>, create: (context: SamplerContext, options: O) => Sampler): Entry {
  return { options, create };
}

const registry = {
  auto: entry(z.strictObject({}), createAuto),
  random: entry(z.strictObject({}), createRandomSampler),
  nsga2: entry(
    z.strictObject({
      population: z.number().int().min(2).optional(),
      crossover: z.number().min(0).max(1).optional(),
    }),
    createNsga2,
  ),
  bayes: entry(z.strictObject({ initial: z.number().int().min(2).optional() }), createBayes),
} satisfies Record<string, Entry>;

export type SamplerName = keyof typeof registry;

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
