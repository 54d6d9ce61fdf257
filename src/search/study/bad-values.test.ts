/** What a user's own functions and limits may hold: each mistake is named with the function, the metric and the value. */
import { describe, expect, test } from 'vitest';
import { MixnasError } from '../../base/index.js';
import type { Constraint, Metrics } from '../../metrics/index.js';
import { createStudy } from './create-study.js';

const space = { depth: [2, 3, 4], width: [8, 16, 32] };
type Price = (candidate: { params: { depth: number } }) => Metrics;
const studyWith = (price: unknown, constraints: Constraint[] = []) =>
  createStudy({
    space,
    objectives: [
      { name: 'accuracy', direction: 'maximize' },
      { name: 'latencyMs', direction: 'minimize' },
    ],
    constraints,
    sampler: 'random',
    price: price as Price,
  });

const refused = (message: RegExp) =>
  expect.objectContaining({ code: 'bad-usage', message: expect.stringMatching(message) });

describe('price', () => {
  test.each([
    [
      'NaN',
      () => ({ latencyMs: Number.NaN }),
      /^price gave latencyMs as NaN, not a finite number, for the genome \[/,
    ],
    ['infinity', () => ({ latencyMs: Infinity }), /price gave latencyMs as Infinity/],
    ['text', () => ({ latencyMs: '3 ms' }), /price gave latencyMs as "3 ms", not a finite number/],
    ['undefined', () => ({ latencyMs: undefined }), /price gave latencyMs as undefined/],
    ['a promise', async () => ({ latencyMs: 3 }), /price returned a promise, not an object of numbers/],
    ['a number', () => 3, /price returned 3, not an object/],
    ['nothing', () => {}, /price returned undefined, not an object/],
    ['a list', () => [3], /price returned a list, not an object/],
  ])('%s is refused when the study is made', (_, price, message) => {
    expect(() => studyWith(price)).toThrow(refused(message));
  });

  test('one that is wrong for some candidates only is refused when it meets one', () => {
    const lacks: Price = ({ params }) => (params.depth === 4 ? { macs: 1 } : { macs: 1, latencyMs: 2 });
    const adds: Price = ({ params }) => (params.depth === 4 ? { latencyMs: 2, macs: 1 } : { latencyMs: 2 });
    const all = (price: Price) => () => studyWith(price).ask(9);
    expect(all(lacks)).toThrow(
      refused(/price gave (no latencyMs, which it gave before|latencyMs, which it did not)/),
    );
    expect(all(adds)).toThrow(
      refused(/price gave (macs, which it did not give before|no macs, which it gave)/),
    );
  });
});

describe('limits', () => {
  const price: Price = ({ params }) => ({ latencyMs: params.depth });
  test.each([
    [
      'a least value above the greatest',
      [{ metric: 'accuracy', min: 0.9, max: 0.1 }],
      /accuracy cannot be at least 0\.9 and at most 0\.1/,
    ],
    [
      'the same in two limits',
      [
        { metric: 'accuracy', min: 0.9 },
        { metric: 'accuracy', max: 0.1 },
      ],
      /at least 0\.9 and at most 0\.1/,
    ],
  ] as const)('%s is refused, by the study and by best', (_, constraints, message) => {
    expect(() => studyWith(price, [...constraints])).toThrow(refused(message));
    expect(() => studyWith(price).best([...constraints])).toThrow(refused(message));
  });
  test('a limit that is not a number is refused by best', () => {
    expect(() => studyWith(price).best([{ metric: 'accuracy', min: Number.NaN }])).toThrow(
      refused(/^best: the limit on accuracy is NaN, not a number/),
    );
  });
});

describe('hypervolume', () => {
  const study = studyWith(({ params }: { params: { depth: number } }) => ({ latencyMs: params.depth }));
  test.each([
    ['a missing objective', { accuracy: 0 }, /^hypervolume: the reference has no latencyMs\.$/],
    ['NaN', { accuracy: Number.NaN, latencyMs: 5 }, /the reference has accuracy as NaN/],
    ['text', { accuracy: 0, latencyMs: '5' }, /the reference has latencyMs as "5"/],
    ['nothing', undefined, /the reference has no accuracy/],
  ])('%s in the reference is refused', (_, reference, message) => {
    expect(() => study.hypervolume(reference as Metrics)).toThrow(refused(message));
  });
});

test('the front, and a journal as JSON, hold priced metrics next to those of tell', () => {
  const price: Price = ({ params }) => ({ latencyMs: params.depth });
  const study = studyWith(price);
  for (let i = 0; i < 5; i++) {
    const { id, params } = study.ask();
    if (i === 3) study.tell(id, { failed: 'no memory' });
    else study.tell(id, { accuracy: params.width / 40 });
  }
  for (const { metrics, params } of study.front()) {
    expect(metrics).toEqual({ accuracy: params.width / 40, latencyMs: params.depth });
  }
  const journal = JSON.stringify(study.trials);
  expect(JSON.parse(journal)[0].known).toEqual({ latencyMs: study.trials[0]?.params.depth });
  const restored = studyWith(price);
  restored.restore(JSON.parse(journal));
  expect(JSON.stringify(restored.trials)).toBe(journal);
  expect(restored.ask().genome).toEqual(study.ask().genome);
});

test('an error says what to do', () => {
  try {
    studyWith(() => 3);
  } catch (error) {
    expect((error as MixnasError).remedy).toMatch(/Return the same metrics for every candidate/);
  }
  expect.assertions(1);
});
