/** The finalists of a run, as its screens show them. */
import { formatPercent } from '../../base/index.js';
import { type Finalist, type Finalists, finalistsOf } from '../../runs/index.js';
import type { RunModel } from './run-model.js';

/** Undefined until a member of the front was evaluated again. */
export function finalistsIn(model: RunModel): Finalists | undefined {
  if (model.view.finalists.length === 0) return undefined;
  return model.memo('finalists', () => finalistsOf(model.view));
}

/** What a trial is as a finalist; undefined where it was not evaluated again. */
export function finalistIn(model: RunModel, trial: number): Finalist | undefined {
  return finalistsIn(model)?.finalists.find((one) => one.trial === trial && one.seeds > 0);
}

/** `61.20 % ± 0.31`: the mean of the later accuracies and the deviation between them. */
export function laterText({ later, deviation }: Finalist): string {
  const spread = deviation === undefined ? '' : ` ± ${(100 * deviation).toFixed(2)}`;
  return `${formatPercent(later, 2)}${spread}`;
}
