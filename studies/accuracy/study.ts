/**
 * What an hour of search and training on two cores reaches on CIFAR-10, under a limit on the latency on a
 * Mali-G76, next to MobileNetV2 and ShuffleNetV2 that are scaled to the same predicted latency and trained the
 * same way.
 *
 *     npm run study:accuracy [-- --minutes 60 --search 10 --limit 5.75 --threads 2]
 *
 * `--minutes` is for search and training of the network that is found, on `--threads` cores; the others come on
 * top, one on each core. Continues where it was interrupted. Answers are kept in `studies/accuracy/accuracy.jsonl`, the
 * search and checkpoints in `runs/study-accuracy/`, the report in `studies/accuracy/accuracy.md`. `--steps` sets the
 * steps of training, instead of what the time allows.
 */
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseConfig, resume, search } from '../../src/app/index.js';
import { loadSpace } from '../../src/app/config/spaces.js';
import { InternalError, packageRoot, shortHash } from '../../src/base/index.js';
import type { Architecture } from '../../src/models/index.js';
import { readRun } from '../../src/runs/index.js';
import type { DataSpec } from '../../src/training/index.js';
import {
  type AccuracyTask,
  type Trained,
  baseline,
  deploy,
  device,
  latencyMs,
  mostMacs,
  recipeOf,
  taskOf,
  trainedMacs,
} from './plan.js';
import { type Row, accuracyReport } from './report.js';
import { readAnswers, runTasks } from '../shared/tasks.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    search: { type: 'string', default: '10' },
    limit: { type: 'string', default: '5.75' },
    threads: { type: 'string', default: '2' },
    steps: { type: 'string' },
    data: { type: 'string', default: '{"name":"cifar10"}' },
    out: { type: 'string', default: join(packageRoot(), 'studies/accuracy') },
  },
});
const [minutes, searchMinutes, limitMs] = [values.minutes, values.search, values.limit].map(Number) as [
  number,
  number,
  number,
];
const threads = Number(values.threads);
const data = JSON.parse(values.data) as DataSpec;
const folder = join(packageRoot(), 'runs/study-accuracy');
mkdirSync(folder, { recursive: true });
mkdirSync(values.out, { recursive: true });
const path = join(values.out, 'accuracy.jsonl');
const module = new URL('./serve.js', import.meta.url);
const space = loadSpace('cifar-mobile');

interface Found {
  readonly architecture: Architecture;
  /** Validation accuracy after the short training of the search. */
  readonly accuracy: number;
  readonly trials: number;
  readonly seconds: number;
}

/** The best of the networks that keep within the limits; searched for where no earlier session has. */
async function find(): Promise<Found> {
  const config = {
    space: 'cifar-mobile',
    dataset: data,
    deploy,
    profiles: [device],
    // Members with 12 million MACs at 32x32 have 42 to 50 million at 224x224; those above are left out at the end.
    limits: { latencyMs: { [device]: limitMs }, macs: 43e6 },
    objectives: ['accuracy'],
    sampler: 'auto',
    evaluator: { name: 'training' as const, steps: 300, validation: 2000 },
    fidelity: { rungs: [75, 150] },
    budget: { trials: 400, seconds: searchMinutes * 60 },
    warmStart: { cheap: { score: 'macs * depth', candidates: 500, first: 10 } },
    constraints: [],
    workers: 2,
    seed: 1,
  };
  const name = `search-${shortHash(config)}`;
  const key = `search ${shortHash(config)}`;
  const answered = readAnswers<Found>(path).get(key);
  if (answered) return answered;
  const started = performance.now();
  const run = join(folder, name);
  if (existsSync(run)) await resume(name, { root: folder });
  else await search(parseConfig(config, { overrides: { name } }), { root: folder });
  const { trials } = readRun(run);
  // Those that were trained longest first: a stopped one is what its last rung says.
  const fitting = trials
    .flatMap(({ genome, state, rungs, values: metrics }) => {
      const last = state === 'complete' ? { step: config.evaluator.steps, values: metrics } : rungs.at(-1);
      if (!last) return [];
      return [
        { architecture: space.decode(genome), step: last.step, accuracy: last.values['accuracy'] as number },
      ];
    })
    .filter(({ architecture }) => trainedMacs(architecture) <= mostMacs)
    .toSorted((a, b) => b.step - a.step || b.accuracy - a.accuracy);
  const best = fitting[0];
  if (!best) throw new InternalError('the search found no network within the limits');
  const found = {
    ...best,
    trials: trials.length,
    seconds: Math.round((performance.now() - started) / 1000),
  };
  appendFileSync(path, `${JSON.stringify({ key, ...found })}\n`);
  return found;
}

const found = await find();
const rest = { data, folder };

async function stepsFor(seconds: number): Promise<number> {
  if (values.steps !== undefined) return Number(values.steps);
  const task = taskOf('speed', found.architecture, { ...rest, threads, recipe: recipeOf(1000) });
  const answers = await runTasks<AccuracyTask, { imagesPerSecond: number }>({
    module,
    tasks: [task],
    path,
    workers: 1,
    threads,
  });
  const { imagesPerSecond } = answers.get(task.key) as { imagesPerSecond: number };
  // Loading and checkpoints take their share.
  return Math.max(1, Math.floor((0.95 * seconds * imagesPerSecond) / recipeOf(1).batchSize));
}

const recipe = recipeOf(await stepsFor(minutes * 60 - found.seconds));
const latency = latencyMs(found.architecture);
const networks = [
  { name: 'found', architecture: found.architecture },
  ...(['mobilenet-v2', 'shufflenet-v2-1.0'] as const).map((name) => {
    const { width, architecture } = baseline(name, latency);
    return { name: `${name}, widths times ${width}`, architecture };
  }),
];
const tasks = networks.map(({ architecture }, i) =>
  taskOf('train', architecture, { ...rest, threads: i === 0 ? threads : 1, recipe }),
);
const shared = { module, path };
await runTasks<AccuracyTask, Trained>({ ...shared, tasks: tasks.slice(0, 1), workers: 1, threads });
const answers = await runTasks<AccuracyTask, Trained>({ ...shared, tasks, workers: threads });
const rows = networks.map(
  (network, i): Row => ({ ...network, trained: answers.get((tasks[i] as AccuracyTask).key) as Trained }),
);
const report = accuracyReport(rows, {
  command: `npm run study:accuracy -- --minutes ${minutes} --search ${searchMinutes} --limit ${limitMs} --threads ${threads}`,
  limitMs,
  recipe,
  data: data.name,
  searched: found,
  threads,
});
writeFileSync(join(values.out, 'accuracy.md'), report);
console.log(report);
