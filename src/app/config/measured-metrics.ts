/** What an evaluator reports of a network. */
import { type EvaluatorSpec, evaluatorOf } from '../../evaluation/index.js';

/** The names of the metrics that an evaluation gives: `accuracy` always, and what a command adds. */
export function evaluatorMetrics(evaluator: EvaluatorSpec): readonly string[] {
  return evaluatorOf(evaluator).metrics;
}
