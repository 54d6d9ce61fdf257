/** The lines that an outside evaluator writes: JSON, as Python and others print it. */
import { z } from 'zod';
import { MixnasError, messageOf, nearest, parseWith } from '../../../base/index.js';
import type { CurvePoint } from '../../evaluator.js';
import { parseLenient } from './lenient-json.js';

/** The result of an evaluation: metrics by name, or why there are none. */
export type CommandAnswer = Readonly<Record<string, number>> | { readonly failed: string };

type Line =
  /** No point where its loss is not a number: a curve cannot show it, and the result says whether it matters. */
  | { readonly type: 'point'; readonly point: CurvePoint | undefined }
  | { readonly type: 'answer'; readonly answer: CommandAnswer }
  | { readonly type: 'wrong'; readonly reason: string };

/** Reads a line; undefined for an empty one. */
export type LineParser = (text: string) => Line | undefined;

type Fields = Readonly<Record<string, unknown>>;

const pointSchema = z.looseObject({
  step: z.number().int().min(0),
  loss: z.number(),
  accuracy: z.number().min(0).max(1).optional(),
});
const failedSchema = z.looseObject({ failed: z.string().min(1) });

/** The beginning of a text, for a message. */
export const shown = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** NaN or an infinity, which JSON has no word for, but Python does. */
const isNoNumber = (value: unknown): value is number => typeof value === 'number' && !Number.isFinite(value);

/** A point as it should be: most lines of a program are, and a schema takes a hundred times as long. */
function isPoint({ step, loss, accuracy }: Fields): boolean {
  return (
    Number.isSafeInteger(step) &&
    (step as number) >= 0 &&
    Number.isFinite(loss) &&
    (accuracy === undefined || (typeof accuracy === 'number' && accuracy >= 0 && accuracy <= 1))
  );
}

function pointOf(found: Fields): CurvePoint | undefined {
  if (isPoint(found)) {
    const { step, loss, accuracy } = found as unknown as CurvePoint;
    return { step, loss, accuracy };
  }
  // A loss of NaN at one step is no reason to lose a good result.
  const known = isNoNumber(found['accuracy']) ? { ...found, accuracy: undefined } : found;
  const checked = isNoNumber(known['loss']) ? { ...known, loss: 0 } : known;
  const { step, loss, accuracy } = parseWith(pointSchema, checked, 'a line with `step`', 'evaluation-failed');
  return checked === known ? { step, loss, accuracy } : undefined;
}

/** @throws MixnasError `evaluation-failed` for a metric that is missing or not a number. */
function checkMetric(found: Fields, name: string): void {
  const value = found[name];
  if (isNoNumber(value)) {
    throw new MixnasError(
      'evaluation-failed',
      `its result: \`${name}\` is ${value}: the training has diverged`,
    );
  }
  if (value !== undefined) return;
  const others = Object.keys(found);
  const meant = nearest(name, others)[0] ?? nearest(name.slice(0, 3), others)[0];
  const has = meant === undefined ? '' : `, but \`${meant}\``;
  throw new MixnasError('evaluation-failed', `its result: \`${name}\` is missing${has}`);
}

/**
 * A reader of lines: an object with `step` is a point of the learning curve, any other the result.
 * @param metrics what the result must hold in addition to `accuracy`; more is not recorded.
 * @param notice receives, once, what more there is.
 */
export function createLineParser(metrics: readonly string[], notice: (text: string) => void): LineParser {
  const names = ['accuracy', ...metrics];
  const wanted = Object.fromEntries(metrics.map((name) => [name, z.number()]));
  const answerSchema = z.object({ accuracy: z.number().min(0).max(1), ...wanted });
  let noticed = false;

  function answerOf(found: Fields): CommandAnswer {
    if ('failed' in found) {
      const { failed } = parseWith(failedSchema, found, 'its result', 'evaluation-failed');
      return { failed };
    }
    for (const name of names) checkMetric(found, name);
    const answer = parseWith<Record<string, number>>(answerSchema, found, 'its result', 'evaluation-failed');
    const more = Object.keys(found).filter((name) => !names.includes(name));
    if (more.length > 0 && !noticed) {
      noticed = true;
      const list = shown(more.join(', '));
      notice(
        `The command also gives ${list}: \`evaluator.metrics\` does not list that, so it is not recorded.`,
      );
    }
    return answer;
  }

  return (given) => {
    const text = given.startsWith('\ufeff') ? given.slice(1) : given;
    if (text.trim() === '') return undefined;
    const data = parseLenient(text);
    if (data === undefined) {
      return { type: 'wrong', reason: `\`${shown(text)}\` is no JSON; messages belong on standard error` };
    }
    if (typeof data !== 'object' || data === null || Array.isArray(data)) {
      return { type: 'wrong', reason: `\`${shown(text)}\` is no object; messages belong on standard error` };
    }
    const found = data as Fields;
    try {
      return 'step' in found
        ? { type: 'point', point: pointOf(found) }
        : { type: 'answer', answer: answerOf(found) };
    } catch (error) {
      if (!(error instanceof MixnasError)) throw error;
      return { type: 'wrong', reason: messageOf(error).replace(/\.$/, '') };
    }
  };
}
