/** A trial as the study keeps it, and the checks of its result. */
import { MixnasError, nearest } from '../../base/index.js';
import type { Metrics } from '../../metrics/index.js';
import type { Genome, Params, Space } from '../space/index.js';
import type { Origin, Report, TrialResult, Trial, TrialRecord, TrialState } from '../trial.js';

/** A trial as the study keeps it. */
export class Entry implements Trial {
  values: Metrics | undefined = undefined;
  state: TrialState = 'running';
  reason: string | undefined = undefined;
  readonly reports: Report[] = [];
  /** Of a pruned trial. */
  estimate: Metrics | undefined = undefined;
  constructor(
    private readonly study: {
      readonly space: Space<unknown>;
      readonly seed: string;
      readonly rungs: readonly number[];
    },
    readonly id: number,
    readonly genome: Genome,
    readonly known: Metrics,
    readonly origin: Origin,
    readonly parents: readonly number[],
    readonly rung: number,
  ) {}
  get budget(): number | undefined {
    return this.study.rungs[this.rung];
  }
  get params(): Params {
    return this.study.space.params(this.genome);
  }
  get architecture(): unknown {
    return this.study.space.decode(this.genome);
  }
  get metrics(): Metrics {
    return metricsOf(this);
  }
  get seed(): string {
    return `${this.study.seed}/trial/${this.id}`;
  }
  toJSON(): TrialRecord {
    const { id, genome, known, state, reason, parents, origin, rung, reports } = this;
    const values = this.state === 'pruned' ? this.estimate : this.values;
    return { id, genome: [...genome], known, values, state, reason, parents, origin, rung, reports };
  }
}

/** All metrics of a trial: those known before the evaluation and those that it gave. */
export const metricsOf = (entry: Entry): Metrics => ({ ...entry.known, ...entry.values });

/**
 * Checks the metrics of a result: all finite, and every one of `required` among them or known before the evaluation.
 * @throws MixnasError `bad-usage`
 */
export function checkMetrics(entry: Entry, values: Metrics, required: readonly string[]): void {
  const fail = (message: string, remedy: string) =>
    new MixnasError('bad-usage', `Trial ${entry.id}: ${message}.`, { remedy });
  for (const [name, value] of Object.entries(values)) {
    if (!Number.isFinite(value)) {
      throw fail(`${name} is ${value}`, 'Tell { failed: "reason" } where an evaluation gave no number.');
    }
  }
  for (const name of required) {
    if (values[name] === undefined && entry.known[name] === undefined) {
      const near = nearest(name, Object.keys(values));
      throw fail(`${name} is missing`, near[0] ? `Did ${near[0]} mean ${name}?` : `Tell ${name}.`);
    }
  }
}

/** Checks that a report's step comes after those before it. @throws MixnasError `bad-usage` */
export function checkStep({ id, reports }: Entry, step: number): void {
  const last = reports.at(-1)?.step ?? 0;
  if (Number.isFinite(step) && step > last) return;
  throw new MixnasError('bad-usage', `Trial ${id}: step ${step} does not come after ${last}.`, {
    remedy: 'Report steps in ascending order.',
  });
}

/** The result of a journal's trial that is neither running nor complete. */
export function resultOf({ state, reason = 'no reason was recorded', values }: TrialRecord): TrialResult {
  if (state === 'failed') return { failed: reason };
  return { pruned: reason, ...(values ? { estimate: values } : {}) };
}
