/** A run in short, without its trials: what a list of runs shows, and what compares two. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { MixnasError, messageOf, parseWith, readTextFile } from '../base/index.js';
import { BudgetReader } from './budget.js';
import { type RunContents, readContents } from './contents.js';
import { liveWriter } from './lock.js';

const frontSchema = z.looseObject({
  trials: z.number(),
  front: z.array(
    z.looseObject({
      trial: z.number(),
      accuracy: z.number(),
      latencyMs: z.record(z.string(), z.number()),
    }),
  ),
  hypervolume: z.number(),
  seconds: z.number(),
});

/** `front.json`, as far as a summary needs it. */
export type FrontSummary = z.output<typeof frontSchema>;

export interface RunSummary extends RunContents {
  readonly folder: string;
  /** Whether a process is writing the run, as far as it can be seen from here. */
  readonly live: boolean;
  /** Undefined before the first trial is complete. */
  readonly front: FrontSummary | undefined;
  /** How many trials it asks for now. */
  readonly trials: number;
  /** When it was last written, in ms since 1970. */
  readonly changedAt: number;
}

/** When a run's journal was last written, in ms since 1970; 0 where there is none. */
export function lastChange(folder: string): number {
  return statSync(join(folder, 'journal.jsonl'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/**
 * Reads a run's files, and of its journal how many trials it asks for.
 * @param budget one that is kept from one look to the next reads only what is new.
 * @throws MixnasError `bad-run` when one is broken, or was written by a newer mixnas.
 */
export function readRunSummary(folder: string, budget = new BudgetReader(folder)): RunSummary {
  const contents = readContents(folder);
  return {
    ...contents,
    folder,
    trials: budget.read() ?? contents.config.budget.trials,
    live: liveWriter(folder) !== undefined,
    front: readFront(join(folder, 'front.json')),
    changedAt: lastChange(folder),
  };
}

function readFront(path: string): FrontSummary | undefined {
  if (!existsSync(path)) return undefined;
  let data: unknown;
  try {
    data = JSON.parse(readTextFile(path, 'bad-run'));
  } catch (error) {
    throw new MixnasError('bad-run', `${path}: ${messageOf(error)}.`, { cause: error });
  }
  return parseWith(frontSchema, data, path, 'bad-run');
}
