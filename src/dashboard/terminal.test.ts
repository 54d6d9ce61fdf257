import { describe, expect, it } from 'vitest';
import { canShowDashboard, detectTheme } from './terminal.js';

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
