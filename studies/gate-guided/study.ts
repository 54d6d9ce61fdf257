/**
 * What mutations that follow gates gain over blind ones: networks of `cifar-small` with soft gates, drawn at
 * random, are scored by a supernet before and after one guided and one blind mutation of the mix or split of one
 * block.
 *
 *     npm run study:gate-guided [-- --supernet STEPS --pairs N --workers N]
 *
 * Continues where it was interrupted. Answers are kept in `studies/gate-guided/gate-guided.jsonl`, the supernet in `runs/`, the
 * report in `studies/gate-guided/gate-guided.md`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot, shortHash } from '../../src/base/index.js';
import { defaultWorkers } from '../../src/evaluation/cores.js';
import { type DataSpec, supernetRecipeSchema } from '../../src/training/index.js';
import { type GateTask, gatedSpace } from './plan.js';
import { bootstrap } from '../shared/statistics.js';
import { runTasks } from '../shared/tasks.js';

const { values } = parseArgs({
  options: {
    supernet: { type: 'string', default: '1500' },
    pairs: { type: 'string', default: '150' },
    workers: { type: 'string', default: String(defaultWorkers()) },
    data: { type: 'string', default: '{"name":"cifar10"}' },
    validation: { type: 'string', default: '5000' },
    out: { type: 'string', default: join(packageRoot(), 'studies/gate-guided') },
  },
});
interface Pair {
  readonly parent: number;
  readonly guided: number;
  readonly blind: number;
}
const pairs = Number(values.pairs);
const data = JSON.parse(values.data) as DataSpec;
const recipe = supernetRecipeSchema.parse({ steps: Number(values.supernet) });
const rest = { data, recipe, validation: Number(values.validation), calibration: 1024 };
const id = shortHash({ ...rest, space: gatedSpace().source });
const folder = join(packageRoot(), 'runs/study-gate-guided');
mkdirSync(folder, { recursive: true });
const task = (kind: GateTask['kind'], index: number): GateTask => ({
  key: `${kind} ${id} ${index}`,
  kind,
  index,
  ...rest,
  path: join(folder, `${id}.safetensors`),
});
const run = {
  module: new URL('./serve.js', import.meta.url),
  path: join(values.out, 'gate-guided.jsonl'),
};
await runTasks<GateTask, object>({ ...run, tasks: [task('supernet', 0)], workers: 1 });
const tasks = Array.from({ length: pairs }, (_, index) => task('pair', index));
const answers = await runTasks<GateTask, Pair>({ ...run, tasks, workers: Number(values.workers) });
const measured = tasks.map(({ key }) => answers.get(key) as Pair);

const points = (pick: (pair: Pair) => number) => {
  const numbers = measured.map(pick);
  const { value, low, high } = bootstrap(
    numbers.length,
    (chosen) => (100 * chosen.reduce((sum, i) => sum + (numbers[i] as number), 0)) / chosen.length,
  );
  return `${value.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
};
const better = measured.filter(({ guided, blind }) => guided > blind).length;
const worse = measured.filter(({ guided, blind }) => guided < blind).length;
const report = `# What mutations that follow gates gain over blind ones

\`npm run study:gate-guided -- --supernet ${recipe.steps} --pairs ${pairs}\`

Space \`cifar-small\` with soft gates over mixes of up to three kernels, data ${data.name}. A supernet of ${recipe.steps} steps scores
${pairs} random networks on ${rest.validation} validation images, and each again after one mutation that follows its gates and after
a blind one of the same genes (the mix or the split of one block). In points of accuracy; in brackets the middle 95 % of
10,000 bootstrap resamples.

| | points |
| --- | --- |
| guided mutation against its parent | ${points(({ parent, guided }) => guided - parent)} |
| blind mutation against its parent | ${points(({ parent, blind }) => blind - parent)} |
| guided against blind, in pairs | ${points(({ guided, blind }) => guided - blind)} |

The guided child was better ${better} times, the blind one ${worse} times.
`;
writeFileSync(join(values.out, 'gate-guided.md'), report);
console.log(report);
