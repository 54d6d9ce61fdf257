/** A price function from outside, whose answers are checked before anything rests on them. */
import { MixnasError } from '../base/index.js';
import type { Metrics } from '../metrics/index.js';
import type { Genome, Params } from './space/index.js';

/** What a price function is given; `params` and `architecture` are made when they are read. */
export interface Priced<P = Params, A = unknown> {
  readonly genome: Genome;
  readonly params: P;
  readonly architecture: A;
}

/** The metrics that are known without an evaluation. Pure: the same genome has the same price. */
export type Price<P = Params, A = unknown> = (candidate: Priced<P, A>) => Metrics;

/**
 * The function with its answers checked: an object of finite numbers, with the same names for every candidate.
 * @throws MixnasError `bad-usage`, when the function that is returned gets another answer.
 */
export function checkedPrice(price: Price): Price {
  let names: readonly string[] | undefined;
  return (candidate) => {
    const answer: unknown = price(candidate);
    if (typeof answer !== 'object' || answer === null || Array.isArray(answer) || answer instanceof Promise) {
      throw wrong(`returned ${shown(answer)}, not an object of numbers by metric`, candidate);
    }
    const metrics = answer as Metrics;
    let count = 0;
    for (const name in metrics) {
      if (!Number.isFinite(metrics[name])) {
        throw wrong(`gave ${name} as ${shown(metrics[name])}, not a finite number`, candidate);
      }
      count++;
    }
    names ??= Object.keys(metrics);
    const missing = names.find((name) => metrics[name] === undefined);
    if (missing !== undefined) throw wrong(`gave no ${missing}, which it gave before`, candidate);
    if (count > names.length) {
      const added = Object.keys(metrics).find((name) => !names?.includes(name));
      throw wrong(`gave ${added}, which it did not give before`, candidate);
    }
    return metrics;
  };
}

function wrong(what: string, { genome }: Priced): MixnasError {
  return new MixnasError('bad-usage', `price ${what}, for the genome [${Array.from(genome).join(', ')}].`, {
    remedy:
      'Return the same metrics for every candidate, each a finite number, at once and not as a promise.',
  });
}

/** A value in a message: text in quotes, a promise by its name. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
  if (value instanceof Promise) return 'a promise';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
