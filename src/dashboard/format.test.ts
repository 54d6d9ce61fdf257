import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatMs, formatPercent, significant } from './format.js';
import { canShowDashboard, detectTheme } from './terminal.js';

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

describe('terminals', () => {
  const tty = { isTTY: true };
  it('colours follow NO_COLOR, TERM, COLORTERM and FORCE_COLOR', () => {
    const colours = (env: Record<string, string>, stream = tty) => detectTheme(stream, env).colours;
    expect(colours({ TERM: 'xterm-256color' })).toBe('256');
    expect(colours({ TERM: 'xterm-256color', COLORTERM: 'truecolor' })).toBe('true');
    expect(colours({ TERM: 'xterm' })).toBe('16');
    expect(colours({ TERM: 'xterm', NO_COLOR: '1' })).toBe('none');
    expect(colours({ TERM: 'dumb' })).toBe('none');
    expect(colours({ TERM: 'xterm' }, { isTTY: false })).toBe('none');
    expect(colours({ FORCE_COLOR: '3' }, { isTTY: false })).toBe('true');
    expect(colours({ TERM: 'xterm', FORCE_COLOR: '0' })).toBe('none');
  });

  it('glyphs follow the locale, the console and --ascii', () => {
    const glyphs = (env: Record<string, string>, ascii = false) => detectTheme(tty, env, { ascii }).glyphs;
    expect(glyphs({})).toBe('braille');
    expect(glyphs({ LANG: 'de_DE.UTF-8' })).toBe('braille');
    expect(glyphs({ LANG: 'C' })).toBe('ascii');
    expect(glyphs({ LC_ALL: 'POSIX', LANG: 'en_GB.utf8' })).toBe('ascii');
    expect(glyphs({ TERM: 'linux' })).toBe('block');
    expect(glyphs({ MIXNAS_GLYPHS: 'block' })).toBe('block');
    expect(glyphs({ MIXNAS_GLYPHS: 'block' }, true)).toBe('ascii');
  });

  it('a dashboard needs a terminal at both ends, and no CI', () => {
    expect(canShowDashboard(tty, tty, { TERM: 'xterm' })).toBe(true);
    expect(canShowDashboard({}, tty, {})).toBe(false);
    expect(canShowDashboard(tty, {}, {})).toBe(false);
    expect(canShowDashboard(tty, tty, { TERM: 'dumb' })).toBe(false);
    expect(canShowDashboard(tty, tty, { CI: 'true' })).toBe(false);
    expect(canShowDashboard(tty, tty, { CI: 'false' })).toBe(true);
  });
});
