/** The optimizer's variables, shared by both paths. */
import { averageOf } from './optimizer.js';
import { type WeightArray, type Weights, sizeOf } from './variables.js';

const averageEnd = averageOf('');

/** The moving averages among the slots, by variable; undefined when there are none. */
export function averagesOf(slots: Weights): Weights | undefined {
  const averages = [...slots]
    .filter(([name]) => name.endsWith(averageEnd))
    .map(([name, array]): [string, WeightArray] => [name.slice(0, -averageEnd.length), array]);
  return averages.length > 0 ? new Map(averages) : undefined;
}

/** Where a slot begins: as it was saved; else an average as its variable, everything else at zero. */
export function startOfSlots(weights: Weights, saved: Weights | undefined) {
  return (name: string, shape: readonly number[]): WeightArray =>
    saved?.get(name) ??
    (name.endsWith(averageEnd) ? weights.get(name.slice(0, -averageEnd.length)) : undefined) ?? {
      shape,
      data: new Float32Array(sizeOf(shape)),
    };
}
