/** A training that was stopped between two steps, as one safetensors file. */
import { z } from 'zod';
import { MixnasError, ownPart, parseWith, readBytes, sizeLimits, writeFileAtomic } from '../base/index.js';
import type { WeightArray, Weights } from './network/variables.js';
import type { TrainingState } from './train/state.js';
import { parseJson } from './trained-network.js';
import { decodeWeights, encodeWeights } from './weights.js';

/** Before the names of the optimizer's variables. */
const slotPrefix = 'optimizer/';

/** Before the names of the best weights so far. */
const bestPrefix = 'best/';

const prefixed = (prefix: string, weights: Weights) =>
  [...weights].map(([name, array]): [string, WeightArray] => [`${prefix}${name}`, array]);

const recordSchema = z.strictObject({
  curve: z.array(z.strictObject({ step: z.number(), loss: z.number(), accuracy: z.number().optional() })),
  lossSum: z.number(),
  reported: z.number(),
  best: z.strictObject({ step: z.number(), accuracy: z.number(), strikes: z.number() }).optional(),
});

/**
 * The bytes of a checkpoint.
 * @param metadata more to write into it, for `decodeWeights` to find.
 */
export function encodeTrainingState(
  { step, weights, slots, record }: TrainingState,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const { best, ...rest } = record ?? {};
  const arrays = new Map([
    ...weights,
    ...prefixed(slotPrefix, slots),
    ...(best ? prefixed(bestPrefix, best.weights) : []),
  ]);
  const stored = best && { step: best.step, accuracy: best.accuracy, strikes: best.strikes };
  return encodeWeights(arrays, {
    ...metadata,
    step: String(step),
    ...(record && { record: JSON.stringify({ ...rest, ...(stored && { best: stored }) }) }),
  });
}

/** The arrays whose names begin with `prefix`, without it. */
function unprefixed(prefix: string, all: Weights): Weights {
  return new Map(
    [...all]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, array]) => [name.slice(prefix.length), array]),
  );
}

/**
 * The inverse of `encodeTrainingState`.
 * @param what where the bytes came from (a path), for the message.
 * @throws MixnasError `bad-data` when they are broken, or hold no training.
 */
export function decodeTrainingState(bytes: Uint8Array, what = 'the checkpoint'): TrainingState {
  const { weights: all, metadata } = decodeWeights(bytes, what);
  const step = Number(metadata['step']);
  if (!(Number.isInteger(step) && step > 0)) {
    throw new MixnasError('bad-data', `${what}: it does not say after which step it was written.`);
  }
  const own = [...all].filter(([name]) => !name.startsWith(slotPrefix) && !name.startsWith(bestPrefix));
  const state = { step, weights: new Map(own), slots: unprefixed(slotPrefix, all) };
  const stored = metadata['record'];
  if (stored === undefined) return state;
  const { best, ...record } = parseWith(
    recordSchema,
    parseJson(stored, `${what}, record`),
    `${what}, record`,
    'bad-data',
  );
  const kept = best && { ...best, weights: unprefixed(bestPrefix, all) };
  return { ...state, record: { ...record, ...(kept && { best: kept }) } };
}

/**
 * The training that a checkpoint's file holds; undefined where there is no file.
 * @throws MixnasError `bad-data` when it is broken, or holds no training.
 */
export function readTrainingState(path: string): TrainingState | undefined {
  if (!ownPart(path, 'file', 'bad-data')) return undefined;
  const bytes = readBytes(path, 'bad-data', { own: true, limit: sizeLimits.weights });
  return decodeTrainingState(bytes, path);
}

/** Writes a checkpoint, whole or not at all; `metadata` as in `encodeTrainingState`. */
export function writeTrainingState(
  path: string,
  state: TrainingState,
  metadata?: Readonly<Record<string, string>>,
): void {
  writeFileAtomic(path, encodeTrainingState(state, metadata));
}
