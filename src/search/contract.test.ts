/** What every sampler must keep, run over all of them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MixnasError, createRandom } from '../base/index.js';
import { paretoFront } from '../pareto/index.js';
import {
  anySpace,
  evaluateSmall,
  hashedObjectives,
  records,
  smallSpace,
  twoObjectives,
} from './test-helpers/small-space.js';
import {
  type Params,
  type SamplerSpec,
  type Study,
  type StudyOptions,
  type Trial,
  createStudy,
  samplerNames,
} from './index.js';

type Options = Partial<StudyOptions<Params, Params>>;

const small = (sampler: SamplerSpec, options: Options = {}): Study =>
  createStudy({
    space: smallSpace,
    objectives: twoObjectives,
    sampler,
    seed: 3,
    ...(sampler === 'mo-asha' && { fidelity: { budgets: [1] } }),
    ...options,
  } as never);

/** Asks and tells `count` trials one after the other. */
function run(study: Study, count: number): Study {
  for (let i = 0; i < count; i++) {
    const trial = study.ask();
    study.tell(trial.id, evaluateSmall(trial.params));
  }
  return study;
}

/** 56 points. */
const tinySpace = { ...smallSpace, depth: [2, 4], width: [8, 32], act: ['relu'] };

const keys = (study: Study) => study.trials.map((t) => t.genome.join());

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return error instanceof MixnasError ? error.code : String(error);
  }
  return 'no error';
}

describe.each(samplerNames)('%s', (sampler) => {
  test('the same seed gives the same trials, another seed others', () => {
    const first = run(small(sampler), 45);
    expect(keys(run(small(sampler), 45))).toEqual(keys(first));
    expect(keys(run(small(sampler, { seed: 4 }), 45))).not.toEqual(keys(first));
  });

  test('no point is proposed twice, every point in the end, then the study is exhausted', () => {
    const study = small(sampler, { space: tinySpace } as Options);
    const size = Number(study.space.size);
    run(study, size);
    expect(new Set(keys(study)).size).toBe(size);
    expect(codeOf(() => study.ask())).toBe('exhausted');
    const whole = [...study.space.enumerate()].map((g) => evaluateSmall(study.space.params(g)));
    const best = paretoFront(whole.map((m) => [-m.accuracy, m.latencyMs])).map((i) => whole[i]);
    const found = study.front().map((t) => t.values);
    const order = (all: unknown[]) => all.map((m) => JSON.stringify(m)).toSorted();
    expect(order(found)).toEqual(order(best));
  });

  test('over generated spaces proposals are valid, distinct and feasible', () => {
    fc.assert(
      fc.property(anySpace, fc.nat(), (space, seed) => {
        const price = ({ params }: { params: Params }) => ({
          cost: hashedObjectives(params, 1)['f0'] as number,
        });
        const study: Study = createStudy({
          space,
          objectives: [
            { name: 'f0', direction: 'minimize' },
            { name: 'f1', direction: 'minimize' },
          ],
          constraints: [{ metric: 'cost', max: 0.999 }],
          price,
          sampler,
          fidelity: { budgets: [1] },
          seed,
        });
        const end = Math.min(25, Number(study.space.size));
        for (let i = 0; i < end; i++) {
          let trial: Trial;
          try {
            trial = study.ask();
          } catch (error) {
            if (error instanceof MixnasError && error.code === 'exhausted') break;
            throw error;
          }
          expect(study.space.canonical(trial.genome)).toEqual(trial.genome);
          expect(trial.known['cost']).toBeLessThanOrEqual(0.999);
          study.tell(trial.id, hashedObjectives(trial.params));
        }
        expect(new Set(keys(study)).size).toBe(study.trials.length);
      }),
      { numRuns: 25 },
    );
  });

  test('killed anywhere and restored, with trials in flight, it goes on to the bit', () => {
    const parallel = 3;
    const total = 50;
    /** Runs like a pool of workers that finish in a random order. */
    const drive = (study: Study, kill: number) => {
      const random = createRandom(`workers ${kill}`);
      const busy = study.trials.filter((t) => t.state === 'running').map((t) => t.id);
      for (let step = 0; step < kill; step++) {
        while (busy.length < parallel && study.trials.length < total && study.ready())
          busy.push(study.ask().id);
        const done = busy.splice(random.int(busy.length), 1)[0];
        if (done === undefined) return;
        const trial = study.trials[done];
        study.tell(done, done % 7 === 3 ? { failed: 'crash' } : evaluateSmall(trial?.params ?? {}));
      }
    };
    const unbroken = small(sampler, { parallel, trials: total });
    drive(unbroken, Infinity);
    expect(unbroken.trials.length).toBe(total);
    for (const kill of [0, 1, 7, 22, 41, 49]) {
      const first = small(sampler, { parallel, trials: total });
      drive(first, kill);
      const second = small(sampler, { parallel, trials: total });
      second.restore(JSON.parse(JSON.stringify(records(first))));
      drive(second, Infinity);
      expect(records(second)).toEqual(records(unbroken));
    }
  });

  test('results told in any order give the same trials', () => {
    const batch = (order: (ids: number[]) => number[]) => {
      const study = small(sampler, { parallel: 4 });
      for (let round = 0; round < 12; round++) {
        const ids = study.ask(4).map((t) => t.id);
        for (const id of order(ids)) study.tell(id, evaluateSmall(study.trials[id]?.params ?? {}));
      }
      return keys(study);
    };
    expect(batch((ids) => ids.toReversed())).toEqual(batch((ids) => ids));
  });

  test('asking for more than is determined gives distinct trials all the same', () => {
    const study = small(sampler);
    const asked = study.ask(30);
    expect(new Set(asked.map((t) => t.genome.join())).size).toBe(30);
    for (const t of asked.slice(0, 11)) study.tell(t.id, evaluateSmall(t.params));
    study.ask(30);
    expect(new Set(keys(study)).size).toBe(60);
  });

  test('failed and pruned trials end nothing, and a study of failures only goes on', () => {
    const study = small(sampler);
    for (let i = 0; i < 40; i++) {
      const { id } = study.ask();
      study.tell(id, i % 2 ? { failed: 'no memory' } : { pruned: 'hopeless' });
    }
    expect(study.front()).toEqual([]);
    expect(study.best()).toBeUndefined();
    run(study, 20);
    expect(study.front().length).toBeGreaterThan(0);
  });

  test('a NaN, infinite or missing objective is rejected and the trial can be told again', () => {
    const study = small(sampler);
    const { id } = study.ask();
    for (const bad of [NaN, Infinity, undefined]) {
      const told = { accuracy: bad as number, latencyMs: 1 };
      expect(codeOf(() => study.tell(id, told))).toBe('bad-usage');
    }
    expect(study.tell(id, { accuracy: 0.5, latencyMs: 1 }).state).toBe('complete');
    expect(codeOf(() => study.tell(id, { accuracy: 0.5, latencyMs: 1 }))).toBe('bad-usage');
    run(study, 30);
  });

  test('hard constraints hold for every trial, also where few points are feasible', () => {
    const price = ({ params }: { params: Params }) => ({ latencyMs: evaluateSmall(params).latencyMs });
    const study = small(sampler, { price, constraints: [{ metric: 'latencyMs', max: 2.2 }] });
    const whole = [...study.space.enumerate()].map((g) => evaluateSmall(study.space.params(g)).latencyMs);
    const feasible = whole.filter((ms) => ms <= 2.2).length;
    expect(feasible / whole.length).toBeLessThan(0.2);
    run(study, feasible);
    expect(study.trials.every((t) => (t.known['latencyMs'] as number) <= 2.2)).toBe(true);
    expect(codeOf(() => study.ask())).toBe('exhausted');
  });

  test('an outcome constraint keeps trials off the front and one objective is enough', () => {
    const study = small(sampler, {
      objectives: [{ name: 'latencyMs', direction: 'minimize' }],
      constraints: [{ metric: 'accuracy', min: 0.8 }],
    });
    run(study, 100);
    expect(study.front().length).toBe(1);
    const best = study.best();
    expect(best).toBe(study.front()[0]);
    const met = study.trials.filter((t) => (t.values?.['accuracy'] as number) >= 0.8);
    expect(best?.values?.['latencyMs']).toBe(Math.min(...met.map((t) => t.values?.['latencyMs'] as number)));
  });
});
