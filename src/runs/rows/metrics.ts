/** Metrics of a row, by their names. */
import { type MetricPlace, Row, noNames } from './row.js';
import type { Precisions, TrialRow } from './trial-row.js';

/** A metric of a trial, whether it was known before or found by evaluating. */
export function metricOf(row: Pick<TrialRow, 'known' | 'values'>, metric: string): number | undefined {
  return row instanceof Row ? row.metric(metric) : (row.values[metric] ?? row.known[metric]);
}

/**
 * Reads a metric of many trials: where it lies is looked up once for all rows that report the same names.
 * NaN where a trial has none.
 */
export function metricReader(name: string): (row: Pick<TrialRow, 'known' | 'values'>) => number {
  const place: MetricPlace = { name, names: noNames, reported: -1, metrics: noNames, known: -1 };
  return (row) => (row instanceof Row ? row.metricAt(place) : (metricOf(row, name) ?? Number.NaN));
}

/**
 * Accuracy in floats and in simulated 8-bit integers, where both are known: of a run that measures every trial in
 * integers `accuracy` is that in integers.
 */
export function precisionsOf({
  values,
  precisions,
}: Pick<TrialRow, 'values' | 'precisions'>): Precisions | undefined {
  const { accuracy, floatAccuracy } = values;
  if (accuracy === undefined || floatAccuracy === undefined) return precisions;
  return { float: floatAccuracy, int8: accuracy };
}
