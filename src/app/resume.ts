/** Going on with a run, from its folder alone. */
import { MixnasError } from '../base/index.js';
import { loadProfile } from '../hardware/index.js';
import { type Architecture, parseSpace } from '../models/index.js';
import { type ResumedRun, type TrialRow, resumeRun } from '../runs/index.js';
import type { TrialRecord } from '../search/index.js';
import { type RunConfig, parseStoredConfig } from './config.js';
import { type SearchParts, prepareSearch } from './search-parts.js';
import { type SearchHooks, type SearchResult, isFinished, runSearch } from './search-run.js';

/** What may differ when a run goes on. */
export interface ResumeOptions extends SearchHooks {
  /** A new number of trials in all. */
  readonly trials?: number | undefined;
  /** A new wall-clock limit, for this session. */
  readonly seconds?: number | undefined;
  readonly workers?: number | undefined;
}

/**
 * Goes on with a run to the front that the unbroken run would have reached. Finished trials stay; those
 * that were interrupted run again, with the same seeds.
 * @param pathOrName the run's folder, or its name in the runs folder.
 * @throws MixnasError `bad-run` when there is no such run, another process is writing it, or it is broken.
 */
export async function resume(pathOrName: string, options: ResumeOptions = {}): Promise<SearchResult> {
  const resumed = resumeRun(pathOrName, options.root);
  try {
    return await goOn(resumed, options);
  } finally {
    resumed.writer.close();
  }
}

async function goOn({ writer, view, mended }: ResumedRun, options: ResumeOptions): Promise<SearchResult> {
  const notice = (text: string) => options.onEvent?.({ type: 'notice', text });
  if (mended) notice("The journal's last line was torn; it was cut off, and its trial runs again.");
  const stored = parseStoredConfig(view.config, `${view.folder}/config.json`);
  const config: RunConfig = {
    ...stored,
    budget: {
      trials: options.trials ?? view.config.budget.trials,
      seconds: options.seconds ?? stored.budget.seconds,
    },
  };
  const profiles = stored.profiles.map((name) => {
    const path = view.profiles[name];
    if (path !== undefined) return loadProfile(path);
    throw new MixnasError('bad-run', `${view.folder}: its copy of the profile ${name} is missing.`);
  });
  const parts = prepareSearch(config, parseSpace(view.space, `${view.folder}/space.json`), profiles);
  parts.study.restore(view.trials.map(recordOf));
  for (const { command, state } of view.controls) {
    if (state === 'taken' && command.type === 'queue') requeue(parts, command.architecture);
  }
  return runSearch(parts, options, options.workers ?? config.workers, (executor) => {
    const { backend } = view.manifest;
    if (executor.backend !== backend) {
      notice(
        `This run was made with the ${backend} backend, and goes on with ${executor.backend}: accuracies may differ.`,
      );
    }
    return { writer, landmarks: view.landmarks, view };
  });
}

/** Puts a network that the run was asked to try back in the queue, unless it was tried. */
function requeue({ study }: SearchParts, architecture: Architecture): void {
  try {
    study.enqueue(architecture);
  } catch (error) {
    if (!(error instanceof MixnasError && error.code === 'bad-usage')) throw error;
  }
}

/** A trial as the study takes it up; one that was interrupted is running again. */
function recordOf(row: TrialRow): TrialRecord {
  const { id, genome, known, values, reason, parents, origin } = row;
  const state = isFinished(row) ? (row.state as TrialRecord['state']) : 'running';
  return { id, genome, known, values, state, reason, parents, origin: origin as TrialRecord['origin'] };
}
