/**
 * When a search ends before its budget. Rules see results in the order of the trials' numbers, and whether
 * trial n is asked depends on the trials up to n - lag alone: the same with any number of workers.
 */
import { type Condition, type FrontRules, isWithin, parseConditions } from '../../metrics/index.js';
import { type Measured, createHypervolumeMeter, meetsConstraints } from '../../runs/index.js';
import type { RunConfig } from './run-config.js';
import { evaluatorOf } from '../../evaluation/index.js';

export type StopReason = 'target' | 'stagnation';

export interface StopWatch {
  /** Of how many first trials the results must be in before trial `id` may be asked. */
  needs(id: number): number;
  /** Trials taken so far. */
  readonly taken: number;
  /** Takes the next trial, finished, in the order of numbers. */
  take(trial: Measured): void;
  /** The rule that says to stop, by the trials taken. */
  readonly reason: StopReason | undefined;
}

/**
 * The conditions that a config's target is made of; none where it has no target.
 * @throws MixnasError `bad-config` that names what is wrong in it.
 */
export function targetConditions(
  { stop, profiles, evaluator }: Pick<RunConfig, 'stop' | 'profiles' | 'evaluator'>,
  what: string,
): Condition[] {
  if (stop?.target === undefined) return [];
  const measured = evaluatorOf(evaluator).metrics.filter((name) => name !== 'accuracy');
  return parseConditions(stop.target, { profiles, measured }, `${what}: \`stop.target\``);
}

/**
 * Watches the rules of a config; undefined where it has none.
 * @param target the conditions of its target, see `Criteria`.
 */
export function createStopWatch(
  config: Pick<RunConfig, 'stop' | 'workers'>,
  target: readonly Condition[],
  rules: FrontRules,
): StopWatch | undefined {
  const { stop } = config;
  if (!stop) return undefined;
  const meets = (metrics: Readonly<Record<string, number>>) =>
    target.every((condition) => isWithin(condition.expression.evaluate(metrics), condition));
  const lag = Math.max(stop.lag, config.workers);
  const meter = createHypervolumeMeter(rules);
  const values = [0];
  let reason: StopReason | undefined;

  function stagnates(): boolean {
    if (!stop?.stagnation) return false;
    const { trials, gain } = stop.stagnation;
    const now = values.at(-1) as number;
    const before = values[values.length - 1 - trials];
    return before !== undefined && now > 0 && now - before <= gain * before;
  }

  return {
    needs: (id) => Math.max(0, id - lag),
    get taken() {
      return values.length - 1;
    },
    take(trial) {
      meter.add(trial);
      values.push(meter.value);
      if (reason) return;
      const counts = trial.state === 'complete' && meetsConstraints(trial, rules);
      if (counts && target.length > 0 && meets({ ...trial.known, ...trial.values })) reason = 'target';
      else if (stop.hypervolume !== undefined && meter.value >= stop.hypervolume) reason = 'target';
      else if (stagnates()) reason = 'stagnation';
    },
    get reason() {
      return reason;
    },
  };
}
