/** The lines that an outside evaluator writes. */
import { z } from 'zod';
import { MixnasError, messageOf, parseWith } from '../../../base/index.js';
import type { CurvePoint } from '../../evaluator.js';

/** The result of an evaluation: metrics by name, or why there are none. */
export type CommandAnswer = Readonly<Record<string, number>> | { readonly failed: string };

type Line =
  | { readonly type: 'point'; readonly point: CurvePoint }
  | { readonly type: 'answer'; readonly answer: CommandAnswer }
  | { readonly type: 'wrong'; readonly reason: string };

const pointSchema = z.looseObject({
  step: z.number().int().min(0),
  loss: z.number(),
  accuracy: z.number().min(0).max(1).optional(),
});
const anySchema = z.looseObject({});
const failedSchema = z.strictObject({ failed: z.string().min(1) });
const accuracySchema = z.number().min(0).max(1);

/** The beginning of a text, for a message. */
export const shown = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** A point as it should be: most lines of a program are, and a schema takes a hundred times as long. */
function isPoint({ step, loss, accuracy }: Readonly<Record<string, unknown>>): boolean {
  return (
    Number.isSafeInteger(step) &&
    (step as number) >= 0 &&
    Number.isFinite(loss) &&
    (accuracy === undefined || (typeof accuracy === 'number' && accuracy >= 0 && accuracy <= 1))
  );
}

/** Reads a line; undefined for an empty one. */
export type LineParser = (text: string) => Line | undefined;

/**
 * A reader of lines: an object with `step` is a point of the learning curve, any other the result.
 * @param metrics what the result must hold in addition to `accuracy`.
 */
export function createLineParser(metrics: readonly string[]): LineParser {
  const wanted = Object.fromEntries(metrics.map((name) => [name, z.number()]));
  const answerSchema = z.strictObject({ accuracy: accuracySchema, ...wanted });

  function understand(data: unknown): Line {
    const found = parseWith(anySchema, data, 'a line', 'evaluation-failed');
    if ('step' in found) {
      const { step, loss, accuracy } = isPoint(found)
        ? (found as unknown as CurvePoint)
        : parseWith(pointSchema, found, 'a line with `step`', 'evaluation-failed');
      return { type: 'point', point: { step, loss, accuracy } };
    }
    if ('failed' in found) {
      return { type: 'answer', answer: parseWith(failedSchema, found, 'its result', 'evaluation-failed') };
    }
    return {
      type: 'answer',
      answer: parseWith<Record<string, number>>(answerSchema, found, 'its result', 'evaluation-failed'),
    };
  }

  return (text) => {
    if (text.trim() === '') return undefined;
    let data: unknown;
    try {
      data = JSON.parse(text);
    } catch {
      return { type: 'wrong', reason: `\`${shown(text)}\` is no JSON; messages belong on standard error` };
    }
    try {
      return understand(data);
    } catch (error) {
      if (!(error instanceof MixnasError)) throw error;
      return { type: 'wrong', reason: messageOf(error).replace(/\.$/, '') };
    }
  };
}
