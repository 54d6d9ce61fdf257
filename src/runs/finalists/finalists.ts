/**
 * Finalists: members of the front that are evaluated again with further seeds. The first accuracy of the best of many
 * noisy results is too high, since it was chosen for being high; later ones are not, so the later front is by them alone.
 */
import type { FrontRules } from '../../metrics/index.js';
import type { StoredConfig } from '../config.js';
import { type Measured, frontOf, rulesOf } from '../front.js';
import type { TrialRow } from '../rows/index.js';
import { metricOf } from '../rows/index.js';
import type { RunContents } from '../contents.js';

/** One further evaluation of a member of the front. */
export interface FinalistResult {
  readonly trial: number;
  /** Which further seed it is, from 1. */
  readonly seed: number;
  readonly state: 'complete' | 'failed';
  /** Metrics by name; none where it failed. */
  readonly values: Readonly<Record<string, number>>;
  readonly reason: string | undefined;
  readonly seconds: number;
}

/** What a run's config asks for. */
export type FinalistsConfig = NonNullable<StoredConfig['finalists']>;

/** A finalist, and what its further evaluations came to. */
export interface Finalist {
  readonly trial: number;
  /** The accuracy by which it came on the front. */
  readonly first: number;
  /** The mean of the later ones; NaN where none has completed yet. */
  readonly later: number;
  /** The deviation between the later ones; undefined below two. */
  readonly deviation: number | undefined;
  /** Later evaluations that completed. */
  readonly seeds: number;
  /** Further seeds that are still to be evaluated, from 1; none at the end. */
  readonly waiting: readonly number[];
  /** Whether it is on the later front. */
  readonly onFront: boolean;
}

/** The finalists of a run. */
export interface Finalists<T extends Measured = TrialRow> {
  /** The front by the accuracies of the search, from which they were chosen. */
  readonly firstFront: readonly T[];
  /** By trial. */
  readonly finalists: readonly Finalist[];
  /** How many further evaluations there are, and are to be. */
  readonly done: number;
  readonly total: number;
  /**
   * The front by the later accuracies, each row with the means of its later metrics; undefined until every finalist has
   * one later evaluation.
   */
  readonly later: readonly T[] | undefined;
  /** Every finalist that has a later result, on the later front or not, with the means of its later metrics. */
  readonly laterRows: readonly T[];
}

/**
 * As many of a front as wanted, from the most to the least accurate in even steps; the best is among them.
 * @param count undefined for all.
 */
export function spreadOver<T extends { readonly trial: number; readonly accuracy: number }>(
  front: readonly T[],
  count = front.length,
): T[] {
  const members = front.toSorted((a, b) => b.accuracy - a.accuracy || a.trial - b.trial);
  if (members.length <= count) return members;
  const step = count === 1 ? 0 : (members.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, i) => members[Math.round(i * step)] as T);
}

/** A row with the means of what its further evaluations gave. */
function laterRow<T extends Measured>(row: T, results: readonly FinalistResult[]): T | undefined {
  const complete = results.filter(({ state }) => state === 'complete');
  if (complete.length === 0) return undefined;
  const values = Object.fromEntries(
    Object.keys(complete[0]?.values ?? {}).map((metric) => [
      metric,
      complete.reduce((sum, one) => sum + (one.values[metric] ?? Number.NaN), 0) / complete.length,
    ]),
  );
  return withValues(row, { ...row.values, ...values });
}

/** A row that says something else of what was measured; it may decode its fields where they are looked at. */
const withValues = <T extends Measured>(row: T, values: Readonly<Record<string, number>>): T =>
  Object.defineProperties(Object.create(row) as T, {
    values: { value: values, enumerable: true },
    known: { value: row.known, enumerable: true },
    metric: { value: (name: string) => values[name] ?? row.known[name] },
  });

/** Sample deviation; undefined below two. */
function deviationOf(values: readonly number[]): number | undefined {
  if (values.length < 2) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

/**
 * Works out who the finalists are and what is known of them, from results alone: the same before and after a kill.
 * @returns undefined where the run asks for none.
 */
export function judgeFinalists<T extends Measured>(
  rows: readonly T[],
  results: readonly FinalistResult[],
  config: FinalistsConfig | undefined,
  rules: FrontRules,
): Finalists<T> | undefined {
  if (!config || config.seeds === 0) return undefined;
  const firstFront = frontOf(rows, rules);
  const chosen = spreadOver(
    firstFront.map((row) => ({ trial: row.id, accuracy: metricOf(row, 'accuracy') ?? Number.NaN, row })),
    config.networks,
  ).toSorted((a, b) => a.trial - b.trial);
  const byTrial = new Map<number, FinalistResult[]>();
  for (const result of results) byTrial.set(result.trial, [...(byTrial.get(result.trial) ?? []), result]);
  const numbers = Array.from({ length: config.seeds }, (_, i) => i + 1);
  const later = new Map<number, T>();
  for (const { trial, row } of chosen) {
    const its = laterRow(row, byTrial.get(trial) ?? []);
    if (its) later.set(trial, its);
  }
  const members = new Set(frontOf([...later.values()], rules).map(({ id }) => id));
  const finalists = chosen.map(({ trial, accuracy }): Finalist => {
    const its = byTrial.get(trial) ?? [];
    const found = its.filter(({ state }) => state === 'complete').map(({ values }) => values['accuracy']);
    const row = later.get(trial);
    return {
      trial,
      first: accuracy,
      later: (row && metricOf(row, 'accuracy')) ?? Number.NaN,
      deviation: deviationOf(found.filter((value) => value !== undefined)),
      seeds: found.length,
      waiting: numbers.filter((seed) => !its.some((one) => one.seed === seed)),
      onFront: members.has(trial),
    };
  });
  const laterRows = [...later.values()];
  const isJudged = later.size > 0 && finalists.every(({ waiting }) => waiting.length < config.seeds);
  return {
    firstFront,
    finalists,
    done: finalists.reduce((sum, { waiting }) => sum + config.seeds - waiting.length, 0),
    total: finalists.length * config.seeds,
    later: isJudged ? laterRows.filter(({ id }) => members.has(id)) : undefined,
    laterRows,
  };
}

/** What a run's readers need for its finalists. */
type FinalistsView = Pick<RunContents, 'manifest' | 'config' | 'references'> & {
  readonly trials: readonly TrialRow[];
  readonly finalists: readonly FinalistResult[];
};

/** The finalists of a run as it stands; undefined where it asks for none. */
export function finalistsOf(view: FinalistsView): Finalists | undefined {
  return judgeFinalists(view.trials, view.finalists, view.config.finalists, rulesOf(view));
}

/** The front of a run: by the later accuracies where they are known, else by those of the search. */
export function frontOfRun(view: FinalistsView): readonly TrialRow[] {
  const judged = finalistsOf(view);
  return judged ? (judged.later ?? judged.firstFront) : frontOf(view.trials, rulesOf(view));
}
