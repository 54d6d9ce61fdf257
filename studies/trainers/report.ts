/** The page of the study of the trainers. */
import { evaluatorSchema } from '../../src/evaluation/evaluators/index.js';
import type { DataSpec } from '../../src/training/index.js';
import { type Comparison, type Pair, compareAll, compareNetwork, isWithin } from './compare.js';
import { recipe } from './plan.js';

export interface Row extends Pair {
  readonly name: string;
  readonly macs: number;
}

const points = (share: number) => (100 * share).toFixed(1);
const signed = (share: number) => `${share < 0 ? '-' : '+'}${(100 * Math.abs(share)).toFixed(2)}`;
const list = (values: readonly number[]) => values.map(points).join(', ');
const sum = (of: Comparison) => `${signed(of.difference)} ± ${(100 * of.standardError).toFixed(2)}`;

export function trainersReport(rows: readonly Row[], data: DataSpec, command: string): string {
  const all = compareAll(rows);
  const spec = evaluatorSchema.parse({ name: 'training', ...recipe });
  const { optimizer = '', learningRate } = spec as { optimizer?: string; learningRate?: number };
  const lines = rows.map((row) => {
    const { ours, torch, name, macs } = row;
    return `| ${name} | ${(macs / 1e6).toFixed(2)} | ${list(ours)} | ${list(torch)} | ${sum(compareNetwork(row))} |`;
  });
  return `# The two trainers: the same recipe, the same accuracy?

\`${command}\`

${rows.length} networks, ${rows[0]?.ours.length} seeds each, by \`evaluator: training\` and by \`evaluator: pytorch\` (\`python/mixnas_torch\`)
with one recipe: ${data.name} at 32x32, ${recipe.steps} steps of ${recipe.batchSize} images, ${optimizer}${learningRate === undefined ? '' : ` at ${learningRate}`}, all else by
default. Accuracy in percent on the same ${recipe.validation} validation images. Initial weights, order and augmentation differ
between the trainers, as between two seeds. After ± is the standard error, from the spread of the seeds of each network.

| network | MMACs | ours | PyTorch | ours less PyTorch, points |
| --- | ---: | --- | --- | ---: |
${lines.join('\n')}
| **mean** | | | | **${sum(all)}** |

| what must hold | found | |
| --- | --- | --- |
| mean accuracies differ by less than two standard errors | ${signed(all.difference)} points of ${(200 * all.standardError).toFixed(2)} allowed | ${isWithin(all) ? 'reached' : 'not reached'} |
`;
}
