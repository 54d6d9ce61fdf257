/**
 * The evaluator of dry runs. Nothing is trained: the accuracy is a smooth function of the architecture
 * with a little noise from the seed, shaped like what training gives (more MACs, several kernel sizes and
 * squeeze-and-excitation help, ever less). It says nothing about real networks.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../base/index.js';
import { type Architecture, countCost, lower, type MixBlock, mixBlocksOf } from '../models/index.js';
import type { Evaluator, LearningPoint } from './evaluator.js';
import type { SyntheticSpec } from './spec.js';

const points = 5;

/** The made-up accuracy of an architecture, without noise: from 0.3 to 0.95. */
function capacityOf(architecture: Architecture): number {
  const { macs } = countCost(lower(architecture));
  const perPixel = macs / architecture.resolution ** 2;
  const blocks = mixBlocksOf(architecture);
  const share = (has: (block: MixBlock) => boolean) => blocks.filter(has).length / blocks.length;
  const mixed = share((block) => new Set(block.kernels).size > 1);
  const squeezed = share((block) => block.seRatio > 0);
  const size = Math.log2(1 + perPixel / 500) * (1 + 0.15 * mixed + 0.1 * squeezed);
  return 0.3 + 0.65 * (1 - Math.exp(-size / 3));
}

/** An evaluator that pretends; each trial takes `seconds`. */
export function createSyntheticEvaluator({ seconds }: SyntheticSpec): Evaluator {
  return {
    backend: 'synthetic',
    async evaluate({ architecture, seed }, onProgress) {
      const noise = createRandom(seed).normal() * 0.004;
      const accuracy = Math.round((capacityOf(architecture) + noise) * 1e4) / 1e4;
      const curve: LearningPoint[] = [];
      for (let step = 1; step <= points; step++) {
        if (seconds > 0) await sleep((seconds * 1000) / points);
        const loss = 0.3 + (1 - accuracy) * (1 + 2 * Math.exp((-4 * step) / points));
        curve.push({ step, loss, ...(step === points ? { accuracy } : {}) });
        onProgress({ step, steps: points, loss });
      }
      return { state: 'complete', values: { accuracy }, curve, seconds };
    },
  };
}
