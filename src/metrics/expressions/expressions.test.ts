import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileExpression, parseConditions } from './index.js';

const quantities = { profiles: ['mali-g76', 'adreno-640'], measured: ['energyMj'] };
const metrics = {
  accuracy: 0.5,
  'latencyMs.mali-g76': 40,
  'latencyHighMs.mali-g76': 50,
  'latencyLowMs.mali-g76': 30,
  'latencyMs.adreno-640': 10,
  'memoryBytes.mali-g76': 3e7,
  'memoryBytes.adreno-640': 2e7,
  macs: 3e8,
  params: 4e6,
  peakMemoryBytes: 2 ** 21,
  energyMj: 7,
};
const valueOf = (text: string) => compileExpression(text, quantities, 'here').evaluate(metrics);

describe('expressions', () => {
  test.each<[string, number]>([
    ['accuracy * (latency["mali-g76"] / 80 ms)^-0.07', 0.5 * 0.5 ** -0.07],
    ['mnasnet(accuracy, latency["mali-g76"], 80 ms, -0.07)', 0.5 * 0.5 ** -0.07],
    ['mnasnet(accuracy, latency["mali-g76"], 80 ms, 0, -1)', 0.5],
    ['mnasnet(accuracy, latency["mali-g76"], 20 ms, 0, -1)', 0.25],
    ['latency["mali-g76"] / 1 s', 0.04],
    ['max(latency["mali-g76"] / 8 ms, latency["adreno-640"] / 5 ms)', 5],
    ['worst(latency)', 40],
    ['best(latency)', 10],
    ['mean(latency)', 25],
    ['worst(memoryBytes)', 3e7],
    ['memoryBytes["adreno-640"] / 10 MB', 2],
    ['0.7 latency["mali-g76"] + 0.3 latency["adreno-640"]', 31],
    ['latencyHigh["mali-g76"] - latencyLow["mali-g76"]', 20],
    ['memory / 1 MiB', 2],
    ['macs / 300 M + params / 4 M', 2],
    ['log10(macs) + sqrt(params) + abs(-accuracy)', Math.log10(3e8) + 2000.5],
    ['latency["mali-g76"] > 20 ms ? accuracy : 0', 0.5],
    ['latency["mali-g76"] < 20 ms or not (macs < 1) ? 1 : 2', 1],
    ['energyMj^2', 49],
    ['accuracy - 45%', 0.05],
    ['sqrt(latency["mali-g76"] * latency["adreno-640"]) / 1 ms', 20],
  ])('%s', (text, value) => {
    expect(valueOf(text)).toBeCloseTo(value, 9);
  });

  test('say which metrics they read, and whether they are one metric as it is', () => {
    const uses = (text: string) => compileExpression(text, quantities, 'here');
    expect(uses('accuracy / (latency["mali-g76"] / 1 ms)').uses).toEqual(['accuracy', 'latencyMs.mali-g76']);
    expect(uses('latency["mali-g76"]').metric).toBe('latencyMs.mali-g76');
    expect(uses('2 macs').metric).toBeUndefined();
    expect(uses('2 s').constant).toBe(2000);
  });

  test('are NaN where a metric is missing or there is no real value', () => {
    expect(compileExpression('accuracy + macs', quantities, 'here').evaluate({ accuracy: 1 })).toBeNaN();
    expect(valueOf('(accuracy - 1)^0.5')).toBeNaN();
    expect(valueOf('1 / (accuracy - accuracy)')).toBeNaN();
  });

  test.each([
    ['import("fs")', /function import is not allowed/],
    ['createUnit("x")', /function createUnit is not allowed/],
    ['evaluate("1")', /function evaluate is not allowed/],
    ['accuracy.constructor', /accuracy.* has no parts/],
    ['latency["constructor"]', /constructor is not among the profiles/],
    ['f(x) = x', /not allowed/],
    ['x = 3', /not allowed/],
    ['accuracy; macs', /not allowed/],
    ['[1, 2]', /not allowed/],
    ['"text"', /is not a number/],
    ['accuracy!', /`!` is not allowed/],
    ['accuracy +', /is not an expression/],
    ['acuracy', /acuracy is neither a quantity.*Did you mean accuracy/s],
    ['latency["mali-g7"]', /mali-g7 is not among.*Did you mean mali-g76/s],
    ['latencyMs.mali-g76', /latencyMs.* has no parts|neither a quantity/],
    ['latency', /one number a device.*worst\(latency\)/s],
    ['accuracy + latency["mali-g76"]', /takes what has one unit/],
    ['log(latency["mali-g76"])', /must be a plain number/],
    ['2^latency["mali-g76"]', /an exponent must be a plain number/],
    ['latency["mali-g76"]^accuracy', /can only be raised to a number/],
    ['max(macs, memory)', /takes what has one unit/],
    ['mnasnet(accuracy, macs, 80 ms, -0.07)', /mnasnet takes what has one unit/],
    ['accuracy > 3', /not allowed/],
    ['toString', /neither a quantity/],
  ])('%s is refused, with the place and a reason', (text, message) => {
    let caught: unknown;
    try {
      compileExpression(text, quantities, 'c.yaml: `objectives[0]`');
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ code: 'bad-config', exitCode: 2 });
    const { message: said, remedy = '' } = caught as { message: string; remedy?: string };
    expect(said.startsWith('c.yaml: `objectives[0]`: ')).toBe(true);
    expect(`${said} ${remedy}`).toMatch(message);
  });

  test('arithmetic is that of JavaScript, for any numbers', () => {
    const number = fc.double({ min: 0.01, max: 1000, noNaN: true });
    fc.assert(
      fc.property(number, number, number, (a, b, c) => {
        const expression = compileExpression(
          `accuracy * (latency["mali-g76"] / ${c} ms)^-0.07 - macs / 2`,
          quantities,
          'here',
        );
        const value = expression.evaluate({ accuracy: a, 'latencyMs.mali-g76': b, macs: c });
        expect(value).toBeCloseTo(a * (b / c) ** -0.07 - c / 2, 6);
      }),
    );
  });
});

describe('conditions', () => {
  const limits = (text: string) =>
    parseConditions(text, quantities, 'here').map(({ expression: { metric, text: left }, max, min }) => [
      metric ?? left,
      max,
      min,
    ]);

  test('become limits on metrics, in the metrics own units', () => {
    expect(limits('latency["mali-g76"] <= 8 ms')).toEqual([['latencyMs.mali-g76', 8, undefined]]);
    expect(limits('0.008 s >= latency["mali-g76"]')).toEqual([['latencyMs.mali-g76', 8, undefined]]);
    expect(limits('memoryBytes["mali-g76"] <= 20 MB')).toEqual([['memoryBytes.mali-g76', 2e7, undefined]]);
    expect(() => limits('memoryBytes["mali-g76"] <= 20 ms')).toThrow('bytes');
    expect(limits('accuracy >= 45% and memory < 2 MiB')).toEqual([
      ['accuracy', undefined, 0.45],
      ['peakMemoryBytes', 2 ** 21, undefined],
    ]);
    expect(limits('1 M <= params <= 4 M')).toEqual([
      ['params', undefined, 1e6],
      ['params', 4e6, undefined],
    ]);
    expect(limits('latency["mali-g76"] <= 2 latency["adreno-640"]')).toEqual([
      ['latency["mali-g76"] - 2 latency["adreno-640"]', 0, undefined],
    ]);
    expect(limits('worst(latency) <= 8 ms')).toEqual([['worst(latency)', 8, undefined]]);
  });

  test.each([
    ['accuracy', /not a comparison/],
    ['accuracy == 0.5', /not a comparison/],
    ['accuracy > 1 or macs > 2', /not a comparison/],
    ['latency["mali-g76"] <= 8', /compares what is of the dimension time with what is a plain number/],
    ['1 < 2', /says nothing about a network/],
  ])('%s is refused', (text, message) => {
    expect(() => parseConditions(text, quantities, 'here')).toThrow(message);
  });
});
