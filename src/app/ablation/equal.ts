/** Comparisons at equal predicted latency: every variant as wide as the first one's latency on a device allows. */
import { bisect } from '../../base/index.js';
import { createPredictor, loadProfile } from '../../hardware/index.js';
import { type Architecture, lower } from '../../models/index.js';
import type { Comparison, Variant } from './plan.js';

/** One of each kind of device: two phones' GPUs, an NPU, a phone's CPU. */
export const equalProfiles = ['mali-g76', 'adreno-640', 'ethos-u65', 'pixel4-cpu-big-1t-float'] as const;

/** Where latency is priced: the size that measured tables have entries for. */
export const priced = { resolution: 224, classes: 1000 } as const;

/** All widths times `factor` in steps of 4 channels, at least 4; the head's times `head`. */
export function widened(architecture: Architecture, factor: number, head = factor): Architecture {
  const scaled = (out: number, by: number) => Math.max(4, 4 * Math.round((out * by) / 4));
  return {
    ...architecture,
    stem: { ...architecture.stem, out: scaled(architecture.stem.out, factor) },
    blocks: architecture.blocks.map((block) =>
      'out' in block ? { ...block, out: scaled(block.out, factor) } : block,
    ),
    head: { ...architecture.head, out: scaled(architecture.head.out, head) },
  };
}

/** The largest of `lowest` to `highest` hundredths for which `fits` holds, by bisection; the lowest where none does. */
function largest(lowest: number, highest: number, fits: (hundredths: number) => boolean): number {
  return lowest + bisect(highest - lowest, (more) => fits(lowest + 1 + more));
}

/** Near enough: what a device itself varies by. */
const tolerance = 0.01;

/**
 * The architecture at the widths whose latency is nearest to `wanted`: all widths by bisection, from a quarter to four times,
 * then the head's for what is left. Where latency falls as widths grow, as at a device's borders of channels, widths around
 * are tried too, the nearest first; at last stages change one by one.
 * @param latencyMs of an architecture.
 */
export function widthsFor(
  architecture: Architecture,
  wanted: number,
  latencyMs: (architecture: Architecture) => number,
): Architecture {
  const at = (all: number, head: number) => widened(architecture, all / 100, head / 100);
  const middle = largest(25, 400, (hundredths) => latencyMs(at(hundredths, hundredths)) <= wanted);
  let best = { architecture, error: Number.POSITIVE_INFINITY };
  const offer = (all: number, head: number) => {
    const own = at(all, head);
    const error = Math.abs(Math.log(latencyMs(own) / wanted));
    if (error < best.error) best = { architecture: own, error };
  };
  for (let distance = 0; distance <= 40 && best.error > tolerance; distance++) {
    for (const all of new Set([middle - distance, middle + distance])) {
      if (all < 25) continue;
      const head = largest(25, 8 * all, (hundredths) => latencyMs(at(all, hundredths)) <= wanted);
      offer(all, head);
      offer(all, head + 4);
      offer(all, all);
    }
  }
  return best.error > tolerance ? climb(best.architecture, wanted, latencyMs) : best.architecture;
}

/** The architecture with the blocks of one width (the `part`-th such run of them) wider by `change` channels. */
function changed(architecture: Architecture, part: number, change: number): Architecture {
  let run = -1;
  let before: number | undefined;
  const blocks = architecture.blocks.map((block) => {
    if (!('out' in block)) return block;
    if (block.out !== before) run++;
    before = block.out;
    return run === part ? { ...block, out: Math.max(4, block.out + change) } : block;
  });
  return { ...architecture, blocks };
}

/** Changes the width of one stage after the other, as long as that brings the latency nearer to `wanted`. */
function climb(
  start: Architecture,
  wanted: number,
  latencyMs: (architecture: Architecture) => number,
): Architecture {
  const errorOf = (one: Architecture) => Math.abs(Math.log(latencyMs(one) / wanted));
  let best = { architecture: start, error: errorOf(start) };
  for (let round = 0; round < 10 && best.error > tolerance; round++) {
    const { architecture, error } = best;
    for (let part = 0; part < architecture.blocks.length; part++) {
      for (const change of [-16, -8, -4, 4, 8, 16]) {
        const own = changed(architecture, part, change);
        const next = errorOf(own);
        if (next < best.error) best = { architecture: own, error: next };
      }
    }
    if (best.error === error) break;
  }
  return best.architecture;
}

/** A variant with its latency on the device of its comparison. */
export interface PricedVariant extends Variant {
  readonly latencyMs: number;
}

/** A comparison at equal latency on a device. */
export interface EqualComparison extends Comparison {
  readonly profile: string;
  readonly variants: readonly PricedVariant[];
}

/**
 * Each comparison with every variant at the predicted latency of its first.
 * @param profile a hardware profile, by name or file.
 * @throws MixnasError where there is no such profile.
 */
export function atEqualLatency(all: readonly Comparison[], profile: string): EqualComparison[] {
  const predictor = createPredictor(loadProfile(profile));
  const latencyMs = (architecture: Architecture) => predictor.latencyMs(lower(architecture, priced));
  return all.map(({ variants, ...comparison }) => {
    const wanted = latencyMs((variants[0] as Variant).architecture);
    const sized = variants.map(({ name, architecture }, i): PricedVariant => {
      const own = i === 0 ? architecture : widthsFor(architecture, wanted, latencyMs);
      return { name, architecture: own, latencyMs: latencyMs(own) };
    });
    return {
      ...comparison,
      name: `${comparison.name} on ${profile}`,
      title: `${comparison.title}, at equal latency on ${profile}`,
      profile,
      variants: sized,
    };
  });
}
