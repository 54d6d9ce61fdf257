/** One trial on a worker: what is written down before, while and after it runs. */
import { type CurvePoint } from '../../base/index.js';
import type { ExecutorOutcome } from '../../evaluation/index.js';
import { encodeCurve, encodeGenome } from '../../runs/index.js';
import type { SearchLoop, SearchTrial } from './loop-context.js';

/** Progress of one trial is written to the journal no more often than this. */
const reportEveryMs = 2000;

/** Enough digits for a loss or a time; a journal of 100,000 trials must stay small. */
const short = (value: number) => Number(value.toPrecision(4));

const journalledPoints = 6;

/** The last point of a curve, and evenly spread ones before it: as many as the journal keeps. */
function thin<T>(curve: readonly T[]): T[] {
  const every = Math.ceil(curve.length / journalledPoints);
  return curve.filter((_, i) => (curve.length - 1 - i) % every === 0);
}

const curveText = (curve: readonly CurvePoint[]) =>
  encodeCurve(thin(curve).map((point) => ({ ...point, loss: short(point.loss) })));

/**
 * Runs a trial, or its next part.
 * @returns `parked` when it has reached a rung and waits there.
 */
export async function runPart(loop: SearchLoop, trial: SearchTrial): Promise<'parked' | 'done'> {
  const { append, emit, executor, fidelity, metrics } = loop;
  const { id, architecture, seed } = trial;
  const isFirst = (fidelity?.reached(id).length ?? 0) === 0;
  if (isFirst) {
    append({
      type: 'ask',
      id,
      genome: encodeGenome(trial.genome),
      known: metrics.map((metric) => trial.known[metric] as number),
      ...(trial.parents.length > 0 ? { parents: [...trial.parents] } : {}),
      origin: trial.origin,
    });
    emit({ type: 'asked', trial: id, known: trial.known });
  }
  const isLast = fidelity?.isLast(id) ?? true;
  let reportedAt = Number.NEGATIVE_INFINITY;
  let lost: unknown;
  const outcome = await executor.run(
    {
      trial: id,
      architecture,
      seed,
      ...(isLast ? { weightsPath: loop.weightsPath(id) } : {}),
      ...(fidelity ? { part: fidelity.partOf(id) } : {}),
      ...(loop.supernet === undefined ? {} : { supernet: { path: loop.supernet, tune: false } }),
    },
    ({ worker, step, steps, loss }) => {
      emit({ type: 'progress', trial: id, worker, step, steps, loss });
      if (performance.now() - reportedAt < reportEveryMs) return;
      reportedAt = performance.now();
      try {
        append({ type: 'report', id, worker, step, steps, ...(loss === undefined ? {} : { loss }) });
      } catch (error) {
        lost = error; // this runs in the worker's message handler; thrown when the trial is done
      }
    },
  );
  if (lost) throw lost;
  if (outcome.state === 'interrupted') return 'done';
  return settle(loop, trial, loop.config.gateGuide > 0 ? outcome : withoutGates(outcome), isLast);
}

/** What gates say takes room in the journal: it is kept where a search goes by it. */
function withoutGates(outcome: Finished): Finished {
  if (outcome.state !== 'complete') return outcome;
  const kept = Object.entries(outcome.values).filter(([name]) => !name.startsWith('gate.'));
  return { ...outcome, values: Object.fromEntries(kept) };
}

function settle(loop: SearchLoop, trial: SearchTrial, outcome: Finished, isLast: boolean): 'parked' | 'done' {
  if (outcome.state === 'complete' && !isLast) return reach(loop, trial, outcome);
  finish(loop, trial, outcome);
  return 'done';
}

type Complete = Extract<ExecutorOutcome, { state: 'complete' }>;
type Finished = Exclude<ExecutorOutcome, { state: 'interrupted' }>;

/** A trial at a rung: the journal first, then everyone else. */
function reach(loop: SearchLoop, trial: SearchTrial, outcome: Complete): 'parked' | 'done' {
  const { append, emit, fidelity, criteria } = loop;
  const { id, known } = trial;
  const derived = criteria.deriveMeasured({ ...known, ...outcome.values });
  if (typeof derived === 'string' || !fidelity) {
    finish(loop, trial, outcome);
    return 'done';
  }
  const values = { ...outcome.values, ...derived };
  const step = fidelity.partOf(id).until;
  const seconds = short(outcome.seconds);
  const curve = curveText(outcome.curve);
  append({ type: 'rung', id, step, values, seconds, worker: outcome.worker, curve });
  fidelity.report(trial, { step, values, seconds, curve: thin(outcome.curve) });
  emit({ type: 'rung', trial: id, step, values });
  return 'parked';
}

function finish(loop: SearchLoop, trial: SearchTrial, outcome: Finished): void {
  const { append, study, criteria, fidelity } = loop;
  const { id, known } = trial;
  const { worker } = outcome;
  const before = fidelity?.reached(id) ?? [];
  const seconds = short(before.reduce((sum, rung) => sum + rung.seconds, outcome.seconds));
  const derived =
    outcome.state === 'complete' ? criteria.deriveMeasured({ ...known, ...outcome.values }) : outcome.reason;
  if (outcome.state === 'complete' && typeof derived !== 'string') {
    const curve = curveText([...before.flatMap((rung) => rung.curve), ...outcome.curve]);
    const values = { ...outcome.values, ...derived };
    append({ type: 'tell', id, state: 'complete', values, seconds, worker, curve });
    study.tell(id, values);
    close(loop, trial, { state: 'complete', values, seconds });
  } else {
    const reason = derived as string;
    const fault = outcome.state === 'failed' ? outcome.fault : undefined;
    append({ type: 'tell', id, state: 'failed', reason, ...(fault && { fault }), seconds, worker });
    study.tell(id, { failed: reason });
    close(loop, trial, { state: 'failed', reason, fault, seconds });
  }
}

/** Ends a trial that is not to be continued; all trials before it are finished. */
export function stopTrial(loop: SearchLoop, trial: SearchTrial): void {
  const { append, study, fidelity } = loop;
  if (!fidelity) return;
  const { id } = trial;
  const rungs = fidelity.reached(id);
  const reason = fidelity.reason(id);
  const estimate = fidelity.estimate(trial);
  const values = rungs.at(-1)?.values ?? {};
  const seconds = short(rungs.reduce((sum, rung) => sum + rung.seconds, 0));
  append({
    type: 'tell',
    id,
    state: 'pruned',
    reason,
    values: { ...values },
    ...(estimate ? { estimate } : {}),
    seconds,
    curve: curveText(rungs.flatMap((rung) => rung.curve)),
  });
  study.tell(id, { pruned: reason, ...(estimate ? { estimate } : {}) });
  close(loop, trial, { state: 'pruned', reason, values, seconds });
}

interface Ending {
  readonly state: 'complete' | 'pruned' | 'failed';
  readonly reason?: string;
  readonly fault?: 'machine' | undefined;
  readonly values?: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** What follows once a trial's end is in the journal. */
function close(loop: SearchLoop, { id, known, genome }: SearchTrial, ending: Ending): void {
  const { emit, front, fidelity, control } = loop;
  const { state, reason, fault, values = {}, seconds } = ending;
  fidelity?.settle(id, state === 'complete' ? values : undefined);
  // One that the machine has lost continues from there when the run is resumed.
  if (fault === undefined) fidelity?.dropCheckpoint(id);
  const onFront = front.add({ id, known, values, state, genome });
  emit({
    type: 'finished',
    trial: id,
    state,
    reason,
    values: { ...known, ...values },
    seconds,
    finished: front.finished,
    trials: control.trials,
    onFront,
    front: front.size,
    hypervolume: front.hypervolume,
  });
}
