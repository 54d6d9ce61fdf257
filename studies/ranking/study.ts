/**
 * Does a supernet rank networks as training each alone does? 24 networks of `cifar-small` drawn by seed 1 and 16
 * drawn by seed 2 from a narrow band of MACs are trained alone with one recipe and measured on CIFAR-10's test
 * images; their order is compared with that of their supernet scores, and of every score that trains nothing.
 *
 *     npm run study:ranking [-- --alone STEPS --supernet STEPS --sampling sandwich|fair --workers N]
 *
 * Continues where it was interrupted. Answers are kept in `studies/ranking/ranking.jsonl`, the supernet in `runs/`, the
 * report in `studies/ranking/ranking.md`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../../src/base/index.js';
import { defaultWorkers } from '../../src/evaluation/cores.js';
import { type RankingTask, entries, keys, planOf } from './plan.js';
import { type Measured, rankingReport } from './report.js';
import { runTasks } from '../shared/tasks.js';
import type { ProxyScores } from '../../src/training/index.js';

const { values } = parseArgs({
  options: {
    alone: { type: 'string', default: '1800' },
    supernet: { type: 'string', default: '5000' },
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
const first: RankingTask[] = [
  { key: keys.supernet(plan), kind: 'supernet', path: supernetPath, plan },
  ...all.map(
    (entry): RankingTask => ({ key: keys.alone(plan, entry), kind: 'alone', genome: entry.genome, plan }),
  ),
  ...all.map(
    (entry): RankingTask => ({ key: keys.proxies(entry), kind: 'proxies', genome: entry.genome, plan }),
  ),
];
await runTasks<RankingTask, Answer>({
  module,
  tasks: first,
  path: answersPath,
  workers: Number(values.workers),
});
const answers = await runTasks<RankingTask, Answer>({
  module,
  tasks: [{ key: keys.scores(plan), kind: 'scores', path: supernetPath, plan }],
  path: answersPath,
  workers: 1,
});

const scores = answers.get(keys.scores(plan))?.scores ?? [];
const measured = all.map(
  (entry, i): Measured => ({
    set: entry.set,
    accuracy: answers.get(keys.alone(plan, entry))?.accuracy as number,
    supernet: scores[i] as number,
    proxies: answers.get(keys.proxies(entry)) as ProxyScores,
  }),
);
const seconds = {
  supernet: answers.get(keys.supernet(plan))?.seconds ?? 0,
  alone: all.reduce((sum, entry) => sum + (answers.get(keys.alone(plan, entry))?.seconds ?? 0), 0),
};
const command = `npm run study:ranking -- --alone ${values.alone} --supernet ${values.supernet} --sampling ${values.sampling}`;
const report = rankingReport(measured, { plan, seconds, command });
writeFileSync(join(values.out, 'ranking.md'), report);
console.log(report);
