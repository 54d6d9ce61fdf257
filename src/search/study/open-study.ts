/**
 * The study: asks a sampler for proposals, receives their results, and keeps the front.
 *
 * Determinism: results are absorbed in the order of ids, in whatever order they arrive, and a sampler
 * sees only as many as its rule fixes for the trial (`ready`). So the same seed gives the same trials
 * with any number of workers that a run was started with, and a study restored from a journal continues
 * bit for bit. With `deterministic: false` they are absorbed as they arrive, and a sampler sees all of them.
 * `ask` before `ready` is allowed: the proposal then rests on what has been absorbed by then.
 */
import { createRandom, InternalError, MixnasError } from '../../base/index.js';
import { hypervolume } from '../../pareto/index.js';
import { type Candidate, createCandidates } from '../candidates.js';
import { type Price, checkedPrice } from '../price.js';
import { checkedSampler } from './code-sampler.js';
import { Entry, checkMetrics, checkStep, metricsOf, resultOf } from './entry.js';
import { judge } from '../halving/index.js';
import { requireFeasible } from './feasibility.js';
import {
  type Constraint,
  type Metrics,
  type Objective,
  checkBounds,
  costOf,
  costsOf,
  excessOf,
  totalViolation,
} from '../../metrics/index.js';
import { type AnyOptions, checkReference, parseOptions } from '../options.js';
import { historyOf } from './history.js';
import type { Observation, SamplerContext } from '../sampler.js';
import { parseSampler } from '../samplers/index.js';
import type { Space } from '../space/index.js';
import { createStudyFront } from './front.js';
import { orderByCompletion, orderByNumber } from './result-order.js';
import type { Study } from './study.js';
import type { Origin, TrialResult, Verdict } from '../trial.js';

/** A study over a space that is built already; see `createStudy` for plain data. */
export function openStudy(space: Space<unknown>, options: AnyOptions): Study {
  const parsed = parseOptions(options);
  const { objectives, constraints: limits, seed: given, trials: planned, parallel, fidelity } = parsed;
  const topRung = (fidelity?.rungs.length ?? 1) - 1;
  const seed = String(given);
  const root = createRandom(seed);
  const { sampler: chosen = 'auto' } = options;
  const createSampler = typeof chosen === 'function' ? checkedSampler(chosen) : parseSampler(chosen);

  let budget = planned;
  const trials: Entry[] = [];
  const idOfKey = new Map<string, number>();
  /** By trial the promotion that continues it. */
  const promotions = new Map<number, number>();
  const observations: Observation[] = [];
  const order = (parsed.deterministic ? orderByNumber : orderByCompletion)(trials, absorb);

  const price = options.price && checkedPrice(options.price as Price);
  const priced = Object.keys(
    createCandidates(space, price, []).consider(space.random(root.fork('price'))).known,
  );
  const outcome = limits.filter((c) => !priced.includes(c.metric));
  const required = [...objectives.map((o) => o.name), ...outcome.map((c) => c.metric)];
  /** What every trial must meet, all of it. */
  let constraints: readonly Constraint[] = limits;
  let { candidates, someFeasible } = enforce(constraints);
  const front = createStudyFront(objectives, () => constraints);
  const initial = (options.initial ?? []).flatMap((point) => queue(point));

  /** Candidates under these constraints. @throws MixnasError `infeasible` */
  function enforce(all: readonly Constraint[]) {
    const hard = all.filter((c) => priced.includes(c.metric));
    const made = createCandidates(space, price, hard);
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

  const context: SamplerContext = {
    space,
    objectives: objectives.length,
    outcomeConstraints: outcome.length,
    knownCost: (known, k) => costOf(known, objectives[k] as Objective),
    get candidates() {
      return candidates;
    },
    history: historyOf(observations),
    parallel,
    get trials() {
      return budget;
    },
    taken: (key, before) => (idOfKey.get(key) ?? Infinity) < before,
    proposed: (first, end) => order.between(first, end).map((t) => t.genome),
    promoted: (id, before) => (promotions.get(id) ?? Infinity) < before,
    fidelity,
    random: (label) => root.fork(label),
    fresh(random, id) {
      const taken = (key: string) => context.taken(key, id);
      return candidates.fresh(random, taken, () => [someFeasible.genome, ...context.proposed(0, id)]);
    },
  };
  let sampler = createSampler(context);

  const owner = { space, seed, rungs: fidelity?.rungs ?? [] };

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
    const proposal = sampler.propose(id, order.horizon(sampler.needs(id)));
    if (!proposal) return undefined;
    const parents = proposal.parents.map((place) => order.at(place).id);
    return add(proposal.candidate, proposal.origin, parents, proposal.rung);
  }

  function exhausted(): MixnasError {
    return new MixnasError('exhausted', `No new feasible point is left after ${trials.length} trials.`, {
      remedy: 'Widen the space or loosen the limits to continue.',
    });
  }

  function running(id: number): Entry {
    const entry = trials[id];
    if (!entry) throw new MixnasError('bad-usage', `There is no trial ${id}.`);
    if (entry.state !== 'running') {
      throw new MixnasError('bad-usage', `Trial ${id} is ${entry.state} already; it has its result.`);
    }
    return entry;
  }

  function settle(entry: Entry, result: TrialResult): void {
    if (typeof result.failed === 'string') {
      entry.state = 'failed';
      entry.reason = result.failed;
    } else if (typeof result.pruned === 'string') {
      entry.state = 'pruned';
      entry.reason = result.pruned;
      const { estimate } = result as { readonly estimate?: Metrics };
      if (estimate) {
        checkMetrics(entry, estimate, required);
        entry.estimate = { ...estimate };
      }
    } else {
      checkMetrics(entry, result, required);
      entry.state = 'complete';
      entry.values = { ...result };
      front.enter(entry);
    }
    order.settle(entry);
  }

  /** @param id its number, or its place, which is its number for a sampler. */
  function observe({ genome, origin, rung }: Entry, metrics: Metrics, id: number): Observation {
    const excess = Float64Array.from(outcome, (c) => excessOf(metrics[c.metric] as number, c));
    const violation = totalViolation(metrics, constraints);
    const costs = costsOf(metrics, objectives);
    return { id, genome, origin, values: metrics, costs, excess, violation, rung };
  }

  function absorb(entry: Entry, place: number): void {
    if (entry.state !== 'complete' && entry.estimate === undefined) return;
    observations.push(observe(entry, { ...metricsOf(entry), ...entry.estimate }, place));
  }

  /** Of how many first trials the results must be in before trial `id` and its reports are determined. */
  const needs = (id: number) =>
    topRung > 0 ? Math.max(sampler.needs(id), id - parallel + 1) : sampler.needs(id);

  function report(entry: Entry, step: number, values: Metrics): Verdict {
    checkMetrics(entry, values, required);
    checkStep(entry, step);
    entry.reports.push({ step, values: { ...values } });
    if (!fidelity || !fidelity.rungs.slice(0, entry.rung).includes(step)) return 'continue';
    const peers = trials.slice(0, Math.max(0, needs(entry.id))).flatMap((peer) => {
      const there = peer.state === 'failed' ? undefined : peer.reports.find((r) => r.step === step);
      return there ? [observe(peer, { ...peer.known, ...there.values }, peer.id)] : [];
    });
    return judge(observe(entry, { ...entry.known, ...values }, entry.id), peers, fidelity.reductionFactor);
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
    ready: () => waiting() !== undefined || order.has(needs(trials.length)),
    ask,
    tell(id, result) {
      const entry = running(id);
      settle(entry, result);
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
        else if (record.state !== 'running') settle(entry, resultOf(record));
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
        const metrics = metricsOf(order.at(seen.id));
        observations[i] = { ...seen, violation: totalViolation(metrics, constraints) };
      }
      front.rebuild(trials);
    },
    plan(count) {
      budget = count;
      sampler = createSampler(context);
    },
    front: () => front.trials(),
    best(extra = []) {
      checkBounds('best', extra);
      return front.best(trials, extra);
    },
    hypervolume(reference) {
      checkReference(reference, objectives);
      return hypervolume(front.costs(), costsOf(reference, objectives));
    },
  };
  return study;
}
