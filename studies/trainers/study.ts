/**
 * Whether our trainer and that in PyTorch reach the same accuracy by the same recipe: eight networks of all kinds of
 * blocks, three seeds each.
 *
 *     MIXNAS_PYTHON=... npm run study:trainers [-- --seeds 3 --data '{"name":"cifar10"}' --out studies/trainers]
 *
 * Continues where it was interrupted. Answers are kept in `trainers.jsonl` of `--out`, the page in `trainers.md`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../../src/base/index.js';
import { cost, lower, parseArchitecture } from '../../src/models/index.js';
import { type DataSpec, dataSpecSchema } from '../../src/training/index.js';
import { runTasks } from '../shared/tasks.js';
import { type Trained, type TrainerName, keyOf, networks, tasksOf } from './plan.js';
import { trainersReport } from './report.js';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '3' },
    data: { type: 'string', default: '{"name":"cifar10"}' },
    out: { type: 'string', default: join(packageRoot(), 'studies/trainers') },
  },
});
const seeds = Number(values.seeds);
const data = dataSpecSchema.parse(JSON.parse(values.data)) as DataSpec;
const answers = await runTasks<ReturnType<typeof tasksOf>[number], Trained>({
  module: new URL('./serve.js', import.meta.url),
  tasks: tasksOf(data, seeds),
  path: join(values.out, 'trainers.jsonl'),
  workers: 1,
});
const rows = networks.map((input) => {
  const accuracies = (trainer: TrainerName) =>
    Array.from(
      { length: seeds },
      (_, i) => (answers.get(keyOf(data, trainer, input, i + 1)) as Trained).accuracy,
    );
  return {
    name: input.name ?? '',
    macs: cost(lower(parseArchitecture(input))).macs,
    ours: accuracies('training'),
    torch: accuracies('pytorch'),
  };
});
const page = trainersReport(rows, data, `npm run study:trainers -- --seeds ${seeds} --data '${values.data}'`);
writeFileSync(join(values.out, 'trainers.md'), page);
console.log(page);
