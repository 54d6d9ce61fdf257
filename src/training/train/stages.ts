/** The stages of a training at different resolutions. */
import { InternalError, MixnasError } from '../../base/index.js';
import type { Trainer } from '../network/contract.js';
import { createTrainer } from '../network/network.js';
import type { TrainOptions } from './options.js';
import { type Recipe, gateFeaturesOf, optimizerOf } from './recipe.js';

/** Steps `from` to `until` (not among them) at one resolution. */
export interface Stage {
  readonly resolution: number;
  readonly from: number;
  readonly until: number;
}

/**
 * The stages of a recipe, the last at the full resolution.
 * @throws MixnasError `bad-config` when they are not in order, or larger than the images.
 */
export function stagesOf({ progressive, steps }: Recipe, resolution: number): readonly Stage[] {
  const stages: Stage[] = [];
  let from = 0;
  progressive.forEach((stage, i) => {
    const until = Math.round(stage.until * steps);
    // Shares, not steps: in a short training two stages may round to the same step.
    const late = stage.until <= (progressive[i - 1]?.until ?? 0);
    if (stage.resolution > resolution || late) {
      const why = late
        ? 'does not end after the one before it'
        : `is larger than the images, which are ${resolution} x ${resolution}`;
      throw new MixnasError('bad-config', `recipe, progressive[${i}]: the stage ${why}.`, {
        remedy: 'Give stages with rising `until` and a resolution of at most that of the data.',
      });
    }
    if (until > from) stages.push({ resolution: stage.resolution, from, until });
    from = until;
  });
  return from < steps ? [...stages, { resolution, from, until: steps }] : stages;
}

/** The trainer of the present stage. */
export interface Stages {
  /** Moves on to a resolution: the variables go over to a trainer of its graph. */
  enter(resolution: number): Trainer;
  dispose(): void;
}

/** No trainer at first: `enter` makes it. */
export function createStages({ graph, graphAt, recipe, runtime, seed, from, weights }: TrainOptions): Stages {
  const [optimizer, gates] = [optimizerOf(recipe), gateFeaturesOf(recipe)];
  let trainer: Trainer | undefined;
  return {
    enter(resolution) {
      if (trainer?.graph.resolution === resolution) return trainer;
      const [known, slots] = trainer
        ? [trainer.weights(), trainer.slots()]
        : [from?.weights ?? weights, from?.slots];
      trainer?.dispose();
      const own = resolution === graph.resolution ? graph : graphAt?.(resolution);
      if (!own) throw new InternalError('stages of smaller images need `graphAt`');
      trainer = createTrainer(own, runtime, { weights: known, seed, optimizer, slots, gates });
      return trainer;
    },
    dispose: () => trainer?.dispose(),
  };
}
