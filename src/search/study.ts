/**
 * The study: asks a sampler for proposals, is told what they gave, and keeps the front.
 *
 * Determinism: results are absorbed in the order of ids, whatever order they are told in, and a sampler
 * sees only as many as its rule fixes for the trial (`ready`). So the same seed gives the same trials
 * with any number of workers that a run was started with, and a study restored from a journal goes on to
 * the bit. `ask` before `ready` is allowed: the proposal then rests on what has been absorbed by then.
 */
import { InternalError, MixnasError, createRandom, nearest } from '../base/index.js';
import { dominates, hypervolume } from '../pareto/index.js';
import { type Candidate, createCandidates } from './candidates.js';
import type { Report, Verdict } from './fidelity.js';
import { requireFeasible } from './feasibility.js';
import {
  type Constraint,
  type Metrics,
  type Objective,
  costOf,
  costsOf,
  excessOf,
  totalViolation,
} from './metrics.js';
import { type AnyOptions, parseOptions } from './options.js';
import type { Observation, SamplerContext } from './sampler.js';
import { parseSampler } from './samplers/index.js';
import type { Genome, Params, Space } from './space.js';
import { judge } from './stopping.js';
import type { Origin, Told, Trial, TrialRecord, TrialState } from './trial.js';

/** A search under way. Not safe for use from several threads; any number of trials may run at once. */
export interface Study<P = Params, A = unknown> {
  readonly space: Space<unknown>;
  readonly objectives: readonly Objective[];
  readonly seed: string;
  /** Every trial, by id. */
  readonly trials: readonly Trial<P, A>[];
  /** Whether the results are in that determine the next trial. */
  ready(): boolean;
  /** The next trial. @throws MixnasError `exhausted` when every feasible point was proposed. */
  ask(): Trial<P, A>;
  /** The next `count` trials; fewer when the space ends, `exhausted` when not even one is left. */
  ask(count: number): Trial<P, A>[];
  /**
   * Reports a trial: its metrics, or why there are none.
   * @throws MixnasError `bad-usage` for an unknown or finished trial, a metric that is missing, NaN or
   * infinite; the trial then goes on running, and may be told again (as failed, say).
   */
  tell(id: number, told: Told): Trial<P, A>;
  /**
   * Reports a running trial's metrics after part of its budget, steps ascending, and learns whether to go
   * on. At each of the study's budgets but the last, a trial that is not among the best of those before
   * it is to be stopped: tell it `{ pruned: reason }` then. Without `fidelity` the answer is `continue`.
   * @throws MixnasError `bad-usage` as `tell` does.
   */
  report(id: number, step: number, values: Metrics): Verdict;
  /** Takes up the trials of a journal, before the first ask. Those still running can be told later. */
  restore(records: readonly TrialRecord[]): void;
  /**
   * Puts a point behind those that wait to be tried before the sampler goes on.
   * @throws MixnasError `bad-usage` when it lies outside the space, breaks a limit, or was proposed already;
   *   nothing is changed then.
   */
  enqueue(point: P | A): void;
  /**
   * Tightens the upper limit of a metric. Trials beyond it leave the front, and the sampler goes on as one
   * that was made with this limit, so that a restored study that is given it goes on to the bit.
   * @throws MixnasError `bad-usage` when it is not tighter or the metric is not known before an evaluation,
   *   `infeasible` when nothing in the space meets it; nothing is changed then.
   */
  limit(metric: string, max: number): void;
  /** Changes how many trials are meant to be spent; as `limit`, a restored study given the same goes on to the bit. */
  plan(trials: number): void;
  /**
   * The complete trials that meet every constraint and that no other dominates, by id. With several
   * budgets, only trials of the largest one reached count, here and in `best`: others do not compare.
   */
  front(): Trial<P, A>[];
  /**
   * The best complete trial by the first objective (then the second, ...) that meets the study's
   * constraints and these.
   */
  best(constraints?: readonly Constraint[]): Trial<P, A> | undefined;
  /** The hypervolume of the front up to a reference value for every objective, in their own units. */
  hypervolume(reference: Metrics): number;
}

/** A trial as the study keeps it. */
class Entry implements Trial {
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
      readonly budgets: readonly number[];
    },
    readonly id: number,
    readonly genome: Genome,
    readonly known: Metrics,
    readonly origin: Origin,
    readonly parents: readonly number[],
    readonly rung: number,
  ) {}
  get budget(): number | undefined {
    return this.study.budgets[this.rung];
  }
  get params(): Params {
    return this.study.space.params(this.genome);
  }
  get architecture(): unknown {
    return this.study.space.decode(this.genome);
  }
  get seed(): string {
    return `${this.study.seed}/trial/${this.id}`;
  }
}

/** A study over a space that is built already; see `createStudy` for plain data. */
export function openStudy(space: Space<unknown>, options: AnyOptions): Study {
  const parsed = parseOptions(options);
  const { objectives, constraints: limits, seed: given, trials: planned, parallel, fidelity } = parsed;
  const topRung = (fidelity?.budgets.length ?? 1) - 1;
  const seed = String(given);
  const root = createRandom(seed);
  const createSampler = parseSampler(options.sampler ?? 'auto');

  let budget = planned;
  const trials: Entry[] = [];
  const idOfKey = new Map<string, number>();
  /** By trial the promotion that goes on with it. */
  const promotions = new Map<number, number>();
  const observations: Observation[] = [];
  /** How many first trials are no longer running: their results are absorbed. */
  let absorbed = 0;
  /** The non-dominated costs, each with the trials that have them. */
  let frontRung = 0;
  let front: { readonly costs: Float64Array; readonly entries: Entry[] }[] = [];

  const priced = Object.keys(
    createCandidates(space, options.price, []).consider(space.random(root.fork('price'))).known,
  );
  const outcome = limits.filter((c) => !priced.includes(c.metric));
  /** What every trial must meet, all of it. */
  let constraints: readonly Constraint[] = limits;
  let { candidates, someFeasible } = enforce(constraints);
  const initial = (options.initial ?? []).flatMap((point) => queue(point));

  /** Candidates under these constraints. @throws MixnasError `infeasible` */
  function enforce(all: readonly Constraint[]) {
    const hard = all.filter((c) => priced.includes(c.metric));
    const made = createCandidates(space, options.price, hard);
    return {
      candidates: made,
      someFeasible: requireFeasible(space, made, hard, root.fork('feasible')),
    };
  }

  function queue(point: unknown): Candidate[] {
    const genome = space.encode(point);
    if (!genome) {
      throw new MixnasError('bad-config', 'study: a point of `initial` does not lie in the space.', {
        remedy: 'Leave it out, or widen the space.',
      });
    }
    const candidate = candidates.consider(genome);
    return candidate.violation === 0 ? [candidate] : [];
  }

  /** The place of the first observation with an id of at least `id`. */
  function placeOf(id: number): number {
    let low = 0;
    let high = observations.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((observations[middle] as Observation).id < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  const context: SamplerContext = {
    space,
    objectives: objectives.length,
    knownCost: (known, k) => costOf(known, objectives[k] as Objective),
    get candidates() {
      return candidates;
    },
    history: { between: (first, end) => observations.slice(placeOf(first), placeOf(end)) },
    parallel,
    get trials() {
      return budget;
    },
    taken: (key, before) => (idOfKey.get(key) ?? Infinity) < before,
    proposed: (first, end) => trials.slice(first, end).map((t) => t.genome),
    promoted: (id, before) => (promotions.get(id) ?? Infinity) < before,
    fidelity,
    random: (label) => root.fork(label),
    fresh(random, id) {
      const taken = (key: string) => context.taken(key, id);
      return candidates.fresh(random, taken, () => [someFeasible.genome, ...context.proposed(0, id)]);
    },
  };
  let sampler = createSampler(context);

  const owner = { space, seed, budgets: fidelity?.budgets ?? [] };

  function add(candidate: Candidate, origin: Origin, parents: readonly number[], rung = topRung): Entry {
    const { genome, known, key } = candidate;
    const entry = new Entry(owner, trials.length, genome, known, origin, parents, rung);
    if (origin === 'promotion') promotions.set(parents[0] as number, entry.id);
    else if (idOfKey.has(key)) throw new InternalError(`trial ${entry.id} was proposed before`);
    else idOfKey.set(key, entry.id);
    trials.push(entry);
    return entry;
  }

  /** Which limit a candidate breaks, in words. */
  function breach({ known }: Candidate): string | undefined {
    const broken = constraints.find((c) => totalViolation(known, [c]) > 0);
    return (
      broken && `its ${broken.metric} is ${known[broken.metric]}, and the limit ${broken.max ?? broken.min}`
    );
  }

  /** The first queued point that may still be tried. */
  function waiting(): Candidate | undefined {
    for (; initial[0]; initial.shift()) {
      const queued = candidates.consider(initial[0].genome);
      if (queued.violation === 0 && !idOfKey.has(queued.key)) return queued;
    }
    return undefined;
  }

  function askOne(): Entry | undefined {
    const id = trials.length;
    const queued = waiting();
    if (queued) return add(queued, 'queued', []);
    const proposal = sampler.propose(id, Math.min(absorbed, sampler.needs(id)));
    return proposal && add(proposal.candidate, proposal.origin, proposal.parents, proposal.rung);
  }

  function exhausted(): MixnasError {
    return new MixnasError('exhausted', `No new feasible point is left after ${trials.length} trials.`, {
      remedy: 'Widen the space or loosen the limits to go on.',
    });
  }

  function running(id: number): Entry {
    const entry = trials[id];
    if (!entry) throw new MixnasError('bad-usage', `There is no trial ${id}.`);
    if (entry.state !== 'running') {
      throw new MixnasError('bad-usage', `Trial ${id} is ${entry.state} already; it cannot be told again.`);
    }
    return entry;
  }

  /** Checks told metrics: all finite, and every objective and outcome constraint among them. */
  function checkMetrics(entry: Entry, values: Metrics): void {
    const fail = (message: string, remedy: string) =>
      new MixnasError('bad-usage', `Trial ${entry.id}: ${message}.`, { remedy });
    for (const [name, value] of Object.entries(values)) {
      if (!Number.isFinite(value)) {
        throw fail(`${name} is ${value}`, 'Tell { failed: "reason" } where an evaluation gave no number.');
      }
    }
    for (const name of [...objectives.map((o) => o.name), ...outcome.map((c) => c.metric)]) {
      if (values[name] === undefined && entry.known[name] === undefined) {
        const near = nearest(name, Object.keys(values));
        throw fail(`${name} is missing`, near[0] ? `Did ${near[0]} mean ${name}?` : `Tell ${name}.`);
      }
    }
  }

  function settle(entry: Entry, told: Told): void {
    if (typeof told.failed === 'string') {
      entry.state = 'failed';
      entry.reason = told.failed;
    } else if (typeof told.pruned === 'string') {
      entry.state = 'pruned';
      entry.reason = told.pruned;
      const { estimate } = told as { readonly estimate?: Metrics };
      if (estimate) {
        checkMetrics(entry, estimate);
        entry.estimate = { ...estimate };
      }
    } else {
      checkMetrics(entry, told);
      entry.state = 'complete';
      entry.values = { ...told };
      enterFront(entry);
    }
    for (; trials[absorbed] && trials[absorbed]?.state !== 'running'; absorbed++)
      absorb(trials[absorbed] as Entry);
  }

  const metricsOf = (entry: Entry): Metrics => ({ ...entry.known, ...entry.values });
  const costs = (entry: Entry) => costsOf(metricsOf(entry), objectives);

  function observe({ id, genome, rung }: Entry, metrics: Metrics): Observation {
    const excess = Float64Array.from(outcome, (c) => excessOf(metrics[c.metric] as number, c));
    const violation = totalViolation(metrics, constraints);
    return { id, genome, values: metrics, costs: costsOf(metrics, objectives), excess, violation, rung };
  }

  function absorb(entry: Entry): void {
    if (entry.state !== 'complete' && entry.estimate === undefined) return;
    observations.push(observe(entry, { ...metricsOf(entry), ...entry.estimate }));
  }

  /** Of how many first trials the results must be in before trial `id` and its reports are determined. */
  const needs = (id: number) =>
    topRung > 0 ? Math.max(sampler.needs(id), id - parallel + 1) : sampler.needs(id);

  function report(entry: Entry, step: number, values: Metrics): Verdict {
    checkMetrics(entry, values);
    const last = entry.reports.at(-1);
    if (!Number.isFinite(step) || step <= (last?.step ?? 0)) {
      throw new MixnasError(
        'bad-usage',
        `Trial ${entry.id}: step ${step} does not come after ${last?.step ?? 0}.`,
        {
          remedy: 'Report steps in ascending order.',
        },
      );
    }
    entry.reports.push({ step, values: { ...values } });
    if (!fidelity || !fidelity.budgets.slice(0, entry.rung).includes(step)) return 'continue';
    const peers = trials.slice(0, Math.max(0, needs(entry.id))).flatMap((peer) => {
      const there = peer.state === 'failed' ? undefined : peer.reports.find((r) => r.step === step);
      return there ? [observe(peer, { ...peer.known, ...there.values })] : [];
    });
    return judge(observe(entry, { ...entry.known, ...values }), peers, fidelity.eta);
  }

  function enterFront(entry: Entry): void {
    if (entry.rung > frontRung) {
      frontRung = entry.rung;
      front = [];
    }
    if (entry.rung < frontRung) return;
    if (totalViolation(metricsOf(entry), constraints) > 0) return;
    const point = costs(entry);
    const same = front.find((other) => other.costs.every((cost, k) => cost === point[k]));
    if (same) {
      same.entries.push(entry);
    } else if (!front.some((other) => dominates(other.costs, point))) {
      front = front.filter((other) => !dominates(point, other.costs));
      front.push({ costs: point, entries: [entry] });
    }
  }

  function ask(): Entry;
  function ask(count: number): Entry[];
  function ask(count?: number): Entry | Entry[] {
    const asked: Entry[] = [];
    for (let i = 0; i < (count ?? 1); i++) {
      const entry = askOne();
      if (!entry) break;
      asked.push(entry);
    }
    if (asked.length === 0 && count !== 0) throw exhausted();
    return count === undefined ? (asked[0] as Entry) : asked;
  }

  const study: Study = {
    space,
    objectives,
    seed,
    trials,
    ready: () => waiting() !== undefined || needs(trials.length) <= absorbed,
    ask,
    tell(id, told) {
      const entry = running(id);
      settle(entry, told);
      return entry;
    },
    report: (id, step, values) => report(running(id), step, values),
    restore(records) {
      if (trials.length > 0) throw new MixnasError('bad-usage', 'restore comes before the first ask.');
      for (const record of records) {
        const genome = space.canonical(record.genome);
        if (!genome || record.id !== trials.length) {
          throw new MixnasError('bad-run', `Trial ${record.id} does not belong to this study's space.`);
        }
        const candidate = candidates.consider(genome);
        const entry = add(
          { ...candidate, known: record.known ?? candidate.known },
          record.origin ?? 'queued',
          record.parents ?? [],
          record.rung,
        );
        entry.reports.push(...(record.reports ?? []));
        if (record.state === 'complete') settle(entry, record.values ?? {});
        else if (record.state !== 'running') settle(entry, toldAs(record));
      }
    },
    enqueue(point) {
      const genome = space.encode(point);
      const candidate = genome && candidates.consider(genome);
      const twin = candidate && idOfKey.get(candidate.key);
      const why = !candidate
        ? 'it does not lie in the space'
        : twin !== undefined
          ? `it is trial ${twin} already`
          : initial.some(({ key }) => key === candidate.key)
            ? 'it waits already'
            : breach(candidate);
      if (!candidate || why) throw new MixnasError('bad-usage', `The point cannot be queued: ${why}.`);
      initial.push(candidate);
    },
    limit(metric, max) {
      const before = constraints.find((c) => c.metric === metric);
      if (!priced.includes(metric) || !(max < (before?.max ?? Infinity))) {
        const why = priced.includes(metric)
          ? `is ${before?.max} already`
          : 'is not known before an evaluation';
        throw new MixnasError('bad-usage', `The limit of ${metric} cannot be ${max}: it ${why}.`, {
          remedy: 'A limit can only be made tighter, and on a metric that is priced.',
        });
      }
      const next = [...constraints.filter((c) => c !== before), { ...before, metric, max }];
      ({ candidates, someFeasible } = enforce(next));
      constraints = next;
      sampler = createSampler(context);
      for (const [i, seen] of observations.entries()) {
        const metrics = metricsOf(trials[seen.id] as Entry);
        observations[i] = { ...seen, violation: totalViolation(metrics, constraints) };
      }
      front = [];
      for (const entry of trials) if (entry.state === 'complete') enterFront(entry);
    },
    plan(count) {
      budget = count;
      sampler = createSampler(context);
    },
    front: () => front.flatMap((point) => point.entries).sort((a, b) => a.id - b.id),
    best(extra = []) {
      const wanted = [...constraints, ...extra];
      const order = (a: Entry, b: Entry): number => {
        const [x, y] = [costs(a), costs(b)];
        const i = x.findIndex((cost, k) => cost !== y[k]);
        return i < 0 ? a.id - b.id : (x[i] as number) - (y[i] as number);
      };
      return trials
        .filter(
          (t) => t.state === 'complete' && t.rung === frontRung && totalViolation(metricsOf(t), wanted) === 0,
        )
        .reduce<Entry | undefined>((best, t) => (best && order(best, t) <= 0 ? best : t), undefined);
    },
    hypervolume: (reference) =>
      hypervolume(
        front.map((point) => point.costs),
        costsOf(reference, objectives),
      ),
  };
  return study;
}

function toldAs({ state, reason = 'no reason was recorded', values }: TrialRecord): Told {
  if (state === 'failed') return { failed: reason };
  return { pruned: reason, ...(values ? { estimate: values } : {}) };
}
