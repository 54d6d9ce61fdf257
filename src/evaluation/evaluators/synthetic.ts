/**
 * The evaluator of dry runs. Nothing is trained: the accuracy is a smooth function of the architecture
 * with a little noise from the seed, shaped like what training gives (more MACs, several kernel sizes and
 * squeeze-and-excitation help, ever less). It says nothing about real networks.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { createRandom } from '../../base/index.js';
import {
  type Architecture,
  type BlockDescription,
  countCost,
  describeBlock,
  lower,
} from '../../models/index.js';
import type { Evaluator, CurvePoint } from '../evaluator.js';
import { defineEvaluator } from './entry.js';

const schema = z
  .strictObject({
    name: z.literal('synthetic').describe('A dry run with made-up accuracies.'),
    seconds: z.number().min(0).max(3600).default(0).describe('How long each trial pretends to take.'),
    steps: z.number().int().positive().default(5).describe('In how many steps it pretends to train.'),
  })
  .describe('A dry run: a made-up accuracy, for trying out a space, limits and the dashboard in seconds.');

type SyntheticSpec = z.output<typeof schema>;

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
    async evaluate({ architecture, seed, part }, onProgress, signal) {
      const { from = 0, until = steps } = part ?? {};
      const noise = createRandom(seed).normal() * 0.004;
      const capacity = capacityOf(architecture);
      const accuracyAt = (step: number) => Math.round((learntAt(step / steps, capacity) + noise) * 1e4) / 1e4;
      const curve: CurvePoint[] = [];
      const every = Math.max(1, Math.ceil(steps / 5));
      // From point to point of the curve: there may be more steps than anybody can count.
      for (let step = from; step < until; ) {
        const next = Math.min(until, (Math.floor(step / every) + 1) * every);
        if (seconds > 0) await sleep((seconds * 1000 * (next - step)) / steps, undefined, { signal });
        step = next;
        const loss = 0.3 + 3 * (1 - accuracyAt(step));
        curve.push({ step, loss, ...(step === until ? { accuracy: accuracyAt(step) } : {}) });
        onProgress({ step, steps, loss });
      }
      const spent = (seconds * (until - from)) / steps;
      return { state: 'complete', values: { accuracy: accuracyAt(until) }, curve, seconds: spent };
    },
  };
}

export const syntheticEntry = defineEvaluator({
  schema,
  create: createSyntheticEvaluator,
  needsData: false,
  needsBackend: false,
  inParts: true,
  comparable: true,
  trains: false,
  describe: () => 'made up by a formula: nothing was trained',
});
