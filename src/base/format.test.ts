import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatMs, formatPercent, significant } from './format.js';

describe('numbers', () => {
  it('keep three significant digits and their unit', () => {
    expect([0, 0.00123, 1.234, 12.34, 123.4, 1234].map((v) => significant(v))).toEqual([
      '0',
      '0.00123',
      '1.23',
      '12.3',
      '123',
      '1234',
    ]);
    expect([12, 999, 1000, 999_999, 4_134_606, 2e9].map(formatCount)).toEqual([
      '12',
      '999',
      '1.00 k',
      '1.00 M',
      '4.13 M',
      '2.00 G',
    ]);
    expect(formatBytes(6_021_120)).toBe('6.02 MB');
    expect(formatBytes(12)).toBe('12 B');
    expect(formatMs(9.876)).toBe('9.88 ms');
    expect(formatPercent(0.7123)).toBe('71.2 %');
  });

  it('durations never show sixty of anything', () => {
    expect([0.04, 9.96, 59.6, 192, 3599.7, 3720, 90_000].map(formatDuration)).toEqual([
      '0.0 s',
      '10 s',
      '1 min 00 s',
      '3 min 12 s',
      '1 h 00 min',
      '1 h 02 min',
      '1 d 1 h',
    ]);
  });
});
