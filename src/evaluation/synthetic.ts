/**
 * The evaluator of dry runs. Nothing is trained: the accuracy is a smooth function of the architecture
 * with a little noise from the seed, shaped like what training gives (more MACs, several kernel sizes and
 * squeeze-and-excitation help, ever less). It says nothing about real networks.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../base/index.js';
import {
  type Architecture,
  type BlockDescription,
  countCost,
  describeBlock,
  lower,
} from '../models/index.js';
import type { Evaluator, LearningPoint } from './evaluator.js';
import type { SyntheticSpec } from './spec.js';

/** The made-up accuracy of an architecture, without noise: from 0.3 to 0.95. */
function capacityOf(architecture: Architecture): number {
  const { macs } = countCost(lower(architecture));
  const perPixel = macs / architecture.resolution ** 2;
  const blocks = architecture.blocks.map(describeBlock);
  const share = (has: (block: BlockDescription) => boolean) => blocks.filter(has).length / blocks.length;
  const mixed = share((block) => new Set(block.kernels).size > 1);
  const squeezed = share((block) => (block.seRatio ?? 0) > 0);
  const size = Math.log2(1 + perPixel / 500) * (1 + 0.15 * mixed + 0.1 * squeezed);
  return 0.3 + 0.65 * (1 - Math.exp(-size / 3));
}

/** What a network has learnt after a share of its steps: most of it early, small networks sooner. */
function learntAt(share: number, capacity: number): number {
  const pace = 3 + 3 * (1 - capacity);
  return 0.1 + (capacity - 0.1) * ((1 - Math.exp(-pace * share)) / (1 - Math.exp(-pace)));
}

/** An evaluator that pretends; each trial takes `seconds`, a part of it as much less. */
export function createSyntheticEvaluator({ seconds, steps }: SyntheticSpec): Evaluator {
  return {
    backend: 'synthetic',
    async evaluate({ architecture, seed, part }, onProgress) {
      const { from = 0, until = steps } = part ?? {};
      const noise = createRandom(seed).normal() * 0.004;
      const capacity = capacityOf(architecture);
      const accuracyAt = (step: number) => Math.round((learntAt(step / steps, capacity) + noise) * 1e4) / 1e4;
      const curve: LearningPoint[] = [];
      const every = Math.max(1, Math.ceil(steps / 5));
      for (let step = from + 1; step <= until; step++) {
        if (seconds > 0) await sleep((seconds * 1000) / steps);
        if (step % every !== 0 && step !== until) continue;
        const loss = 0.3 + 3 * (1 - accuracyAt(step));
        curve.push({ step, loss, ...(step === until ? { accuracy: accuracyAt(step) } : {}) });
        onProgress({ step, steps, loss });
      }
      const spent = (seconds * (until - from)) / steps;
      return { state: 'complete', values: { accuracy: accuracyAt(until) }, curve, seconds: spent };
    },
  };
}
