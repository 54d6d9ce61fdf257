/** A training that was stopped between two steps, as one safetensors file. */
import { MixnasError } from '../base/index.js';
import type { WeightArray, Weights } from './network/variables.js';
import type { TrainingState } from './train/train.js';
import { decodeWeights, encodeWeights } from './weights.js';

/** Before the names of the optimizer's variables. */
const slotPrefix = 'optimizer/';

/** The bytes of a checkpoint. */
export function encodeTrainingState({ step, weights, slots }: TrainingState): Uint8Array {
  const named = [...slots].map(([name, array]): [string, WeightArray] => [`${slotPrefix}${name}`, array]);
  return encodeWeights(new Map([...weights, ...named]), { step: String(step) });
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
  const entries = [...all];
  const weights: Weights = new Map(entries.filter(([name]) => !name.startsWith(slotPrefix)));
  const slots: Weights = new Map(
    entries
      .filter(([name]) => name.startsWith(slotPrefix))
      .map(([name, array]) => [name.slice(slotPrefix.length), array]),
  );
  return { step, weights, slots };
}
