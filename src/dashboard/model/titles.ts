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

/** Evaluators that train nothing, in runs that do not say where their accuracy comes from. */
const untrained: Readonly<Record<string, string>> = {
  synthetic: 'made up by a formula: nothing was trained',
  proxy: 'a rank among random networks by zero-cost scores: nothing was trained',
};

/** Evaluators that train on the run's data set. */
const trainers: ReadonlySet<string> = new Set(['training', 'pytorch', 'supernet']);

/** Where the accuracy of a run comes from, in the same words everywhere. */
export function accuracyText(view: Pick<RunView, 'config' | 'space' | 'manifest'>): string {
  const { accuracySource } = view.manifest;
  const evaluator = namedText(view.config['evaluator']) ?? 'training';
  const source = untrained[evaluator] ?? accuracySource;
  if (trainers.has(evaluator) || source === undefined) {
    return `accuracy on held-out validation images, ${trainingText(view)}`;
  }
  return `accuracy ${source}`;
}

/** `trained at 32x32 on cifar10`; what a run does not say is left out. */
export function trainingText(run: Pick<RunView, 'config' | 'space'>): string {
  const dataset = namedText(run.config['dataset']);
  const side = trainedResolution(run);
  const at = side === undefined ? '' : ` at ${side}x${side}`;
  return `trained${at}${dataset === undefined ? '' : ` on ${dataset}`}`;
}
