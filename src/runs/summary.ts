/** A run in short, without its trials: what a list of runs shows, and what compares two. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ownPart, parseWith, readJsonFile, sizeLimits } from '../base/index.js';
import { latencyMetric } from '../metrics/index.js';
import { type RunContents, readContents } from './contents.js';
import { createHypervolumeMeter, rulesOf } from './front.js';
import { frontOfRun } from './finalists/index.js';
import { liveWriter } from './lock-holder.js';
import { TallyReader } from './tally.js';
import { metricOf } from './rows/index.js';
import { type RunView, readRun } from './view.js';

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

/** `front.json`, as far as a summary needs it; worked out from the journal where there is none. */
export type FrontSummary = z.output<typeof frontSchema>;

export interface RunSummary extends RunContents {
  readonly folder: string;
  /** Whether a process is writing the run, as far as it can be seen from here. */
  readonly live: boolean;
  /** Undefined where there is no `front.json`, and the journal is too long to work it out in passing. */
  readonly front: FrontSummary | undefined;
  /** How many trials it asks for now. */
  readonly trials: number;
  /** How many trials have an end. */
  readonly finished: number;
  /** When it was last written, in ms since 1970. */
  readonly changedAt: number;
}

/** When a run's journal was last written, in ms since 1970; 0 where there is none. */
export function lastChange(folder: string): number {
  return statSync(join(folder, 'journal.jsonl'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** A journal that is read as a whole in passing, for a run that has no `front.json` yet: some 10,000 trials. */
const shortJournal = 5e6;

/**
 * Reads a run's files, and of its journal how many trials it asks for and has finished.
 * @param tally one that is kept from one look to the next reads only what is new.
 * @throws MixnasError `bad-run` when one is broken, or was written by a newer mixnas.
 */
export function readRunSummary(folder: string, tally = new TallyReader(folder)): RunSummary {
  const { trials, finished } = tally.read();
  const contents = readContents(folder);
  return {
    ...contents,
    folder,
    trials: trials ?? contents.config.budget.trials,
    finished,
    live: liveWriter(folder) !== undefined,
    front: readFront(join(folder, 'front.json')) ?? frontFromJournal(folder),
    changedAt: lastChange(folder),
  };
}

function readFront(path: string): FrontSummary | undefined {
  if (!ownPart(path, 'file', 'bad-run')) return undefined;
  const data = readJsonFile(path, 'bad-run', { own: true, limit: sizeLimits.table });
  return parseWith(frontSchema, data, path, 'bad-run');
}

/** What `front.json` would say; undefined for a journal that takes too long to read. */
function frontFromJournal(folder: string): FrontSummary | undefined {
  const size = statSync(join(folder, 'journal.jsonl'), { throwIfNoEntry: false })?.size;
  if (size === undefined || size > shortJournal) return undefined;
  const view = readRun(folder);
  const rules = rulesOf(view);
  const meter = createHypervolumeMeter(rules);
  for (const row of view.trials) meter.add(row);
  const profiles = view.config.profiles;
  return {
    trials: view.trials.filter(({ endedAt }) => endedAt !== undefined).length,
    front: frontOfRun(view).map((row) => ({
      trial: row.id,
      accuracy: metricOf(row, 'accuracy') ?? Number.NaN,
      latencyMs: Object.fromEntries(
        profiles.map((name) => [name, metricOf(row, latencyMetric(name)) ?? Number.NaN]),
      ),
    })),
    hypervolume: meter.value,
    seconds: secondsOf(view),
  };
}

/** Wall-clock time of all sessions. A clock that was set back counts as no time. */
export function secondsOf({ sessions }: Pick<RunView, 'sessions'>): number {
  return sessions.reduce((sum, { startedAt, lastAt }) => sum + Math.max(0, lastAt - startedAt) / 1000, 0);
}
