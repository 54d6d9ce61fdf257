/** What a search on a supernet does before its trials and after them: training it, and fine-tuning the front. */
import { join } from 'node:path';
import { z } from 'zod';
import {
  type DataIdentity,
  formatPercent,
  ownPart,
  parseWith,
  readJsonFile,
  writeFileAtomic,
} from '../../../base/index.js';
import { evaluatorOf, trainSupernetInProcess } from '../../../evaluation/index.js';
import { type FrontMember, type RunWriter, spreadOver } from '../../../runs/index.js';
import type { SearchEvent } from '../events.js';
import { openExecutor } from '../executor.js';
import type { SearchParts } from '../parts.js';

/** How the phases are watched and stopped. */
interface PhaseHooks {
  readonly identity?: DataIdentity | undefined;
  readonly onEvent?: ((event: SearchEvent) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly redis?: string | undefined;
}

/** Where a run keeps its supernet, and what came of fine-tuning. */
const supernetFile = 'supernet.safetensors';
const tunedFile = 'tuned.json';

/** The file of a run's supernet, for the jobs of its trials; undefined where the evaluator has none. */
export function supernetPath({ config }: SearchParts, { folder }: RunWriter): string | undefined {
  return evaluatorOf(config.evaluator).supernet && join(folder, supernetFile);
}

/** Progress is written to the journal no more often than this. */
const reportEveryMs = 2000;

/**
 * Trains the run's supernet as far as that is not done.
 * @returns false when the signal ended it.
 */
export async function supernetPhase(
  parts: SearchParts,
  writer: RunWriter,
  { signal, identity }: PhaseHooks,
): Promise<boolean> {
  const { config, space } = parts;
  const path = supernetPath(parts, writer);
  const { supernet: evaluator } = evaluatorOf(config.evaluator);
  if (path === undefined || !evaluator) return true;
  let reportedAt = Number.NEGATIVE_INFINITY;
  return trainSupernetInProcess({
    evaluator,
    dataset: config.dataset,
    identity,
    splitSeed: config.seed,
    space: space.source,
    path,
    // Of the config, not of this session: the number of threads decides the order of sums.
    threads: config.workers,
    signal,
    onProgress({ step, steps, loss }) {
      if (step < steps && performance.now() - reportedAt < reportEveryMs) return;
      reportedAt = performance.now();
      const rounded = loss === undefined ? {} : { loss: Number(loss.toPrecision(4)) };
      writer.append({ type: 'phase', phase: 'supernet', step, steps, ...rounded });
    },
  });
}

const tunedSchema = z.array(
  z.strictObject({
    trial: z.number(),
    /** Accuracy with the supernet's weights, and after fine-tuning; on held-out validation images. */
    score: z.number(),
    accuracy: z.number(),
    seconds: z.number(),
  }),
);
type Tuned = z.output<typeof tunedSchema>[number];

function readTuned(path: string): Tuned[] {
  if (!ownPart(path, 'file', 'bad-run')) return [];
  return parseWith<Tuned[]>(tunedSchema, readJsonFile(path, 'bad-run', { own: true }), path, 'bad-run');
}

/**
 * Cuts networks of the front out of the supernet and trains them further; their weights take the place of the
 * shared ones in the run's folder, and `tuned.json` lists them. What an earlier session did is not done again.
 * @returns false when the signal ended it.
 */
export async function finetunePhase(
  parts: SearchParts,
  writer: RunWriter,
  front: readonly FrontMember[],
  hooks: PhaseHooks,
): Promise<boolean> {
  const { config } = parts;
  const { supernet: evaluator } = evaluatorOf(config.evaluator);
  const supernet = supernetPath(parts, writer);
  if (supernet === undefined || !evaluator || evaluator.finetune.networks === 0) return true;
  const path = join(writer.folder, tunedFile);
  const tuned = readTuned(path);
  const waiting = spreadOver(front, evaluator.finetune.networks).filter(
    ({ trial }) => !tuned.some((one) => one.trial === trial),
  );
  if (waiting.length === 0) return true;
  const steps = tuned.length + waiting.length;
  const { redis, identity, onEvent, signal } = hooks;
  const executor = await openExecutor(
    parts,
    { redis },
    { workers: Math.min(config.workers, waiting.length), identity, onEvent, signal },
  );
  const stop = () => void executor.close();
  hooks.signal?.addEventListener('abort', stop);
  const report = () => {
    const step = tuned.length;
    writer.append({ type: 'phase', phase: 'finetune', step, steps });
  };
  try {
    report();
    await Promise.all(
      waiting.map(async ({ trial, architecture, accuracy: score }) => {
        const outcome = await executor.run({
          trial,
          architecture,
          seed: `${config.seed}/finetune/${trial}`,
          weightsPath: writer.weightsPath(trial),
          supernet: { path: supernet, tune: true },
        });
        if (outcome.state !== 'complete') return;
        const accuracy = outcome.values['accuracy'] as number;
        tuned.push({ trial, score, accuracy, seconds: Math.round(outcome.seconds * 10) / 10 });
        tuned.sort((a, b) => a.trial - b.trial);
        writeFileAtomic(path, `${JSON.stringify(tuned, undefined, 1)}\n`);
        report();
        hooks.onEvent?.({
          type: 'notice',
          text: `trial ${trial} fine-tuned: ${formatPercent(accuracy, 2)}, ${formatPercent(score, 2)} with shared weights`,
        });
      }),
    );
    return hooks.signal?.aborted !== true;
  } finally {
    hooks.signal?.removeEventListener('abort', stop);
    await executor.close();
  }
}
