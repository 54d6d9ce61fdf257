/** Optuna with the PyTorch trainer: a process a core, which share a study; killed ones continue. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { packageRoot } from '../../src/base/index.js';
import {
  decodedFolderOf,
  loadDataSet,
  recipeSchema,
  splitTrainValidation,
} from '../../src/training/index.js';
import type { Contestant, Found, Whole } from './plan.js';

export interface PeerOptions {
  readonly python: string;
  readonly folder: string;
  readonly workers: number;
  /** Steps a network, those of our own run. */
  readonly steps: number;
  readonly batchSize: number;
}

interface Line {
  readonly worker: number;
  readonly genes: readonly number[];
  readonly fits: boolean;
  readonly accuracy: number;
  readonly seconds: number;
  readonly thinking: number;
}

export async function searchPeer(
  contestant: Contestant,
  seed: number,
  whole: Whole,
  { python, folder, workers, steps, batchSize }: PeerOptions,
): Promise<Found> {
  const dataset = await loadDataSet(whole.data);
  const decoded = await decodedFolderOf(whole.data, dataset);
  const count = Math.min(2000, Math.floor(dataset.train.count / 10));
  const { validation } = splitTrainValidation(dataset.train, { validation: count, seed });
  const answers = join(folder, `${contestant}-${seed}.jsonl`);
  const { mean, std } = dataset;
  const { resolution, classes } = whole.at;
  const common = {
    sampler: contestant === 'optuna-gp' ? 'gp' : 'tpe',
    seed,
    journal: join(folder, `${contestant}-${seed}.journal`),
    answers,
    seconds: 60 * whole.minutes,
    space: [
      process.execPath,
      '--import',
      'tsx',
      join(packageRoot(), 'bench/whole/serve.ts'),
      whole.spaceName,
      String(resolution),
      String(classes),
    ],
    setup: {
      recipe: recipeSchema.parse({ steps, batchSize }),
      device: 'cpu',
      threads: 1,
      data: { decoded, mean, std },
      validation: [...validation],
    },
  };
  const run = (worker: number) =>
    new Promise<void>((done, fail) => {
      const child = spawn(python, [join(packageRoot(), 'bench/peers/whole.py')], {
        cwd: packageRoot(),
        env: {
          ...process.env,
          OMP_NUM_THREADS: '1',
          PYTHONPATH: [join(packageRoot(), 'python'), process.env['PYTHONPATH']]
            .filter(Boolean)
            .join(delimiter),
        },
        stdio: ['pipe', 'ignore', 'inherit'],
      });
      child.once('error', fail);
      child.once('close', (code) =>
        code === 0 ? done() : fail(new Error(`worker ${worker} of ${contestant} ended with code ${code}`)),
      );
      child.stdin.end(`${JSON.stringify({ ...common, worker })}\n`);
    });
  await Promise.all(Array.from({ length: workers }, (_, worker) => run(worker)));
  return foundIn(answers, steps * batchSize);
}

/** What the answers say; a torn last line is left out. */
function foundIn(path: string, images: number): Found {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const lines = text
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as Line);
  const trained = lines.filter(({ fits }) => fits);
  const seconds = new Map<number, number>();
  for (const line of lines) seconds.set(line.worker, (seconds.get(line.worker) ?? 0) + line.seconds);
  return {
    candidates: trained.map(({ genes, accuracy }) => ({ genome: genes, accuracy })),
    trained: trained.length,
    images: trained.length * images,
    seconds: Math.max(0, ...seconds.values()),
  };
}
