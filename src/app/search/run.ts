/** The part that a new search and a resumed one share: workers, run folder, loop, result. */
import { type DataIdentity, shortHash } from '../../base/index.js';
import type { Executor, FleetState, WorkerEvent } from '../../evaluation/index.js';
import type { FrontRules } from '../../metrics/index.js';
import {
  type FinalistResult,
  type ReferenceModels,
  type RunEnd,
  type RunFront,
  type RunView,
  type RunWriter,
  type TrialRow,
  createRunFrontier,
  secondsOf,
} from '../../runs/index.js';
import { type Alerting, createAlerting } from '../alerts/index.js';
import type { CodeParts } from './code-parts.js';
import { openData } from './run-data.js';
import { type ObserveOptions, type Observer, startObserver } from './observe/index.js';
import { createFrontKeeper } from './front-keeper.js';
import { sessionEntry } from './run-contents.js';
import { createSearchControl } from './control.js';
import { createFidelity } from './fidelity.js';
import type { SearchEvent } from './events.js';
import type { SearchLoop } from './loop-context.js';
import type { SearchParts } from './parts.js';
import {
  createReserve,
  finalistsPhase,
  finetunePhase,
  int8Phase,
  supernetPath,
  supernetPhase,
} from './phases/index.js';
import { isFinished, recordOf } from '../network/index.js';
import { takeOver } from './warm-start/index.js';
import { endEntry, runTrials, workerEntry } from './loop.js';
import { fleetEntries, openExecutor } from './executor.js';

/** How a search is watched and stopped, and what of it is code. */
export interface SearchHooks extends CodeParts, ObserveOptions {
  readonly onEvent?: ((event: SearchEvent) => void) | undefined;
  /**
   * Aborting ends the search within seconds: what is finished is saved, trials that run are dropped and
   * run again on resume. Before the run is opened it rejects with the signal's reason.
   */
  readonly signal?: AbortSignal | undefined;
  /** The folder of runs; default: `MIXNAS_RUNS`, else `runs`. */
  readonly root?: string | undefined;
  /** The URL of Redis where the config does not say it; it may hold a password, and is written nowhere. */
  readonly redis?: string | undefined;
}

/** What a search came to. */
export interface SearchResult {
  readonly folder: string;
  readonly ended: RunEnd['reason'];
  /** How many trials are complete: of none nothing can be learnt. */
  readonly complete: number;
  /** Why the last trial failed that did. */
  readonly failure: string | undefined;
  /** What `search --json` prints. */
  readonly result: RunFront;
}

/** The hooks, with which data the run is of. */
type DataHooks = SearchHooks & { readonly identity: DataIdentity | undefined };

/** A run folder that is ready to be written. */
export interface OpenedRun {
  readonly writer: RunWriter;
  readonly references: ReferenceModels;
  /** When the run was made: the same in every session. */
  readonly created: string;
  /** The run as it stood; undefined for a new one. */
  readonly view: RunView | undefined;
}

/** How a run is opened when the workers are ready. */
interface Opening {
  /** Called when the workers are ready, so that data or a backend that fail leave nothing behind. */
  readonly open: (executor: Executor, identity: DataIdentity | undefined) => OpenedRun;
  /** From the data that is there to the data that the run is of. */
  readonly data: (now: DataIdentity | undefined) => DataIdentity | undefined;
}

/** Starts the workers, opens the run and searches. */
export async function runSearch(
  parts: SearchParts,
  hooks: SearchHooks,
  workers: number,
  open: Opening['open'],
  data: Opening['data'] = (now) => now,
): Promise<SearchResult> {
  const observer = await startObserver(hooks, hooks.onEvent ?? (() => {}));
  try {
    return await runObserved(parts, { ...hooks, onEvent: observer.emit }, workers, { open, data }, observer);
  } catch (error) {
    observer.failed(error);
    throw error;
  } finally {
    await observer.close();
  }
}

async function runObserved(
  parts: SearchParts,
  hooks: SearchHooks,
  workers: number,
  { open, data }: Opening,
  observer: Observer,
): Promise<SearchResult> {
  const { emit } = observer;
  const identity = data(await openData(parts.config, { ...hooks, channels: parts.space.spec.inputChannels }));
  const early: WorkerEvent[] = [];
  let onWorker = (event: WorkerEvent): void => void early.push(event);
  let onFleet: (fleet: FleetState) => void = () => {};
  const executor = await openExecutor(parts, hooks, {
    workers,
    identity,
    onWorker: (event) => onWorker(event),
    onFleet: (fleet) => onFleet(fleet),
    onEvent: emit,
    signal: hooks.signal,
  });
  try {
    const opened = open(executor, identity);
    try {
      observer.open(opened.writer, opened.view?.trials.filter(isFinished).length ?? 0);
      opened.writer.append(sessionEntry(parts.config, executor, opened.view !== undefined));
      let onCrash: Alerting['take'] = () => {};
      onWorker = (event) => {
        opened.writer.append(workerEntry(event));
        observer.worker(event);
        if (event.state !== 'crashed') return;
        const crash = { type: 'crashed', worker: event.worker, reason: event.reason ?? '' } as const;
        emit(crash);
        onCrash(crash);
      };
      early.forEach(onWorker);
      onFleet = fleetEntries(opened.writer.append);
      executor.begin?.(shortHash([opened.writer.name, opened.created]));
      const view = takeOver(parts, opened.writer, opened.view);
      if (view && parts.study.trials.length === 0) parts.study.restore(view.trials.map(recordOf));
      const resumed = opened.view !== undefined;
      const { lost } = opened.writer;
      const signal = hooks.signal ? AbortSignal.any([hooks.signal, lost]) : lost;
      const result = await searchIn(parts, { ...hooks, signal, identity }, executor, {
        ...opened,
        view,
        resumed,
        onCrash: (take) => (onCrash = take),
      });
      lost.throwIfAborted();
      return result;
    } finally {
      opened.writer.close();
    }
  } finally {
    await executor.close();
  }
}

async function searchIn(
  parts: SearchParts,
  hooks: DataHooks,
  executor: Executor,
  {
    writer,
    references,
    view,
    resumed,
    onCrash,
  }: OpenedRun & { readonly resumed: boolean; readonly onCrash: (take: Alerting['take']) => void },
): Promise<SearchResult> {
  const { onEvent, signal } = hooks;
  const { config, space, study, pricing, criteria } = parts;
  const { objectives, constraints } = criteria;
  const rules = { objectives, constraints, scales: references.scales };
  const before = view?.trials.filter(isFinished) ?? [];
  const alerting = alertingOf(parts, writer, rules, before);
  if (alerting) onCrash(alerting.take);
  const front = createFrontKeeper({
    config,
    space,
    rules,
    writer,
    before,
    secondsBefore: view ? secondsOf(view) : 0,
  });
  const reserve = createReserve(config, () => front.size);
  for (const { state, seconds } of before) if (state === 'complete') reserve.add(seconds ?? 0);
  const emit = (event: SearchEvent): void => {
    if (event.type === 'finished' && event.state === 'complete') reserve.add(event.seconds);
    onEvent?.(event);
    if (event.type === 'finished' || event.type === 'ended') alerting?.take(event);
  };
  emit({
    type: 'opened',
    run: writer.name,
    folder: writer.folder,
    resumed,
    backend: executor.backend,
    workers: executor.workers,
    finished: front.finished,
    trials: config.budget.trials,
  });
  if (!config.deterministic) {
    emit({
      type: 'notice',
      text: `This search is not repeatable to the bit: it proposes from what is known by then.`,
    });
  }
  const { append, weightsPath } = writer;
  const control = createSearchControl({
    config,
    study,
    writer,
    front,
    rules,
    emit,
    reserve: reserve.secondsOf,
  });
  const fidelity = config.fidelity && createFidelity(config, criteria, writer);
  fidelity?.restore(view?.trials ?? []);
  const loop = {
    config,
    control,
    study,
    executor,
    append,
    metrics: pricing.metrics,
    criteria,
    fidelity,
    weightsPath,
    supernet: supernetPath(parts, writer),
    front,
    emit,
    signal,
  };
  try {
    const before = { finalists: view?.finalists ?? [], int8: measuredInt8(view) };
    const ended = await runPhases(parts, hooks, writer, loop, before);
    front.flush();
    append(endEntry(ended));
    emit({ type: 'ended', reason: ended });
    return { folder: writer.folder, ended, ...endingOf(study), result: front.result() };
  } catch (error) {
    leave(() => append(endEntry('failed', error)));
    leave(() => front.flush());
    alerting?.fail(error);
    throw error;
  } finally {
    control.close();
    await alerting?.close();
  }
}

/** The alerts of a search, where its config has any; trials of earlier sessions give none. */
function alertingOf(
  { config }: SearchParts,
  { name, folder }: RunWriter,
  rules: FrontRules,
  before: readonly TrialRow[],
): Alerting | undefined {
  const [objective] = rules.objectives;
  if (!config.alerts || !objective) return undefined;
  const front = createRunFrontier<TrialRow>(rules);
  return createAlerting({
    run: name,
    folder,
    alerts: config.alerts,
    objective,
    before: before.map((row) => {
      const { id, state, reason, known, values } = row;
      return { trial: id, state, reason, values: { ...known, ...values }, onFront: front.add(row) };
    }),
  });
}

/**
 * The trials, with what an evaluator needs before and does after them.
 * @param before what earlier sessions have found: of finalists, and whose accuracy in integers.
 */
async function runPhases(
  parts: SearchParts,
  hooks: DataHooks,
  writer: RunWriter,
  loop: SearchLoop,
  before: { readonly finalists: readonly FinalistResult[]; readonly int8: ReadonlySet<number> },
): Promise<RunEnd['reason']> {
  if (!(await supernetPhase(parts, writer, hooks))) return 'interrupted';
  const ended = await runTrials(loop);
  if (ended === 'interrupted') return ended;
  loop.front.flush();
  const tuned = await finetunePhase(parts, writer, loop.front.result().front, hooks);
  if (!tuned) return 'interrupted';
  const settled = await finalistsPhase(parts, writer, loop, { ...hooks, before: before.finalists });
  if (!settled) return 'interrupted';
  if (loop.control.stopping) return 'stopped';
  const { front } = loop.front.result();
  return (await int8Phase(parts, writer, front, hooks, before.int8)) ? ended : 'interrupted';
}

/** Trials whose accuracy in integers is known. */
const measuredInt8 = (view: RunView | undefined): ReadonlySet<number> =>
  new Set(view?.trials.flatMap(({ id, precisions }) => (precisions ? [id] : [])));

function endingOf({ trials }: SearchParts['study']): Pick<SearchResult, 'complete' | 'failure'> {
  return {
    complete: trials.filter(({ state }) => state === 'complete').length,
    failure: trials.findLast(({ state }) => state === 'failed')?.reason,
  };
}

/** Does what can still be done on the way out; the error that led here is the one to report. */
function leave(action: () => void): void {
  try {
    action();
  } catch {
    // The disk is full, most likely: so was what led here.
  }
}
