/** How gates are steered from step to step. */
import { type Random } from '../../base/index.js';
import { type GateControls, type GateLayout } from '../network/gates.js';
import type { Recipe } from './recipe.js';

/** Added to the logit of a hard decision, it makes the group run, without a gradient. */
const surely = 1e3;

/**
 * The controls of step `step`. In the warm-up of hard gates all groups run and are only weighed: they are to
 * contribute, and the gate is to know for which images, before any is given up. Then the threshold rises to its
 * own value, by a factor a step: at first only groups that weigh next to nothing are skipped, which changes nothing,
 * and the network has time for the rest. Noise falls linearly, and so does the share of the MACs that may run
 * without a penalty, from all of them to the target: a target that is far away from the first step drives every
 * image to the same few groups. Temperature falls geometrically from the start. The rest of the training sees the
 * gates as inference will. Where ranks decide, the share that runs falls as the target does.
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
  const warmup = Math.min(gates.warmup, gates.annealing) * steps;
  const end = Math.max(1, gates.annealing * steps);
  const left = Math.max(0, 1 - step / end);
  const open = step < warmup ? 1 : Math.max(0, (end - step) / Math.max(1, end - warmup));
  const scale = gates.noise * open;
  // Added to log(weight) - log(threshold), this lowers the threshold by a factor of exp(lowered).
  const lowered = gates.opening * open;
  // The difference of two Gumbel variables is logistic.
  const drawn = () => {
    const uniform = (random.next() + 1e-12) / (1 + 2e-12);
    return lowered + scale * Math.log(uniform / (1 - uniform));
  };
  /** A share that falls from all to `last` as gates close. */
  const falling = (last: number) => 1 - (1 - last) * (1 - open);
  const cells = count * layout.noiseWidth;
  const ranked = gates.closing === 'rank';
  const noise =
    step < warmup
      ? new Float32Array(cells).fill(surely)
      : open > 0 && !ranked
        ? Float32Array.from({ length: cells }, scale > 0 ? drawn : () => lowered)
        : undefined;
  const switchesOff = random.next() < gates.switchOff && layout.mostGroups > 1;
  return {
    temperature: gates.temperature ** left,
    noise,
    hardness: 1,
    groups: switchesOff ? 1 + random.int(layout.mostGroups - 1) : undefined,
    penalty: step < warmup ? 0 : gates.penalty,
    target: falling(gates.target),
    ...(ranked && { running: step < warmup ? 1 : falling(gates.target) }),
    ...(gates.bounds && step >= warmup && { bounds: { ...gates.bounds, high: falling(gates.bounds.high) } }),
    ...(gates.open && step >= warmup && layout.noiseWidth > 0 && { open: gates.open }),
  };
}
