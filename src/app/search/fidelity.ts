/**
 * Trials in parts: each is evaluated up to a rung, waits there with a checkpoint until the results are in
 * that decide about it, and continues from the checkpoint or is stopped. Everything follows from the journal.
 */
import { upperMedian } from '../../base/index.js';
import { type EvaluationPart, evaluatorOf } from '../../evaluation/index.js';
import { costOf } from '../../metrics/index.js';
import type { RungRow, RunWriter, TrialRow } from '../../runs/index.js';
import { type Halving, createHalving } from '../../search/index.js';
import type { RunConfig, Criteria } from '../config/index.js';
import { isFinished } from '../network/index.js';

/** What is needed of a trial. */
interface PartTrial {
  readonly id: number;
  readonly known: Readonly<Record<string, number>>;
}

export interface Fidelity {
  /** Takes up the trials of a journal. */
  restore(rows: readonly TrialRow[]): void;
  /** The rungs a trial has reached, in order. */
  reached(id: number): readonly RungRow[];
  /** The next part of a trial. */
  partOf(id: number): EvaluationPart;
  /** Whether a trial's next part is its last. */
  isLast(id: number): boolean;
  /** Takes the result of a part that was not the last, once it is in the journal. */
  report(trial: PartTrial, rung: RungRow): void;
  /** What becomes of a trial at a rung; undefined until that is known. */
  decide(id: number): 'promote' | 'stop' | undefined;
  /** A trial is finished: with these metrics, or stopped, or failed. */
  settle(id: number, values?: Readonly<Record<string, number>>): void;
  /**
   * What a trial that is stopped would have come to: at its rung, plus what complete trials with smaller
   * numbers usually gained from there. Undefined where there are none. All trials before it must be settled.
   */
  estimate(trial: PartTrial): Record<string, number> | undefined;
  /** Removes the checkpoint of a trial that is finished. */
  dropCheckpoint(id: number): void;
  /** Why a trial was stopped, as a sentence. */
  reason(id: number): string;
}

export function createFidelity(
  config: Pick<RunConfig, 'fidelity' | 'evaluator'>,
  criteria: Pick<Criteria, 'objectives' | 'deriveMeasured'>,
  writer: Pick<RunWriter, 'checkpointPath' | 'removeCheckpoint' | 'keepCheckpoints'>,
): Fidelity {
  const { rungs = [], reductionFactor = 3, lag = 1 } = config.fidelity ?? {};
  const { evaluator } = config;
  const { steps: total } = evaluatorOf(evaluator);
  const steps = [...rungs, total];
  const halving: Halving = createHalving({ rungs: rungs.length, reductionFactor, lag });
  const results = new Map<number, RungRow[]>();
  const complete = new Map<number, Readonly<Record<string, number>>>();
  const reached = (id: number): readonly RungRow[] => results.get(id) ?? [];

  function costs({ known }: PartTrial, values: Readonly<Record<string, number>>): number[] {
    const metrics: Record<string, number> = { ...known, ...values };
    // A metric that is missing is the worst there is.
    return criteria.objectives.map((objective) => costOf(metrics, objective) ?? Number.POSITIVE_INFINITY);
  }

  function take(trial: PartTrial, rung: RungRow): void {
    const before = reached(trial.id);
    halving.report(trial.id, before.length, costs(trial, rung.values));
    results.set(trial.id, [...before, rung]);
  }

  function settle(id: number, values?: Readonly<Record<string, number>>): void {
    halving.settle(id);
    if (values) complete.set(id, values);
  }

  /** The median of what complete trials before `id` gained after their rung `place`, by metric. */
  function gains(id: number, place: number, metrics: readonly string[]): Map<string, number> | undefined {
    const found = [...complete].filter(([other]) => other < id && reached(other).length > place);
    if (found.length === 0) return undefined;
    const gainOf = (metric: string) => {
      const all = found.map(
        ([other, values]) => (values[metric] as number) - (reached(other)[place]?.values[metric] as number),
      );
      return upperMedian(all);
    };
    return new Map(metrics.map((metric) => [metric, gainOf(metric)]));
  }

  return {
    reached,
    settle,
    report(trial, rung) {
      const before = reached(trial.id).at(-1);
      take(trial, rung);
      if (before) writer.removeCheckpoint(writer.checkpointPath(trial.id, before.step));
    },
    restore(rows) {
      const kept = new Set<string>();
      for (const row of rows) {
        for (const rung of row.rungs) take(row, rung);
        if (isFinished(row)) settle(row.id, row.state === 'complete' ? row.values : undefined);
        else if (row.rungs.length > 0) {
          kept.add(writer.checkpointPath(row.id, (row.rungs.at(-1) as RungRow).step));
        }
      }
      writer.keepCheckpoints(kept);
    },
    isLast: (id) => reached(id).length === rungs.length,
    partOf(id) {
      const place = reached(id).length;
      const from = place === 0 ? 0 : (steps[place - 1] as number);
      const until = steps[place] as number;
      return {
        from,
        until,
        ...(from > 0 ? { load: writer.checkpointPath(id, from) } : {}),
        ...(until < total ? { save: writer.checkpointPath(id, until) } : {}),
      };
    },
    decide: (id) => halving.decide(id, reached(id).length - 1),
    estimate({ id, known }) {
      const place = reached(id).length - 1;
      const { values } = reached(id)[place] as RungRow;
      // What a formula gives is computed again from what was measured.
      const derivedNow = criteria.deriveMeasured({ ...known, ...values });
      const formulas = typeof derivedNow === 'string' ? {} : derivedNow;
      const measured = Object.keys(values).filter((metric) => !Object.hasOwn(formulas, metric));
      const gained = gains(id, place, measured);
      if (!gained) return undefined;
      const estimated = Object.fromEntries(
        measured.map((metric) => [metric, (values[metric] as number) + (gained.get(metric) as number)]),
      );
      const derived = criteria.deriveMeasured({ ...known, ...estimated });
      return typeof derived === 'string' ? undefined : { ...estimated, ...derived };
    },
    dropCheckpoint(id) {
      const last = reached(id).at(-1);
      if (last) writer.removeCheckpoint(writer.checkpointPath(id, last.step));
    },
    reason(id) {
      const last = reached(id).at(-1) as RungRow;
      return `Stopped after ${last.step} of ${total} steps: not among the best one in ${reductionFactor} there.`;
    },
  };
}
