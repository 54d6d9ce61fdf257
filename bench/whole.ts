/**
 * The whole job: what a search of an hour on two cores finds, ours and Optuna's with the PyTorch trainer, judged by the
 * hypervolume of the finalists trained alike.
 *
 *     npm run bench:whole -- --python venv/bin/python
 *     npm run bench:whole -- --minutes 2 --seeds 1 --dataset textures --final-steps 50 --out /tmp/whole
 *
 * It goes seed by seed, and continues where it was interrupted or killed: finished searches and finalists are kept in
 * `--out`, unfinished searches resume. Python needs what `python/README.md` says, and `pip install optuna scipy`.
 */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { resolve, join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot, shortHash } from '../src/base/index.js';
import { defaultWorkers } from '../src/evaluation/cores.js';
import { dataSpecSchema, loadDataSet } from '../src/training/index.js';
import { readAnswers, runTasks } from '../studies/shared/tasks.js';
import { isOurs, searchOurs, stepsOfRun } from './whole/ours.js';
import { searchPeer } from './whole/peer.js';
import {
  type Contestant,
  type Found,
  type Whole,
  contestants,
  finalistsOf,
  openSpace,
} from './whole/plan.js';
import { type Outcome, wholeReport } from './whole/report.js';
import type { FinalAnswer, FinalTask } from './whole/train.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    seeds: { type: 'string', default: '3' },
    contestants: { type: 'string', default: contestants.join(',') },
    dataset: { type: 'string', default: 'cifar10' },
    space: { type: 'string', default: 'cifar-small' },
    finalists: { type: 'string', default: '5' },
    'final-steps': { type: 'string', default: '3000' },
    python: { type: 'string', default: process.env['MIXNAS_PYTHON'] ?? 'python3' },
    workers: { type: 'string', default: String(defaultWorkers()) },
    out: { type: 'string', default: join(packageRoot(), 'runs/bench-whole') },
    /** The page; default: in `--out`. */
    page: { type: 'string' },
  },
});
const folder = resolve(values.out);
mkdirSync(folder, { recursive: true });
const data = dataSpecSchema.parse({ name: values.dataset });
const dataset = await loadDataSet(data);
const whole: Whole = {
  space: openSpace(values.space),
  spaceName: values.space,
  data,
  at: { resolution: dataset.train.width, classes: dataset.train.classes.length },
  minutes: Number(values.minutes),
};
const chosen = values.contestants.split(',').map((name): Contestant => {
  const found = contestants.find((one) => one === name);
  if (!found) throw new Error(`--contestants: ${name} is none of ${contestants.join(', ')}`);
  return found;
});
// Peers train as `auto` does, so it comes first.
const order = chosen.toSorted((a, b) => contestants.indexOf(a) - contestants.indexOf(b));
const finalSteps = Number(values['final-steps']);
const workers = Number(values.workers);
const path = join(folder, 'whole.jsonl');
const outcomes: Outcome[] = [];
let steps = 0;

for (let seed = 1; seed <= Number(values.seeds); seed++) {
  for (const contestant of order) {
    const found = await search(contestant, seed);
    const finalists = finalistsOf(found.candidates, whole.space, Number(values.finalists));
    const tasks = finalists.map(({ genome }): FinalTask => {
      const task = { spaceName: whole.spaceName, genome, data, at: whole.at, steps: finalSteps, seed };
      return { key: `final ${shortHash(task)}`, ...task };
    });
    const module = new URL('./whole/train.js', import.meta.url);
    const answers = await runTasks<FinalTask, FinalAnswer>({ module, tasks, path, workers });
    const judged = tasks.map(({ key, genome }) => ({
      genome,
      accuracy: (answers.get(key) as FinalAnswer).accuracy,
    }));
    outcomes.push({ contestant, seed, found, finalists: judged });
    const page = wholeReport(outcomes, whole, {
      command: `npm run bench:whole -- --minutes ${values.minutes} --seeds ${values.seeds} --dataset ${values.dataset}`,
      finalSteps,
      steps,
      proof: whole.minutes < 20,
    });
    writeFileSync(values.page ?? join(folder, 'whole.md'), page);
    console.log(page);
  }
}

/** Searches, or reads what a finished search gave. */
async function search(contestant: Contestant, seed: number): Promise<Found> {
  const { minutes, spaceName } = whole;
  const key = `search ${contestant} ${seed} ${shortHash({ minutes, spaceName, data })}`;
  const auto = `auto-${seed}`;
  const known = readAnswers<Found>(path).get(key);
  if (!isOurs(contestant)) steps ||= stepsOfRun(folder, auto);
  if (known) return known;
  console.error(`${contestant}, seed ${seed}: ${minutes} minutes`);
  const found = isOurs(contestant)
    ? searchOurs(contestant, seed, whole, folder)
    : await searchPeer(contestant, seed, whole, {
        python: values.python,
        folder,
        workers,
        steps,
        batchSize: 64,
      });
  appendFileSync(path, `${JSON.stringify({ key, ...found })}\n`);
  return found;
}
