/** What a run trains on and deploys at, in words: outputs that show both numbers name both. */
import { z } from 'zod';
import { type RunView, trainedResolution } from '../../runs/index.js';

const named = z.union([z.string(), z.looseObject({ name: z.string() }).transform(({ name }) => name)]);

/** The name of a part of a config, which is a name or has one; undefined where it is neither. */
export function namedText(part: unknown): string | undefined {
  return named.safeParse(part).data;
}

/** `priced at 224x224, 1000 classes`. */
export function deployText({ config }: Pick<RunView, 'config'>): string {
  const { resolution, classes } = config.deploy;
  return `priced at ${resolution}x${resolution}, ${classes} classes`;
}

/** `trained at 32x32 on cifar10`; what a run does not say is left out. */
export function trainingText(run: Pick<RunView, 'config' | 'space'>): string {
  const dataset = namedText(run.config['dataset']);
  const side = trainedResolution(run);
  const at = side === undefined ? '' : ` at ${side}x${side}`;
  return `trained${at}${dataset === undefined ? '' : ` on ${dataset}`}`;
}
