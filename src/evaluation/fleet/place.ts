/** A place of a worker: one trial at a time, in a child process; what it needs is fetched before, what it made is stored. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MixnasError, readBytes, sizeLimits, writeFileAtomic } from '../../base/index.js';
import type { EvaluationJob, EvaluationOutcome, EvaluationProgress } from '../evaluator.js';
import type { Blob, FleetJob, OutcomeMessage } from './protocol.js';
import type { Setups, WorkerSetup } from './setups.js';
import type { Store } from './store/index.js';

/** What evaluates in a place: a child process, or what a test puts there. */
export interface Runner {
  readonly backend: string;
  evaluate(
    job: EvaluationJob,
    onProgress: (progress: EvaluationProgress) => void,
  ): Promise<EvaluationOutcome>;
  /** Ends it at once. */
  close(): Promise<void>;
}

export interface PlaceOptions {
  readonly store: Store;
  readonly setups: Setups;
  readonly folder: string;
  /** Its number on this worker. */
  readonly place: number;
  /** A runner for a set-up, ready. */
  readonly start: (setup: WorkerSetup) => Promise<Runner>;
}

/**
 * This worker lacks what the search evaluates with: PyTorch, a GPU, the images. Another worker may have it, so that the
 * trial is refused rather than failed.
 */
export class Unable extends Error {}

/** What a worker lacks is found out again after so long: it may have been installed meanwhile. */
const unableMs = 30_000;

/** What a trial does in a place. */
export interface PlaceHooks {
  readonly onStarted: (backend: string) => void;
  readonly onProgress: (progress: EvaluationProgress) => void;
}

export class WorkPlace {
  readonly #options: PlaceOptions;
  #runner: { readonly hash: string; readonly runner: Runner } | undefined;
  #cancelled = false;
  /** Of the set-up that this machine lacked something for. */
  #unable: { readonly hash: string; readonly error: Unable; readonly at: number } | undefined;

  constructor(options: PlaceOptions) {
    this.#options = options;
    mkdirSync(options.folder, { recursive: true });
  }

  /**
   * Evaluates a job.
   * @returns undefined where it was cancelled.
   * @throws `Unable` where this worker cannot take trials of the search; else what is not the trial's fault.
   */
  async run(name: string, job: FleetJob, hooks: PlaceHooks): Promise<OutcomeMessage | undefined> {
    this.#cancelled = false;
    const { store, folder } = this.#options;
    const paths = {
      weights: join(folder, 'weights'),
      load: join(folder, 'load'),
      save: join(folder, 'save'),
    };
    for (const path of Object.values(paths)) rmSync(path, { force: true });
    const runner = await this.#runnerFor(job);
    if (this.#isCancelled()) return undefined;
    const request = await this.#request(job, paths);
    hooks.onStarted(runner.backend);
    const outcome = await runner.evaluate(request, hooks.onProgress);
    if (this.#isCancelled()) return undefined;
    const stored = async (path: string): Promise<Blob | undefined> =>
      existsSync(path) ? store.put(readBytes(path, 'failed', { limit: sizeLimits.weights })) : undefined;
    const complete = outcome.state === 'complete';
    const weights = complete && job.weights ? await stored(paths.weights) : undefined;
    const checkpoint = complete && job.part?.save ? await stored(paths.save) : undefined;
    return { type: 'outcome', job: name, trial: job.trial, outcome, weights, checkpoint };
  }

  /** Drops the job that runs, and its process with it. */
  async cancel(): Promise<void> {
    this.#cancelled = true;
    await this.close();
  }

  /** Ends the process at once. */
  async close(): Promise<void> {
    const { runner } = this.#runner ?? {};
    this.#runner = undefined;
    await runner?.close();
  }

  /** Apart, since it changes while others are waited for. */
  #isCancelled(): boolean {
    return this.#cancelled;
  }

  async #runnerFor({ setup: blob }: FleetJob): Promise<Runner> {
    if (this.#runner?.hash === blob.hash) return this.#runner.runner;
    const past = this.#unable;
    if (past?.hash === blob.hash && performance.now() - past.at < unableMs) throw past.error;
    await this.close();
    try {
      const runner = await this.#options.start(await this.#options.setups.get(blob));
      this.#runner = { hash: blob.hash, runner };
      return runner;
    } catch (error) {
      // `failed` is a fault of the moment: the store did not answer, or the process was ended.
      if (!(error instanceof MixnasError) || error.code === 'failed') throw error;
      const unable = new Unable(textOf(error));
      this.#unable = { hash: blob.hash, error: unable, at: performance.now() };
      throw unable;
    }
  }

  async #request(
    { trial, architecture, seed, weights, supernet, part }: FleetJob,
    paths: Readonly<Record<'weights' | 'load' | 'save', string>>,
  ): Promise<EvaluationJob> {
    if (part?.load) writeFileAtomic(paths.load, await this.#options.store.get(part.load));
    return {
      trial,
      architecture,
      slot: this.#options.place,
      seed,
      ...(weights ? { weightsPath: paths.weights } : {}),
      ...(supernet ? { supernet: { path: await this.#supernet(supernet.file), tune: supernet.tune } } : {}),
      ...(part
        ? {
            part: {
              from: part.from,
              until: part.until,
              ...(part.load ? { load: paths.load } : {}),
              ...(part.save ? { save: paths.save } : {}),
            },
          }
        : {}),
    };
  }

  /** The file of a supernet, fetched once for all places of the worker. */
  async #supernet(blob: Blob): Promise<string> {
    const path = join(this.#options.folder, '..', `supernet-${blob.hash}`);
    if (!existsSync(path)) writeFileAtomic(path, await this.#options.store.get(blob));
    return path;
  }
}

const textOf = ({ message, remedy }: MixnasError): string => [message, remedy].filter(Boolean).join(' ');

/** Why a trial failed that is not its own fault. */
export function faultOf(error: unknown): EvaluationOutcome {
  const reason = error instanceof MixnasError ? textOf(error) : String(error);
  return { state: 'failed', reason, seconds: 0, fault: 'machine' };
}
