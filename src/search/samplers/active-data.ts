/** Which observations a model learns from, so that its cost stays bounded in a long study. */
import type { Observation } from '../sampler.js';
import { selectSurvivors } from './population.js';

const firstFit = 10;
/** Up to so many observations all of them count. */
const mostKept = 300;
/** Of more, this share are the best, and the others evenly spread. */
const bestShare = 2 / 3;

export interface ActiveData {
  readonly data: readonly Observation[];
  /** How many of the data, from the front, decide on scales and kernels. */
  readonly fixed: number;
  /** How many observations there were at the checkpoint. */
  readonly checkpoint: number;
}

/**
 * The data, of which the first `fixed` decide on the kernel: those known at the last checkpoint, thinned,
 * and everything since. Checkpoints come at fixed numbers of observations, a step of a quarter each.
 * @param most of the known ones that count.
 */
export function activeData(seen: readonly Observation[], most = mostKept): ActiveData {
  let checkpoint = Math.min(firstFit, seen.length);
  for (;;) {
    const next = checkpoint + Math.max(3, Math.min(80, checkpoint >> 2));
    if (next > seen.length) break;
    checkpoint = next;
  }
  const known = thin(seen.slice(0, checkpoint), most);
  return { data: [...known, ...seen.slice(checkpoint)], fixed: known.length, checkpoint };
}

function thin(observations: readonly Observation[], most: number): readonly Observation[] {
  if (observations.length <= most) return observations;
  const bestKept = Math.round(bestShare * most);
  const best = new Set(selectSurvivors(observations, bestKept).map((r) => r.observation));
  const others = observations.filter((o) => !best.has(o));
  const step = others.length / (most - bestKept);
  for (let i = 0; i < most - bestKept; i++) best.add(others[Math.floor(i * step)] as Observation);
  return observations.filter((o) => best.has(o));
}
