/** How many kernel sizes a mixed convolution should have, layer by layer, as far as a device's speed goes. */
import { createPredictor, loadProfile, usualProfiles } from '../../hardware/index.js';
import { type Architecture, describeBlock, lower, withKernels } from '../../models/index.js';
import { resolveArchitecture } from './architecture.js';

/** Kernel sizes of a mixed convolution of n groups: the first n, as in the MixNet paper. */
const sizes = [3, 5, 7, 9, 11];

export interface SweptBlock {
  readonly block: number;
  /** Groups that the architecture has there. */
  readonly groups: number;
  /** Milliseconds of the whole network with 1, 2, ... groups in this block, equal split. */
  readonly latencyMs: readonly number[];
  /** What the latency would be if the block's groups were one convolution kernel of the largest size among them. */
  readonly singleKernelMs: readonly number[];
  /**
   * The number of groups that saves most against one convolution kernel of the largest size among them, which sees as
   * far; 1 where mixing costs more than it saves.
   */
  readonly best: number;
}

export interface GroupSweep {
  readonly profile: string;
  readonly blocks: readonly SweptBlock[];
}

function replaced(architecture: Architecture, index: number, kernels: readonly number[]): Architecture {
  const blocks = architecture.blocks.map((block, i) =>
    i === index ? (withKernels(block, kernels) ?? block) : block,
  );
  return { ...architecture, blocks };
}

/**
 * Varies the groups of one block at a time.
 * @param spec a reference model's name or an architecture file.
 * @throws MixnasError `bad-config` or `bad-profile`.
 */
export function groupSweep(
  spec: string,
  profiles: readonly string[] = usualProfiles(),
  resolution?: number,
): readonly GroupSweep[] {
  const { architecture } = resolveArchitecture(spec);
  const at = resolution === undefined ? {} : { resolution };
  return profiles.map((name) => {
    const profile = loadProfile(name);
    const { latencyMs } = createPredictor(profile);
    const ms = (index: number, kernels: readonly number[]) =>
      latencyMs(lower(replaced(architecture, index, kernels), at));
    const blocks = architecture.blocks.flatMap((block, index): SweptBlock[] => {
      if (withKernels(block, sizes) === undefined) return [];
      const latencyMs = sizes.map((_, n) => ms(index, sizes.slice(0, n + 1)));
      const singleKernelMs = sizes.map((size) => ms(index, [size]));
      const ratios = latencyMs.map((mixed, n) => mixed / (singleKernelMs[n] as number));
      const best = 1 + ratios.indexOf(Math.min(...ratios));
      return [{ block: index, groups: describeBlock(block).kernels.length, latencyMs, singleKernelMs, best }];
    });
    return { profile: profile.name, blocks };
  });
}
