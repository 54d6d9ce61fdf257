/**
 * What every sampler must keep, as checks that any test runner can run. Ours pass all of them; the contract
 * they follow from is written above `Sampler`.
 */
import assert from 'node:assert/strict';
import { MixnasError, createRandom } from '../base/index.js';
import { paretoFront } from '../pareto/index.js';
import { type Study, type Trial, createStudy } from '../search/index.js';
import type { Check } from './check.js';
import { type AnySampler, codeOf, keysOf, recordsOf, runStudy, smallStudy } from './sampler-study.js';
import { evaluateSmall, hashedObjectives, randomSpace, tinySpace } from './small-space.js';

/** What a sampler does not promise. */
export interface SamplerCheckOptions {
  /** It uses no chance (a grid, say): another seed gives the same trials. */
  readonly ignoresSeed?: boolean | undefined;
}

/**
 * The contract of a sampler as a list of checks. All of them take a few seconds.
 *
 * @example
 * import { describe, test } from 'node:test';
 * import { runChecks, samplerChecks } from 'mixnas/testing';
 * runChecks('my sampler', samplerChecks(mySampler), { describe, test });
 */
export function samplerChecks(sampler: AnySampler, options: SamplerCheckOptions = {}): readonly Check[] {
  const checks: Record<string, (sampler: AnySampler) => void> = {
    'the same seed gives the same trials': sameSeed,
    ...(options.ignoresSeed ? {} : { 'another seed gives other trials': otherSeed }),
    'no point is proposed twice, every point in the end, then the study is exhausted': wholeSpace,
    'over generated spaces proposals are valid, distinct and feasible': generatedSpaces,
    'killed anywhere and restored, with trials that run, it continues to the same trials': restored,
    'results reported in any order give the same trials': anyOrder,
    'asking for more than is determined gives distinct trials all the same': manyAtOnce,
    'failed and pruned trials end nothing': failures,
    'a NaN, infinite or missing objective is rejected, and the trial stays running until a valid result is reported':
      badValues,
    'hard constraints hold for every trial, also where few points are feasible': hardConstraints,
    'an outcome constraint keeps trials off the front and one objective is enough': outcomeConstraint,
    'a tightened limit holds from then on': tightened,
  };
  return Object.entries(checks).map(([name, check]) => ({ name, run: () => check(sampler) }));
}

function sameSeed(sampler: AnySampler): void {
  const first = runStudy(smallStudy(sampler), 45);
  assert.deepEqual(keysOf(runStudy(smallStudy(sampler), 45)), keysOf(first));
}

function otherSeed(sampler: AnySampler): void {
  const first = runStudy(smallStudy(sampler), 45);
  assert.notDeepEqual(keysOf(runStudy(smallStudy(sampler, { seed: 4 }), 45)), keysOf(first));
}

function wholeSpace(sampler: AnySampler): void {
  const study = smallStudy(sampler, { space: tinySpace });
  const size = Number(study.space.size);
  runStudy(study, size);
  assert.equal(new Set(keysOf(study)).size, size);
  assert.equal(
    codeOf(() => study.ask()),
    'exhausted',
  );
  const whole = [...study.space.enumerate()].map((g) => evaluateSmall(study.space.params(g)));
  const best = paretoFront(whole.map((m) => [-m.accuracy, m.latencyMs])).map((i) => whole[i]);
  const order = (all: unknown[]) => all.map((m) => JSON.stringify(m)).toSorted();
  assert.deepEqual(order(study.front().map((t) => t.values)), order(best));
}

function generatedSpaces(sampler: AnySampler): void {
  for (let seed = 0; seed < 25; seed++) {
    const study: Study = createStudy({
      space: randomSpace(createRandom(`space ${seed}`)),
      objectives: [
        { name: 'f0', direction: 'minimize' },
        { name: 'f1', direction: 'minimize' },
      ],
      constraints: [{ metric: 'cost', max: 0.999 }],
      price: ({ params }) => ({ cost: hashedObjectives(params, 1)['f0'] as number }),
      sampler,
      fidelity: { rungs: [1] },
      seed,
    });
    const end = Math.min(25, Number(study.space.size));
    for (let i = 0; i < end; i++) {
      const trial = askUnlessExhausted(study);
      if (!trial) break;
      assert.deepEqual(study.space.canonical(trial.genome), trial.genome);
      assert.ok((trial.known['cost'] as number) <= 0.999, 'a trial breaks a hard constraint');
      study.tell(trial.id, hashedObjectives(trial.params));
    }
    assert.equal(new Set(keysOf(study)).size, study.trials.length);
  }
}

function askUnlessExhausted(study: Study): Trial | undefined {
  try {
    return study.ask();
  } catch (error) {
    if (error instanceof MixnasError && error.code === 'exhausted') return undefined;
    throw error;
  }
}

const parallel = 3;
const trials = 50;

/** Runs like a pool of workers that finish in a random order. */
function drive(study: Study, kill: number): void {
  const random = createRandom(`workers ${kill}`);
  const busy = study.trials.filter((t) => t.state === 'running').map((t) => t.id);
  for (let step = 0; step < kill; step++) {
    while (busy.length < parallel && study.trials.length < trials && study.ready()) busy.push(study.ask().id);
    const done = busy.splice(random.int(busy.length), 1)[0];
    if (done === undefined) return;
    const trial = study.trials[done];
    study.tell(done, done % 7 === 3 ? { failed: 'crash' } : evaluateSmall(trial?.params ?? {}));
  }
}

function restored(sampler: AnySampler): void {
  const unbroken = smallStudy(sampler, { parallel, trials });
  drive(unbroken, Infinity);
  assert.equal(unbroken.trials.length, trials);
  for (const kill of [0, 1, 7, 22, 41, 49]) {
    const first = smallStudy(sampler, { parallel, trials });
    drive(first, kill);
    const second = smallStudy(sampler, { parallel, trials });
    second.restore(JSON.parse(JSON.stringify(recordsOf(first))));
    drive(second, Infinity);
    assert.deepEqual(recordsOf(second), recordsOf(unbroken), `killed after ${kill} results`);
  }
}

function anyOrder(sampler: AnySampler): void {
  const batches = (order: (ids: number[]) => number[]) => {
    const study = smallStudy(sampler, { parallel: 4 });
    for (let round = 0; round < 12; round++) {
      const ids = study.ask(4).map((t) => t.id);
      for (const id of order(ids)) study.tell(id, evaluateSmall(study.trials[id]?.params ?? {}));
    }
    return keysOf(study);
  };
  assert.deepEqual(
    batches((ids) => ids.toReversed()),
    batches((ids) => ids),
  );
}

function manyAtOnce(sampler: AnySampler): void {
  const study = smallStudy(sampler);
  const asked = study.ask(30);
  assert.equal(new Set(asked.map((t) => t.genome.join())).size, 30);
  for (const t of asked.slice(0, 11)) study.tell(t.id, evaluateSmall(t.params));
  study.ask(30);
  assert.equal(new Set(keysOf(study)).size, 60);
}

function failures(sampler: AnySampler): void {
  const study = smallStudy(sampler);
  for (let i = 0; i < 40; i++) {
    const { id } = study.ask();
    study.tell(id, i % 2 ? { failed: 'no memory' } : { pruned: 'hopeless' });
  }
  assert.deepEqual(study.front(), []);
  assert.equal(study.best(), undefined);
  runStudy(study, 20);
  assert.ok(study.front().length > 0, 'the front is empty after 20 results');
}

function badValues(sampler: AnySampler): void {
  const study = smallStudy(sampler);
  const { id } = study.ask();
  const tell = (accuracy: number) => study.tell(id, { accuracy, latencyMs: 1 });
  for (const bad of [NaN, Infinity, undefined]) {
    assert.equal(
      codeOf(() => tell(bad as number)),
      'bad-usage',
    );
  }
  assert.equal(tell(0.5).state, 'complete');
  assert.equal(
    codeOf(() => tell(0.5)),
    'bad-usage',
  );
  runStudy(study, 30);
}

const latencyOf = (params: Trial['params']) => evaluateSmall(params).latencyMs;

function hardConstraints(sampler: AnySampler): void {
  const study = smallStudy(sampler, {
    price: ({ params }) => ({ latencyMs: latencyOf(params) }),
    constraints: [{ metric: 'latencyMs', max: 2.2 }],
  });
  const whole = [...study.space.enumerate()].map((g) => latencyOf(study.space.params(g)));
  const feasible = whole.filter((ms) => ms <= 2.2).length;
  assert.ok(feasible / whole.length < 0.2);
  runStudy(study, feasible);
  assert.ok(study.trials.every((t) => (t.known['latencyMs'] as number) <= 2.2));
  assert.equal(
    codeOf(() => study.ask()),
    'exhausted',
  );
}

function outcomeConstraint(sampler: AnySampler): void {
  const study = smallStudy(sampler, {
    objectives: [{ name: 'latencyMs', direction: 'minimize' }],
    constraints: [{ metric: 'accuracy', min: 0.8 }],
  });
  runStudy(study, 100);
  const met = study.trials.filter((t) => (t.values?.['accuracy'] as number) >= 0.8);
  const least = Math.min(...met.map((t) => t.values?.['latencyMs'] as number));
  assert.equal(study.best()?.values?.['latencyMs'], least);
  assert.ok(study.front().includes(study.best() as Trial));
  // Several only where they are equal.
  assert.ok(study.front().every((t) => met.includes(t) && t.values?.['latencyMs'] === least));
}

function tightened(sampler: AnySampler): void {
  const study = smallStudy(sampler, { price: ({ params }) => ({ latencyMs: latencyOf(params) }) });
  runStudy(study, 30);
  study.limit('latencyMs', 3);
  runStudy(study, 30);
  assert.ok(study.trials.slice(30).every((t) => (t.known['latencyMs'] as number) <= 3));
  assert.ok(study.front().every((t) => (t.known['latencyMs'] as number) <= 3));
}
