/** A study that is steered while it runs: points queued, limits tightened, and restored afterwards. */
import { describe, expect, test } from 'vitest';
import { MixnasError } from '../../base/index.js';
import { evaluateSmall, records, smallSpace, twoObjectives } from '../test-helpers/small-space.js';
import { type Params, type SamplerName, type Study, createStudy, samplerNames } from '../index.js';

const costOf = (params: Params) => ({ cost: Number(params['width']) * Number(params['depth']) });

function open(sampler: SamplerName): Study {
  return createStudy({
    space: smallSpace,
    objectives: twoObjectives,
    price: ({ params }: { params: Params }) => costOf(params),
    sampler,
    seed: 5,
    ...(sampler === 'mo-asha' && { fidelity: { rungs: [1] } }),
  });
}

function run(study: Study, upTo: number): Study {
  while (study.trials.length < upTo) {
    const trial = study.ask();
    study.tell(trial.id, evaluateSmall(trial.params));
  }
  return study;
}

const keys = (study: Study) => study.trials.map((t) => t.genome.join());

function failureOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return error instanceof MixnasError ? `${error.code}: ${error.message}` : String(error);
  }
  return 'none';
}

/** A limit that about half of the trials break. */
function middle(study: Study): number {
  const costs = study.trials.map((t) => t.known['cost'] as number).sort((a, b) => a - b);
  return costs[Math.floor(costs.length / 2)] as number;
}

describe.each(samplerNames)('%s', (sampler) => {
  test('keeps to a limit from the moment that it is tightened', () => {
    const study = run(open(sampler), 23);
    const max = middle(study);
    study.limit('cost', max);
    run(study, 40);
    expect(study.trials.slice(23).every((t) => (t.known['cost'] as number) <= max)).toBe(true);
    expect(study.trials.slice(0, 23).some((t) => (t.known['cost'] as number) > max)).toBe(true);
    expect(study.front().every((t) => (t.known['cost'] as number) <= max)).toBe(true);
  });

  test('continues bit for bit when it is restored after a limit and a queued point', () => {
    const steered = run(open(sampler), 23);
    const max = middle(steered);
    steered.limit('cost', max);
    run(steered, 27);
    const spare = open('random');
    run(spare, 300);
    const point = spare.trials.find(
      (t) => (t.known['cost'] as number) <= max && !keys(steered).includes(t.genome.join()),
    );
    steered.enqueue(point?.params ?? {});
    run(steered, 31);
    const saved = records(steered);
    run(steered, 45);

    const restored = open(sampler);
    restored.restore(saved);
    restored.limit('cost', max);
    expect(failureOf(() => restored.enqueue(point?.params ?? {}))).toContain('is trial 27 already');
    run(restored, 45);
    expect(keys(restored)).toEqual(keys(steered));
    expect(restored.front().map((t) => t.id)).toEqual(steered.front().map((t) => t.id));
  });
});

describe('a queued point', () => {
  test('is the next trial, and is refused where it cannot be one', () => {
    const study = run(open('nsga2'), 5);
    const other = run(open('random'), 40).trials.find((t) => !keys(study).includes(t.genome.join()));
    const point = other?.params as Params;
    study.enqueue(point);
    expect(study.ready()).toBe(true);
    expect(failureOf(() => study.enqueue(point))).toContain('waits already');
    const trial = study.ask();
    expect(trial.origin).toBe('queued');
    expect(trial.params).toEqual(point);
    expect(failureOf(() => study.enqueue(point))).toContain('is trial 5 already');
    expect(failureOf(() => study.enqueue({ ...point, width: 12345 }))).toContain('does not lie in the space');
  });

  test('that a limit has overtaken is left out', () => {
    const study = run(open('nsga2'), 5);
    const large = run(open('random'), 60).trials.toSorted(
      (a, b) => (b.known['cost'] as number) - (a.known['cost'] as number),
    )[0] as Study['trials'][number];
    const max = (large.known['cost'] as number) - 1;
    if (!keys(study).includes(large.genome.join())) study.enqueue(large.params);
    study.limit('cost', max);
    expect(failureOf(() => study.enqueue(large.params))).toMatch(/limit|already/);
    expect(study.ask().origin).not.toBe('queued');
  });
});

describe('a limit', () => {
  test('that is looser, unknown or out of reach is refused, and changes nothing', () => {
    const study = run(open('nsga2'), 10);
    study.limit('cost', 100);
    expect(failureOf(() => study.limit('cost', 100))).toContain('is 100 already');
    expect(failureOf(() => study.limit('speed', 1))).toContain('not known before');
    expect(failureOf(() => study.limit('cost', 0.001))).toContain('infeasible');
    expect(study.ask().known['cost']).toBeLessThanOrEqual(100);
  });
});
