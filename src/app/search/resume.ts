/** Going on with a run, from its folder alone. */
import { MixnasError } from '../../base/index.js';
import type { Executor } from '../../evaluation/index.js';
import { loadProfile } from '../../hardware/index.js';
import { type Architecture, parseSpace } from '../../models/index.js';
import { type ResumedRun, resumeRun } from '../../runs/index.js';
import {
  createCriteria,
  parseStoredConfig,
  resolveBudget,
  type RunConfig,
  workersOf,
} from '../config/index.js';
import { requireConsent } from './consent.js';
import { checkCode } from './code-parts.js';
import { type SearchParts, prepareSearch } from './parts.js';
import { type OpenedRun, type SearchHooks, type SearchResult, runSearch } from './run.js';
import { movedData, sameData } from './run-data.js';
import type { DataSpec } from '../../training/index.js';
import { recordOf } from '../network/index.js';
import { missingResults } from './warm-start/index.js';

/** What may differ when a run resumes. */
export interface ResumeOptions extends SearchHooks {
  /** Where the same images are now, if they were moved. */
  readonly data?: DataSpec | undefined;
  /** A new number of trials in all. */
  readonly trials?: number | undefined;
  /** A new wall-clock limit, for this session. */
  readonly seconds?: number | undefined;
  readonly workers?: number | undefined;
  /** Whether what the run's config starts may start, though somebody else made the run. */
  readonly trust?: boolean | undefined;
  /** Whether the rules that end the search before its budget no longer count. */
  readonly ignoreStop?: boolean | undefined;
}

/**
 * Resumes a run, to the front that the unbroken run would have reached. Finished trials stay; those
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

async function goOn(
  { writer, view, mended, original, copied }: ResumedRun,
  options: ResumeOptions,
): Promise<SearchResult> {
  const notice = (text: string) => options.onEvent?.({ type: 'notice', text });
  if (mended) notice("The journal's last line was torn; it was cut off, and its trial runs again.");
  if (copied)
    notice('This folder is a copy of a run that is still being written; what is added here stays here.');
  if (original !== undefined) {
    notice(
      `Two processes had written the journal at once; it was put in order, and the original is ${original}.`,
    );
  }
  const stored = parseStoredConfig(view.config, `${view.folder}/config.json`);
  checkCode(stored, writer.name, options);
  requireConsent(view, stored, options.trust ?? false);
  const config: RunConfig = {
    ...stored,
    dataset: movedData(stored, options.data, writer.name),
    budget: resolveBudget({ ...stored.budget, trials: view.config.budget.trials }, options),
    stop: options.ignoreStop ? undefined : stored.stop,
  };
  const profiles = stored.profiles.map((name) => {
    const path = view.profiles[name];
    if (path !== undefined) return loadProfile(path);
    throw new MixnasError('bad-run', `${view.folder}: its copy of the profile ${name} is missing.`);
  });
  const space = parseSpace(view.space, `${view.folder}/space.json`);
  const criteria = createCriteria(config, `${view.folder}/config.json`);
  const parts = prepareSearch(config, criteria, space, profiles, view.warmStart, options.sampler);
  if (missingResults(view).length === 0) parts.study.restore(view.trials.map(recordOf));
  for (const { command, state } of view.controls) {
    if (state === 'taken' && command.type === 'queue') requeue(parts, command.architecture);
  }
  const open = (executor: Executor): OpenedRun => {
    const { backend } = view.manifest;
    if (executor.backend !== backend) {
      notice(
        `This run was made with the ${backend} backend, and resumes with ${executor.backend}: accuracies may differ.`,
      );
    }
    return { writer, references: view.references, created: view.manifest.created, view };
  };
  const workers = workersOf(options.workers) ?? config.workers;
  return runSearch(parts, options, workers, open, (now) => sameData(view, now, notice));
}

/** Puts a network that the run was asked to try back in the queue, unless it was tried. */
function requeue({ study }: SearchParts, architecture: Architecture): void {
  try {
    study.enqueue(architecture);
  } catch (error) {
    if (!(error instanceof MixnasError && error.code === 'bad-usage')) throw error;
  }
}
