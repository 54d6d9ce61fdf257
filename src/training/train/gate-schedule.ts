/** How gates are steered from step to step. */
import { type Random } from '../../base/index.js';
import { type GateControls, type GateLayout } from '../network/gates.js';
import type { Recipe } from './recipe.js';

/**
 * The controls of step `step`. Over the annealing temperature falls geometrically, noise linearly, and the
 * penalty rises from nothing: the groups are to be worth something before any is given up. The rest of the
 * training sees the gates as inference will.
 * @param random the stream of this step.
 */
export function gateControlsAt(
  step: number,
  { steps, gates }: Pick<Recipe, 'steps' | 'gates'>,
  layout: GateLayout,
  count: number,
  random: Random,
): GateControls | undefined {
  if (!layout.any) return undefined;
  const left = Math.max(0, 1 - step / Math.max(1, gates.annealing * steps));
  const scale = gates.noise * left;
  // The difference of two Gumbel variables is logistic.
  const logistic = () => {
    const uniform = (random.next() + 1e-12) / (1 + 2e-12);
    return scale * Math.log(uniform / (1 - uniform));
  };
  const width = scale > 0 ? layout.noiseWidth : 0;
  const noise = width > 0 ? Float32Array.from({ length: count * width }, logistic) : undefined;
  const switchesOff = random.next() < gates.switchOff && layout.mostGroups > 1;
  return {
    temperature: gates.temperature ** left,
    noise,
    hardness: 1,
    groups: switchesOff ? 1 + random.int(layout.mostGroups - 1) : undefined,
    penalty: gates.penalty * (1 - left),
    target: gates.target,
  };
}
