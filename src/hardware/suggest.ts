/** Which architectures to measure next: those whose device kernels a profile knows least, where it matters most. */
import { type Architecture, type LowerOptions, lower } from '../models/index.js';
import { kernelKey } from './kernel.js';
import { mapKernels } from './mapping.js';
import { createPricer, type Price } from './predict/index.js';
import type { Profile } from './profile/index.js';

/** An architecture that should be measured. */
export interface Suggestion {
  readonly architecture: Architecture;
  /** Share of the candidates' whole uncertainty that its device kernels make up, beyond the ones before it. */
  readonly gain: number;
  /** Device kernels that would be measured for the first time. */
  readonly newKernels: number;
}

/** µs that a price may be off by. */
function uncertainUs({ band }: Profile, { us, source, unmeasured }: Price): number {
  if (source === 'measured' || source === 'simulated') return 0;
  return us * (unmeasured ? band.unmeasured : band[source]);
}

/**
 * Chooses greedily from candidates, drawn from the space that is to be searched: each choice takes the device
 * kernels that it holds off the uncertainty of all the others.
 * @param known keys of kernels that need no measuring: those of networks that were measured as a whole.
 */
export function suggestMeasurements(
  profile: Profile,
  candidates: readonly Architecture[],
  count: number,
  at: LowerOptions = {},
  known: ReadonlySet<string> = new Set(),
): Suggestion[] {
  const pricer = createPricer(profile);
  /** Uncertainty of each device kernel, summed over all candidates that launch it. */
  const open = new Map<string, number>();
  const held = candidates.map((architecture) => {
    const keys = new Set<string>();
    for (const { layer: _, ...kernel } of mapKernels(lower(architecture, at), profile.mapping)) {
      const key = kernelKey(kernel);
      if (known.has(key)) continue;
      const us = uncertainUs(profile, pricer.price(kernel));
      if (us === 0) continue;
      keys.add(key);
      open.set(key, (open.get(key) ?? 0) + us);
    }
    return { architecture, keys: [...keys] };
  });
  const whole = [...open.values()].reduce((a, b) => a + b, 0);
  const gainOf = (keys: readonly string[]) => keys.reduce((sum, key) => sum + (open.get(key) ?? 0), 0);
  const chosen: Suggestion[] = [];
  while (chosen.length < Math.min(count, candidates.length)) {
    const best = held.reduce((a, b) => (gainOf(b.keys) > gainOf(a.keys) ? b : a));
    const gain = gainOf(best.keys);
    if (gain === 0) break;
    const newKernels = best.keys.filter((key) => open.delete(key)).length;
    chosen.push({ architecture: best.architecture, gain: gain / whole, newKernels });
  }
  return chosen;
}
