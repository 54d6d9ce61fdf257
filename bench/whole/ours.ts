/** Our own searches, as a user starts them: `mixnas search --time`, resumed where they were killed. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/index.js';
import { readRun, secondsOf } from '../../src/runs/index.js';
import { type Contestant, type Found, type Whole, limits } from './plan.js';

const options: Readonly<Partial<Record<Contestant, readonly string[]>>> = {
  auto: [],
  supernet: ['--evaluator', 'supernet'],
  random: ['--sampler', 'random'],
};

/** What is read of a run's evaluator. */
interface Training {
  readonly name: string;
  readonly steps?: number;
  readonly batchSize?: number;
}

/** Whether a contestant is ours. */
export const isOurs = (contestant: Contestant): boolean => options[contestant] !== undefined;

/** Searches in `folder`, or continues there. */
export function searchOurs(contestant: Contestant, seed: number, whole: Whole, folder: string): Found {
  const name = `${contestant}-${seed}`;
  const run = join(folder, 'runs', name);
  const devices = Object.entries(limits).flatMap(([profile, limit]) => [
    `--profile=${profile}`,
    `--max-latency=${profile}=${limit}`,
  ]);
  const begin = [
    'search',
    `--space=${whole.spaceName}`,
    `--dataset=${whole.data.name}`,
    `--time=${whole.minutes}min`,
    `--seed=${seed}`,
    `--name=${name}`,
    ...devices,
    ...(options[contestant] ?? []),
  ];
  const command = existsSync(run) ? ['resume', name] : begin;
  const { ended } = existsSync(run) ? readRun(run) : { ended: undefined };
  if (ended === undefined || ended.reason === 'interrupted') {
    const done = spawnSync(
      process.execPath,
      [join(packageRoot(), 'bin/mixnas.mjs'), ...command, '--no-tui'],
      { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    if (done.status !== 0) throw new Error(`mixnas ${command.join(' ')} ended with code ${done.status}`);
  }
  return foundIn(run);
}

/** What a finished run has evaluated. */
function foundIn(run: string): Found {
  const view = readRun(run);
  const { trials, config } = view;
  const { steps = 0, batchSize = 0, name } = config.evaluator as Training;
  const candidates = trials.flatMap(({ genome, state, values }) =>
    state === 'complete' ? [{ genome: [...genome], accuracy: values['accuracy'] as number }] : [],
  );
  const stepsOf = ({ state, rungs }: (typeof trials)[number]) =>
    state === 'complete' ? steps : (rungs.at(-1)?.step ?? 0);
  const trained = trials.filter((trial) => stepsOf(trial) > 0);
  return {
    candidates,
    trained: trained.length,
    // A supernet's steps are those of one training, not of each trial.
    images: name === 'training' ? batchSize * trained.reduce((sum, trial) => sum + stepsOf(trial), 0) : 0,
    seconds: secondsOf(view),
  };
}

/** Steps that our run trains a network for, which peers then do too. */
export function stepsOfRun(folder: string, name: string): number {
  const { steps } = readRun(join(folder, 'runs', name)).config.evaluator as Training;
  if (steps === undefined) throw new Error(`${name} trains no networks`);
  return steps;
}
