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
const failedSchema = z.strictObject({ failed: z.string().min(1) });
const accuracySchema = z.number().min(0).max(1);

const shown = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/**
 * Reads one line: an object with `step` is a point of the learning curve, any other the result.
 * @param metrics what the result must hold in addition to `accuracy`.
 * @returns undefined for an empty line.
 */
export function parseLine(text: string, metrics: readonly string[]): Line | undefined {
  if (text.trim() === '') return undefined;
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return { type: 'wrong', reason: `\`${shown(text)}\` is no JSON; messages belong on standard error` };
  }
  try {
    const found = parseWith(z.looseObject({}), data, 'a line', 'evaluation-failed');
    if ('step' in found) {
      const { step, loss, accuracy } = parseWith(
        pointSchema,
        found,
        'a line with `step`',
        'evaluation-failed',
      );
      return { type: 'point', point: { step, loss, accuracy } };
    }
    if ('failed' in found) {
      return { type: 'answer', answer: parseWith(failedSchema, found, 'its result', 'evaluation-failed') };
    }
    const wanted = Object.fromEntries(metrics.map((name) => [name, z.number()]));
    const schema = z.strictObject({ accuracy: accuracySchema, ...wanted });
    return {
      type: 'answer',
      answer: parseWith<Record<string, number>>(schema, found, 'its result', 'evaluation-failed'),
    };
  } catch (error) {
    if (!(error instanceof MixnasError)) throw error;
    return { type: 'wrong', reason: messageOf(error).replace(/\.$/, '') };
  }
}
