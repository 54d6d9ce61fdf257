/**
 * Does a supernet rank networks as training each alone does? 24 networks of `cifar-small` drawn by seed 1 and 16
 * drawn by seed 2 from a narrow band of MACs are trained alone with one recipe and measured on CIFAR-10's test
 * images; their order is compared with that of their supernet scores, and of every score that trains nothing.
 *
 *     npm run study:ranking [-- --seeds 3 --alone STEPS --supernet STEPS --sampling sandwich|fair --workers N]
 *
 * The truth is the mean of `--seeds` trainings; the page says how many each network has, and what a perfect score could
 * reach with them. `--page` makes the page of the answers that are there, and trains nothing;
 * `--zero-cost` takes the scores that train nothing, and makes it.
 *
 * Continues where it was interrupted. Answers are kept in `studies/ranking/ranking.jsonl`, the supernet in `runs/`, the
 * report in `studies/ranking/ranking.md`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../../src/base/index.js';
import { defaultWorkers } from '../../src/evaluation/cores.js';
import { type RankingTask, entries, keys, planOf, space } from './plan.js';
import { type Measured, rankingReport } from './report.js';
import { readAnswers, runTasks } from '../shared/tasks.js';
import type { ProxyScores } from '../../src/training/index.js';

const { values } = parseArgs({
  options: {
    alone: { type: 'string', default: '1800' },
    supernet: { type: 'string', default: '5000' },
    seeds: { type: 'string', default: '1' },
    page: { type: 'boolean', default: false },
    'zero-cost': { type: 'boolean', default: false },
    sampling: { type: 'string', default: 'sandwich' },
    workers: { type: 'string', default: String(defaultWorkers()) },
    out: { type: 'string', default: join(packageRoot(), 'studies/ranking') },
  },
});
const plan = planOf({
  alone: Number(values.alone),
  supernet: Number(values.supernet),
  sampling: values.sampling as 'sandwich' | 'fair',
});
const folder = join(packageRoot(), 'runs/study-ranking');
mkdirSync(folder, { recursive: true });
const supernetPath = join(folder, `${keys.supernet(plan).replace(' ', '-')}.safetensors`);
const answersPath = join(values.out, 'ranking.jsonl');
const module = new URL('./serve.js', import.meta.url);
const all = entries();

type Answer = ProxyScores & {
  readonly accuracy?: number;
  readonly scores?: readonly number[];
  seconds: number;
};
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
const alone = seeds.flatMap((seed) =>
  all.map((entry) => ({ key: keys.alone(plan, entry, seed), entry, seed })),
);
const scoring: RankingTask = { key: keys.scores(plan), kind: 'scores', path: supernetPath, plan };
const before = readAnswers<Answer>(answersPath);
// Its weights are in `runs/`, which a clone lacks; its scores are enough.
const supernet: RankingTask[] = before.has(scoring.key)
  ? []
  : [{ key: keys.supernet(plan), kind: 'supernet', path: supernetPath, plan }];
const first: RankingTask[] = [
  ...supernet,
  ...all.flatMap((entry): RankingTask[] => [
    { key: keys.proxies(entry), kind: 'proxies', genome: entry.genome, plan },
    { key: keys.later(entry), kind: 'later', genome: entry.genome, plan },
  ]),
  ...alone.map(
    ({ key, entry, seed }): RankingTask => ({ key, kind: 'alone', genome: entry.genome, seed, plan }),
  ),
];
const common = { module, path: answersPath };
if (values['zero-cost']) {
  const tasks = first.filter(({ kind }) => kind === 'proxies' || kind === 'later');
  await runTasks<RankingTask, Answer>({ ...common, tasks, workers: Number(values.workers) });
} else if (!values.page) {
  await runTasks<RankingTask, Answer>({ ...common, tasks: first, workers: Number(values.workers) });
  await runTasks<RankingTask, Answer>({ ...common, tasks: [scoring], workers: 1 });
}
const answers = readAnswers<Answer>(answersPath);

const scores = answers.get(keys.scores(plan))?.scores ?? [];
const measured = all.map(
  (entry, i): Measured => ({
    set: entry.set,
    accuracies: seeds.flatMap((seed) => answers.get(keys.alone(plan, entry, seed))?.accuracy ?? []),
    supernet: scores[i] as number,
    proxies: { ...answers.get(keys.proxies(entry)), ...answers.get(keys.later(entry)) },
    loneStride: loneStride(entry.genome),
  }),
);
const seconds = {
  supernet: answers.get(keys.supernet(plan))?.seconds ?? 0,
  alone: alone.reduce((sum, { key }) => sum + (answers.get(key)?.seconds ?? 0), 0),
};
const command = `npm run study:ranking -- --seeds ${values.seeds} --alone ${values.alone} --supernet ${values.supernet} --sampling ${values.sampling}`;
const report = rankingReport(measured, { plan, seconds, command });
writeFileSync(join(values.out, 'ranking.md'), report);
console.log(report);

/** The largest stride of a block whose only depthwise kernel is 1x1: what the networks furthest off have in common. */
function loneStride(genome: readonly number[]): number | undefined {
  const strides = space
    .decode(genome)
    .blocks.flatMap((block) =>
      block.op === 'inverted-residual' && block.kernels.join() === '1' ? [block.stride] : [],
    );
  return strides.length > 0 ? Math.max(...strides) : undefined;
}
