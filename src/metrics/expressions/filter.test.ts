import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completeFilter } from './complete-filter.js';
import { type FilterFields, compileFilter } from './filter.js';
import { compileExpression, parseConditions } from './index.js';

const vocabulary = {
  profiles: ['mali-g76', 'adreno-640'],
  measured: ['accuracy', 'energyMj'],
  judged: (profile: string) => `latencyMs.${profile}`,
};

interface Made {
  readonly numbers: Readonly<Record<string, number>>;
  readonly texts: Readonly<Record<string, string>>;
  readonly front: boolean;
  readonly blocks: Readonly<Record<string, readonly (number | string)[]>>;
}
const trial: Made = {
  numbers: {
    accuracy: 0.5,
    'latencyMs.mali-g76': 40,
    'latencyHighMs.mali-g76': 50,
    'latencyLowMs.mali-g76': 30,
    'latencyMs.adreno-640': 10,
    macs: 3e8,
    params: 4e6,
    peakMemoryBytes: 2 ** 21,
    energyMj: 7,
    trial: 12,
    seconds: 3,
  },
  texts: { state: 'complete', origin: 'mutation' },
  front: true,
  blocks: { kernel: [3, 5, 9], gate: ['none', 'soft'], expansion: [3, 6] },
};
const unfinished: Made = {
  numbers: { macs: 1e6 },
  texts: { state: 'failed', origin: 'random', reason: 'Out of memory at step 3' },
  front: false,
  blocks: { kernel: [3] },
};
const fields: FilterFields<Made> = {
  number: (metric) => (one) => one.numbers[metric] ?? Number.NaN,
  text: (field) => (one) => one.texts[field],
  onFront: (one) => one.front,
  blocks: (field) => (one) => one.blocks[field] ?? [],
};
const compile = (text: string) => compileFilter(text, vocabulary, fields, '--where');
const holds = (text: string, of = trial) => compile(text).test(of);

describe('filters', () => {
  test.each<[string, boolean]>([
    ['accuracy > 0.4 and latency["mali-g76"] < 45 ms and any kernel = 9', true],
    ['accuracy > 0.5', false],
    ['accuracy >= 50%', true],
    ['accuracy = 50 %', true],
    ['accuracy != 0.5', false],
    ['0.4 < accuracy < 0.6', true],
    ['0.5 < accuracy < 0.6', false],
    ['0.04 s >= latency["mali-g76"]', true],
    ['mali-g76 < 45', true],
    ['mali-g76 < 45 ms', true],
    ['mali-g76<45 adreno-640>11', false],
    ['accuracy>40% mali-g76<45 params<5M', true],
    ['accuracy>40% mali-g76<45 params<3M', false],
    ['acc>40% front mutation', true],
    ['worst(latency) = 40 ms', true],
    ['latency["mali-g76"] <= 4 latency["adreno-640"]', true],
    ['latency["mali-g76"] < 4 latency["adreno-640"]', false],
    ['latencyHigh["mali-g76"] - latencyLow["mali-g76"] = 20 ms', true],
    ['memory = 2 MiB', true],
    ['macs / 300 M + params / 4 M = 2', true],
    ['accuracy < 0.1 or macs > 200 M', true],
    ['not (accuracy < 0.1 or macs > 200 M)', false],
    ['not failed', true],
    ['failed', false],
    ['state = complete', true],
    ['state != complete', false],
    ['origin ~ mut', true],
    ['any kernel > 9', false],
    ['all kernel <= 9', true],
    ['no kernel = 7', true],
    ['any gate = soft and no expansion > 6', true],
    ['energyMj = 7 and trial = 12 and seconds < 4', true],
    ['log10(macs) > 8 and sqrt(params) = 2000 and -accuracy < 0', true],
    ['2^3 * accuracy = 4', true],
  ])('%s: %s', (text, value) => {
    expect(holds(text)).toBe(value);
  });

  test('what a trial does not have meets no comparison', () => {
    for (const sign of ['<', '<=', '>', '>=', '=', '!='])
      expect(holds(`accuracy ${sign} 0.5`, unfinished)).toBe(false);
    expect(holds('macs < 2 M and not accuracy > 0', unfinished)).toBe(true);
  });

  test('words that are no names are looked for in origins and reasons', () => {
    expect(holds('reason ~ "memory at"', unfinished)).toBe(true);
    expect(holds('step', unfinished)).toBe(true);
    expect(holds('step')).toBe(false);
    expect(holds('failed random', unfinished)).toBe(true);
  });

  test('say whether they look into networks', () => {
    expect(compile('any kernel = 9').readsNetworks).toBe(true);
    expect(compile('accuracy > 0').readsNetworks).toBe(false);
  });

  test.each([
    ['accuracy >', 11, /something is missing/],
    ['accuracy > )', 12, /\) has nothing before it/],
    ['(accuracy > 0.5', 16, /\) is missing/],
    ['accuracy > 0.5 )', 16, /\) has no place/],
    ['accuracy > 0.5 and', 19, /something is missing/],
    ['acuracy > 0.5', 1, /acuracy is neither a quantity.*Did you mean accuracy/s],
    ['params > 1 and speed < 3', 16, /speed is neither/],
    ['latency["mali-g7"] < 3 ms', 1, /mali-g7 is not among.*Did you mean mali-g76/s],
    ['latency < 3 ms', 1, /one number a device/],
    ['latency["mali-g76"] < 8', 21, /one side is of the dimension time and the other a plain number/],
    ['accuracy', 1, /this is a number/],
    ['1 < 2', 3, /says nothing about a trial/],
    ['any kernal = 9', 1, /blocks have no kernal.*Did you mean kernel/s],
    ['any kernel', 11, /is compared with nothing/],
    ['any kernel = accuracy', 14, /a plain number is needed/],
    ['state = faild', 9, /faild is not a state.*Did you mean failed/s],
    ['state < 3', 7, /state is a word/],
    ['accuracy ~ 3', 10, /~ is for words/],
    ['"text"', 1, /compared with nothing/],
    ['reason ~ "memo', 10, /not closed/],
    ['accuracy > $5', 12, /\$ is not a part/],
    ['accuracy.constructor > 1', 9, /\. is not a part/],
    ['constructor(accuracy) > 1', 1, /no function constructor/],
    ['toString > 1', 1, /neither a quantity/],
    ['log(latency["mali-g76"]) > 1', 1, /takes a plain number/],
    ['(accuracy > 1) + 2 > 3', 11, /a number is needed/],
    [`${'('.repeat(500)}1`, 102, /more than 100 parentheses/],
  ])('%s is refused in one sentence with its place', (text, place, says) => {
    let caught: unknown;
    try {
      compile(text);
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ exitCode: 2 });
    const { message, remedy = '' } = caught as { message: string; remedy?: string };
    expect(`${message} ${remedy}`).toMatch(says);
    expect(message).toContain(`--where, character ${place}: `);
    expect(message).not.toContain('\n');
  });

  test('agree with the expressions of objectives and limits', () => {
    for (const [text, unit = ''] of [
      ['accuracy * (latency["mali-g76"] / 80 ms)^-0.07'],
      ['max(latency["mali-g76"] / 8 ms, latency["adreno-640"] / 5 ms)'],
      ['0.7 latency["mali-g76"] + 0.3 latency["adreno-640"]', 'ms'],
      ['best(latency) / mean(latency)'],
      ['log10(macs) + sqrt(params) + abs(-accuracy)'],
      ['accuracy - 45%'],
      ['1 / 2 ms + latency["adreno-640"]', 'ms'],
      ['1 - accuracy^2 * -accuracy'],
      ['2 + 3 * 4 - 6 / 2 / accuracy'],
    ] as const) {
      const value = compileExpression(text, vocabulary, 'here').evaluate(trial.numbers);
      expect(value).toBeGreaterThan(0);
      expect([text, holds(`${text} <= ${value * (1 + 1e-9)} ${unit}`)]).toEqual([text, true]);
      expect([text, holds(`${text} < ${value * (1 - 1e-9)} ${unit}`)]).toEqual([text, false]);
    }
    const number = fc
      .double({ min: 0.01, max: 100, noNaN: true })
      .map((value) => Number(value.toPrecision(6)));
    fc.assert(
      fc.property(number, number, number, (a, b, c) => {
        const text = `latency["mali-g76"] / ${a} ms <= ${b} and accuracy >= ${c} %`;
        const all = parseConditions(text, vocabulary, 'here').every(({ expression, max, min }) => {
          const value = expression.evaluate(trial.numbers);
          return !(max !== undefined && value > max) && !(min !== undefined && value < min);
        });
        expect(holds(text)).toBe(all);
      }),
    );
  });

  test('never crash, whatever is typed', () => {
    const piece = fc.constantFrom(
      'accuracy',
      'latency',
      '["mali-g76"]',
      '<',
      '(',
      ')',
      'any',
      'kernel',
      '=',
      '9',
      ' ',
      'and',
      'not',
      '%',
      '"',
      'ms',
      'mali-g76',
      '^',
      '-',
      ',',
      'worst(',
      'state',
      '~',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join(' ');
        completeFilter(text, vocabulary);
        try {
          compile(text).test(unfinished);
        } catch (error) {
          expect(error).toMatchObject({ exitCode: 2 });
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('completion', () => {
  const options = (text: string) => {
    const { from, options: found } = completeFilter(text, vocabulary);
    return found.map((option) => text.slice(0, from) + option);
  };
  test.each([
    ['acc', 'accuracy'],
    ['accuracy > 0.5 and la', 'accuracy > 0.5 and latency["mali-g76"]'],
    ['latency[', 'latency["mali-g76"]'],
    ['latency["ad', 'latency["adreno-640"]'],
    ['any ', 'any kernel'],
    ['any k', 'any kernel'],
    ['state = f', 'state = failed'],
    ['latency["mali-g76"] < 8', 'latency["mali-g76"] < 8 ms'],
    ['memory < 2 ', 'memory < 2 MiB'],
    ['accuracy > 50%', 'accuracy > 50% and'],
    ['worst(latency) ', 'worst(latency) <'],
    ['', 'accuracy'],
  ])('%j may become %j', (text, wanted) => {
    expect(options(text)).toContain(wanted);
  });

  test('every completion that ends a filter is understood', () => {
    const texts = ['failed or f', 'accuracy > 0.5 and mali-g76 < 8', 'state = ', 'any gate = soft and fr'];
    const ends = texts
      .flatMap(options)
      .filter((option) => /(failed|front| ms|complete|pruned)$/.test(option));
    expect(ends.length).toBeGreaterThan(5);
    for (const one of ends) expect(compile(one).test(trial)).toBeTypeOf('boolean');
  });
});
