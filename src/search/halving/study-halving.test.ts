import { expect, test } from 'vitest';
import { MixnasError, createRandom } from '../../base/index.js';
import { evaluateSmall, records, smallSpace, twoObjectives } from '../test-helpers/small-space.js';
import { type Params, type SamplerName, type Study, type Trial, createStudy } from '../index.js';

const open = (sampler: SamplerName, parallel = 1): Study =>
  createStudy({
    space: smallSpace,
    objectives: twoObjectives,
    sampler,
    parallel,
    seed: 5,
    fidelity: { rungs: [1, 3, 9], reductionFactor: 3 },
  });

/** Accuracy grows with the budget, for every candidate alike. */
const after = (params: Params, budget: number) => {
  const { accuracy, latencyMs } = evaluateSmall(params);
  return { accuracy: accuracy * (1 - 0.5 / budget), latencyMs };
};

function drive(study: Study, until: number): Study {
  while (study.trials.length < until) {
    const trial = study.ask();
    study.tell(trial.id, after(trial.params, trial.budget as number));
  }
  return study;
}

test('mo-asha promotes at most one in `reductionFactor`, each once, with the same genome and the next budget', () => {
  const study = drive(open('mo-asha'), 120);
  const rungs = [0, 1, 2].map((rung) => study.trials.filter((t) => t.rung === rung));
  expect(rungs[1]?.length).toBeGreaterThan(10);
  expect(rungs[2]?.length).toBeGreaterThan(2);
  expect(rungs[1]?.length).toBeLessThanOrEqual((rungs[0]?.length ?? 0) / 3);
  expect(rungs[2]?.length).toBeLessThanOrEqual((rungs[1]?.length ?? 0) / 3);
  const promoted = study.trials.filter((t) => t.origin === 'promotion');
  expect(new Set(promoted.map((t) => t.parents[0])).size).toBe(promoted.length);
  for (const trial of promoted) {
    const parent = study.trials[trial.parents[0] as number];
    expect(parent?.genome).toEqual(trial.genome);
    expect(parent?.rung).toBe(trial.rung - 1);
  }
  expect(study.trials.map((t) => t.budget)).toEqual(study.trials.map((t) => [1, 3, 9][t.rung]));
  // Results of different budgets do not compare.
  expect(study.front().every((t) => t.rung === 2)).toBe(true);
  expect(study.best()?.rung).toBe(2);
});

test('mo-asha continues to the bit after a restore at any point, promotions included', () => {
  const whole = drive(open('mo-asha', 3), 60);
  const journal = JSON.parse(JSON.stringify(records(whole))) as ReturnType<typeof records>;
  for (let kill = 0; kill <= 60; kill += 4) {
    const study = open('mo-asha', 3);
    study.restore(journal.slice(0, kill));
    expect(records(drive(study, 60))).toEqual(records(whole));
  }
});

/** Reports at the first two budgets; a trial that is stopped there is reported as pruned. */
function trainInPart(study: Study, count: number): void {
  while (study.trials.length < count) {
    const { id, params } = study.ask();
    const step = [1, 3].find((budget) => study.report(id, budget, after(params, budget)) === 'stop');
    study.tell(id, step ? { pruned: `hopeless after ${step}` } : after(params, 9));
  }
}

test('hopeless trials are stopped, one on the front at its budget never is, and a restore knows the reports', () => {
  const study = open('nsga2');
  trainInPart(study, 80);
  const pruned = study.trials.filter((t) => t.state === 'pruned');
  expect(pruned.length).toBeGreaterThan(20);
  for (const trial of pruned) {
    const { step, values } = trial.reports.at(-1) as { step: number; values: Record<string, number> };
    const better = study.trials.slice(0, trial.id).filter((other) => {
      const there = other.reports.find((r) => r.step === step)?.values;
      return (
        there &&
        (there['accuracy'] as number) >= (values['accuracy'] as number) &&
        (there['latencyMs'] as number) <= (values['latencyMs'] as number)
      );
    });
    expect(better.length).toBeGreaterThan(0);
  }
  const again = open('nsga2');
  again.restore(JSON.parse(JSON.stringify(records(study).slice(0, 40))));
  trainInPart(again, 80);
  expect(records(again)).toEqual(records(study));
});

test('which trials are stopped does not depend on who finishes first', () => {
  const finish = (order: string) => {
    const random = createRandom(order);
    const study = open('nsga2', 12);
    const busy: Trial[] = [];
    while (study.trials.length < 150 || busy.length > 0) {
      while (busy.length < 12 && study.trials.length < 150 && study.ready()) busy.push(study.ask());
      const place = random.int(busy.length);
      const { id, params, reports } = busy[place] as Trial;
      const step = [1, 3][reports.length];
      const verdict = step === undefined ? 'done' : study.report(id, step, after(params, step));
      if (verdict === 'continue') continue;
      busy.splice(place, 1);
      study.tell(id, verdict === 'stop' ? { pruned: 'hopeless' } : after(params, 9));
    }
    return records(study);
  };
  const first = finish('a');
  expect(first.filter((t) => t.state === 'pruned').length).toBeGreaterThan(20);
  for (const order of ['b', 'c', 'd']) expect(finish(order)).toEqual(first);
});

test('reports that make no sense and a mo-asha without rungs are refused', () => {
  const study = open('random');
  const { id } = study.ask();
  study.report(id, 2, { accuracy: 0.1, latencyMs: 1 });
  expect(() => study.report(id, 2, { accuracy: 0.1, latencyMs: 1 })).toThrow('does not come after 2');
  expect(() => study.report(id, 3, { accuracy: NaN, latencyMs: 1 })).toThrow(MixnasError);
  expect(() => study.report(99, 3, { accuracy: 0.5, latencyMs: 1 })).toThrow('There is no trial 99');
  const bare = { space: smallSpace, objectives: twoObjectives, sampler: 'mo-asha' } as const;
  expect(() => createStudy(bare)).toThrow('needs `fidelity`');
  expect(() => createStudy({ ...bare, fidelity: { rungs: [3, 1] } })).toThrow('must be ascending');
});

test('the names that 0.1.0 gave the fields are read, and the same trials follow', () => {
  const old = { budgets: [1, 3, 9], eta: 2 };
  const options = { space: smallSpace, objectives: twoObjectives, sampler: 'mo-asha', seed: 5 } as const;
  const before = createStudy({ ...options, fidelity: old as never });
  const now = createStudy({ ...options, fidelity: { rungs: [1, 3, 9], reductionFactor: 2 } });
  expect(records(drive(before as Study, 40))).toEqual(records(drive(now as Study, 40)));
  const both = { ...old, reductionFactor: 2 } as never;
  expect(() => createStudy({ ...options, fidelity: both })).toThrow(/eta/);
  const twoOld = { ...old, reduction: 2 } as never;
  expect(() => createStudy({ ...options, fidelity: twoOld })).toThrow(/eta/);
});
