/** The accuracy study as a page. */
import { type Architecture, countCost, lower } from '../../src/models/index.js';
import type { Recipe } from '../../src/training/index.js';
import { type Trained, deploy, device, graphOf, latencyMs, mostMacs } from './plan.js';

export interface Row {
  readonly name: string;
  readonly architecture: Architecture;
  readonly trained: Trained;
}

interface Context {
  readonly command: string;
  readonly limitMs: number;
  readonly recipe: Recipe;
  readonly data: string;
  readonly searched: { readonly seconds: number; readonly trials: number; readonly accuracy: number };
  readonly threads: number;
}

const percent = (value: number) => `${(100 * value).toFixed(2)} %`;
const minutes = (seconds: number) => (seconds / 60).toFixed(1);

/** @param rows what was found first, then what it is compared with. */
export function accuracyReport(rows: readonly Row[], context: Context): string {
  const { command, limitMs, recipe, data, searched, threads } = context;
  const [found, ...others] = rows as [Row, ...Row[]];
  const foundMacs = countCost(graphOf(found.architecture)).macs;
  const verdict = (holds: boolean) => (holds ? 'reached' : '**not reached**');
  const spent = searched.seconds + found.trained.seconds;
  return `# Accuracy in an hour, under a limit on a phone

\`${command}\`

- Space \`cifar-mobile\`; data ${data}. Latency is predicted for ${device} at ${deploy.resolution}x${deploy.resolution} with ${deploy.classes} classes, limit
  ${limitMs} ms. All networks are trained at 32x32, without the first two strides, as \`scaleTo\` removes them from every network.
- Search: ${searched.trials} trials in ${minutes(searched.seconds)} minutes on two workers; the best had ${percent(searched.accuracy)} on validation images after its
  short training. Training: ${recipe.steps} steps of ${recipe.batchSize} images, the found network with ${threads} threads, the others at a time on a core each.
- The others are as wide as the found network's latency lets them be, and trained with the same recipe, steps and seed.
  Their time is not in the hour.

| network | ${device}, ms | MMACs at 32x32 | MMACs at 224x224 | thousand parameters | test accuracy | minutes |
| --- | --- | --- | --- | --- | --- | --- |
${rows
  .map(({ name, architecture, trained }) => {
    const { macs, params } = countCost(graphOf(architecture));
    const whole = countCost(lower(architecture, deploy)).macs;
    return `| ${name} | ${latencyMs(architecture).toFixed(2)} | ${(macs / 1e6).toFixed(2)} | ${(whole / 1e6).toFixed(1)} | ${(params / 1e3).toFixed(0)} | ${percent(trained.accuracy)} | ${minutes(trained.seconds)} |`;
  })
  .join('\n')}

| what must hold | found | |
| --- | --- | --- |
| at most ${mostMacs / 1e6} MMACs at 32x32 | ${(foundMacs / 1e6).toFixed(2)} | ${verdict(foundMacs <= mostMacs)} |
| at least 88 % test accuracy (${found.trained.count} images) | ${percent(found.trained.accuracy)} | ${verdict(found.trained.accuracy >= 0.88)} |
| search and training in 60 minutes | ${minutes(spent)} | ${verdict(spent <= 3600)} |
${others
  .map(({ name, trained }) => {
    const ahead = found.trained.accuracy - trained.accuracy;
    return `| ahead of ${name} | ${(100 * ahead).toFixed(2)} points | ${verdict(ahead > 0)} |`;
  })
  .join('\n')}

The recipe: \`${JSON.stringify(recipe)}\`

The found network: \`${JSON.stringify(found.architecture)}\`
`;
}
