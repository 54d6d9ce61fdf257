/** The evaluator for those who call mixnas from a script: a function of theirs, in this process. */
import { z } from 'zod';
import { MixnasError, messageOf, parseWith } from '../../base/index.js';
import type { Architecture } from '../../models/index.js';
import {
  type EvaluationJob,
  type EvaluationOutcome,
  type Evaluator,
  type CurvePoint,
  isTrialFault,
} from '../evaluator.js';
import { CurveKeeper } from '../curve-keeper.js';
import type { TrialLimits } from '../limits/index.js';
import { defineEvaluator } from './entry.js';

/** How a config names an evaluator from code. */
const schema = z
  .strictObject({
    name: z.literal('code').describe('An evaluator given from code.'),
    title: z.string().min(1).default('code').describe('What the evaluator of the script is called.'),
    steps: z
      .number()
      .int()
      .positive()
      .default(1)
      .describe('What a whole evaluation takes, in steps of its own.'),
    metrics: z
      .array(z.string().regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'expected a name such as energyMj'))
      .default([])
      .describe('Metrics that it gives in addition to `accuracy`; formulas may use them.'),
  })
  .describe('A function of a script: `search(config, { evaluator })`.');

/** Where the function itself is not to be had. @throws MixnasError `bad-config` always. */
function refuseCode(): never {
  throw new MixnasError('bad-config', 'The evaluator `code` is a function that only a script can give.', {
    remedy: 'Call `search(config, { evaluator })` from a script; docs/extending/evaluator.md shows how.',
  });
}

/** What an evaluator from code is asked; the same fields as a program reads, see docs/evaluators.md. */
export interface EvaluationRequest {
  readonly trial: number;
  /** The place of the worker that asks, from 0: no two requests at once have the same. */
  readonly worker: number;
  readonly architecture: Architecture;
  /** Decides everything random about the evaluation. */
  readonly seed: string;
  /** What a whole evaluation takes, and the part of it that is asked for. */
  readonly steps: number;
  readonly from: number;
  readonly until: number;
  /** The checkpoint of the part before, and where that of this one is to be written. */
  readonly load?: string | undefined;
  readonly save?: string | undefined;
  /** Where the trained weights may be written. */
  readonly weights?: string | undefined;
}

/** `accuracy` from 0 to 1 with the evaluator's other metrics, or why there are none. */
export type EvaluationAnswer = Readonly<Record<string, number>> | { readonly failed: string };

/** While an evaluation runs. */
export interface EvaluationHooks {
  /** Reports a point of the learning curve. */
  readonly report: (point: CurvePoint) => void;
  /** Aborted when the search ends: the answer no longer counts. */
  readonly signal: AbortSignal | undefined;
}

/**
 * An evaluator of your own; `search` takes one. The same request must give the same answer. A request that
 * throws fails its trial, and the search continues.
 */
export interface CodeEvaluator {
  /** What the run records; a resume asks for an evaluator of this name. */
  readonly name: string;
  /** Metrics that it gives in addition to `accuracy`; formulas may use them. */
  readonly metrics?: readonly string[] | undefined;
  /** What a whole evaluation takes, in steps or epochs of its own. Default 1. */
  readonly steps?: number | undefined;
  evaluate(request: EvaluationRequest, hooks: EvaluationHooks): EvaluationAnswer | Promise<EvaluationAnswer>;
}

const failedSchema = z.strictObject({ failed: z.string().min(1) });

/** The evaluator of a search made from one of code. */
export function createCodeEvaluator(code: CodeEvaluator, { seconds: most }: TrialLimits = {}): Evaluator {
  const { steps = 1, metrics = [] } = code;
  const wanted = Object.fromEntries(metrics.map((name) => [name, z.number()]));
  const answerSchema = z.strictObject({ accuracy: z.number().min(0).max(1), ...wanted });

  async function evaluate(job: EvaluationJob, report: (point: CurvePoint) => void, signal?: AbortSignal) {
    // A script may be JavaScript: what it returns is data from outside.
    const answer: unknown = await inTime(most, signal, async (signal) =>
      code.evaluate(requestOf(job, steps), { report, signal }),
    );
    const what = `The answer of the evaluator ${code.name}`;
    return typeof answer === 'object' && answer !== null && 'failed' in answer
      ? parseWith(failedSchema, answer, what, 'evaluation-failed')
      : parseWith<Record<string, number>>(answerSchema, answer, what, 'evaluation-failed');
  }

  return {
    backend: code.name,
    async evaluate(job, onProgress, signal): Promise<EvaluationOutcome> {
      const started = performance.now();
      const seconds = () => (performance.now() - started) / 1000;
      const curve = new CurveKeeper();
      const report = (point: CurvePoint) => {
        curve.add(point);
        onProgress({ steps, ...point });
      };
      try {
        const answer = await evaluate(job, report, signal);
        if (typeof answer.failed === 'string') {
          return { state: 'failed', reason: answer.failed, seconds: seconds() };
        }
        const values = answer as Record<string, number>;
        return { state: 'complete', values, curve: curve.points(), seconds: seconds() };
      } catch (error) {
        if (error instanceof MixnasError && !isTrialFault(error.code)) throw error;
        return { state: 'failed', reason: messageOf(error), seconds: seconds() };
      }
    },
  };
}

/** @throws MixnasError `evaluation-failed` after so many seconds, with the signal aborted. */
async function inTime<T>(
  most: number | undefined,
  signal: AbortSignal | undefined,
  run: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  if (most === undefined) return run(signal);
  const late = new AbortController();
  const both = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
  let timer: NodeJS.Timeout | undefined;
  const past = new Promise<never>((_, fail) => {
    timer = setTimeout(() => {
      late.abort();
      fail(new MixnasError('evaluation-failed', `The evaluator took longer than ${most} s.`));
    }, most * 1000);
  });
  try {
    return await Promise.race([run(both), past]);
  } finally {
    clearTimeout(timer);
  }
}

function requestOf(job: EvaluationJob, steps: number): EvaluationRequest {
  const { trial, slot = 0, seed, architecture, weightsPath, part } = job;
  const { from = 0, until = steps, load, save } = part ?? {};
  return { trial, worker: slot, seed, architecture, steps, from, until, load, save, weights: weightsPath };
}

/** Only the spec of an evaluator from code is data; `search` is given the function. */
export const codeEntry = defineEvaluator({
  schema,
  create: refuseCode,
  needsData: false,
  needsBackend: false,
  inParts: true,
  comparable: true,
  trains: false,
  metrics: (spec) => spec.metrics,
  code: (spec) => spec.title,
  describe: ({ title }) => `as the evaluator ${title} reports it`,
});
