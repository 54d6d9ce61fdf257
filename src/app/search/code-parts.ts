/** What a script gives a search from code: an evaluator and a sampler. The run records what they are called. */
import { MixnasError } from '../../base/index.js';
import { type CodeEvaluator, evaluatorOf } from '../../evaluation/index.js';
import type { SamplerFactory } from '../../search/index.js';
import type { RunConfig } from '../config/index.js';

/** Parts of a search that are code. */
export interface CodeParts {
  /** Judges the networks, in this process, in place of the config's evaluator. */
  readonly evaluator?: CodeEvaluator | undefined;
  /** Proposes the networks in place of the config's sampler. */
  readonly sampler?: SamplerFactory | undefined;
}

/** The config as the run records it: `code`, and what that code is called. */
export function withCode(config: RunConfig, { evaluator, sampler }: CodeParts): RunConfig {
  return {
    ...config,
    ...(evaluator && { evaluator: codeSpec(evaluator) }),
    ...(sampler && { sampler: { name: 'code', title: titleOf(sampler) } }),
  };
}

/** How an evaluator from code is written down. */
export function codeSpec({ name, steps = 1, metrics = [] }: CodeEvaluator) {
  return { name: 'code' as const, title: name, steps, metrics: [...metrics] };
}

const titleOf = ({ name }: SamplerFactory) => (name === '' ? 'sampler' : name);

/**
 * A run that was made with code is resumed with the same code.
 * @throws MixnasError `bad-usage` where it is missing, is another, or is not asked for.
 */
export function checkCode(config: RunConfig, run: string, { evaluator, sampler }: CodeParts): void {
  const wasEvaluator = evaluatorOf(config.evaluator).code;
  const wasSampler = config.sampler.name === 'code' ? String(config.sampler['title']) : undefined;
  check('evaluator', wasEvaluator, evaluator?.name);
  check('sampler', wasSampler, sampler && titleOf(sampler));

  function check(part: 'evaluator' | 'sampler', was: string | undefined, is: string | undefined): void {
    if (was === is) return;
    if (was === undefined) {
      throw new MixnasError(
        'bad-usage',
        `${run} was not made with ${part === 'sampler' ? 'a' : 'an'} ${part} from code.`,
        {
          remedy: `Leave \`${part}\` out: the run has its own.`,
        },
      );
    }
    const given = is === undefined ? '' : `, and not ${is}`;
    throw new MixnasError('bad-usage', `The ${part} of ${run} is code called ${was}${given}.`, {
      remedy: `Resume it from a script that has this ${part}: resume('${run}', { ${part} }).`,
    });
  }
}
