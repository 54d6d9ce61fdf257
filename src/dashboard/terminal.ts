/** What a terminal can show, from the environment and the command line. */
import type { ColourDepth, Theme } from './draw/ansi.js';
import type { GlyphSet } from './draw/glyphs.js';
import { type PaletteName, paletteNames } from './draw/palettes.js';
import { hasLinks, isDarkByEnvironment } from './manners/osc.js';

export interface TerminalOptions {
  /** Plain ASCII instead of line drawing and braille. */
  readonly ascii?: boolean | undefined;
  /** The colours: for a dark or a light background, or with strong contrast; found out by default. */
  readonly theme?: 'auto' | PaletteName | undefined;
  /** Pictures instead of dots in characters. */
  readonly pictures?: PictureChoice | undefined;
}

/** Whether plots are pictures: where the terminal answers that it shows them, or in any case. */
const pictureChoices = ['auto', 'always', 'never'] as const;
type PictureChoice = (typeof pictureChoices)[number];

type Environment = Readonly<Record<string, string | undefined>>;

function colourDepth(env: Environment, isTty: boolean): ColourDepth {
  // https://no-color.org: any non-empty value.
  if (env['NO_COLOR']) return 'none';
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) {
    const depths: Record<string, ColourDepth> = { '0': 'none', false: 'none', '2': '256', '3': 'true' };
    return depths[forced] ?? '16';
  }
  const term = env['TERM'] ?? '';
  if (!isTty || term === '' || term === 'dumb') return 'none';
  if (/^(truecolor|24bit)$/.test(env['COLORTERM'] ?? '')) return 'true';
  if (/-direct$|kitty|alacritty|wezterm|ghostty/.test(term)) return 'true';
  return /256/.test(term) ? '256' : '16';
}

function glyphSet(env: Environment, options: TerminalOptions): GlyphSet {
  if (options.ascii) return 'ascii';
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  // Containers leave the locale unset, and their terminal speaks UTF-8; a locale that is set is believed.
  if (locale !== '' && !/utf-?8/i.test(locale)) return 'ascii';
  // The Linux console has 256 or 512 glyphs: blocks, but no braille.
  return env['TERM'] === 'linux' ? 'block' : 'braille';
}

/** The palette that was asked for, by option or `MIXNAS_THEME`; undefined where it is to be found out. */
export function askedPalette(env: Environment, { theme }: TerminalOptions): PaletteName | undefined {
  const asked = theme ?? env['MIXNAS_THEME'];
  return paletteNames.find((name) => name === asked);
}

/** Whether plots may be pictures; in tmux they would not move with what is around them. */
export function pictureChoice(
  env: Environment,
  { pictures, ascii }: TerminalOptions,
  { colours }: Theme,
): PictureChoice {
  const asked = pictures ?? pictureChoices.find((choice) => choice === env['MIXNAS_PICTURES']) ?? 'auto';
  if (asked === 'always' || asked === 'never') return asked;
  const isAsked = colours !== 'none' && !ascii && env['TERM'] !== 'linux' && !env['TMUX'] && !env['STY'];
  return isAsked ? 'auto' : 'never';
}

function paletteOf(env: Environment, options: TerminalOptions): PaletteName {
  const isDark = isDarkByEnvironment(env);
  return askedPalette(env, options) ?? (isDark === undefined ? 'any' : isDark ? 'dark' : 'light');
}

/** The theme for a stream: `MIXNAS_GLYPHS` (braille, block, ascii) overrides what the locale says. */
export function detectTheme(
  stream: { readonly isTTY?: boolean },
  env: Environment,
  options: TerminalOptions = {},
): Theme {
  const asked = env['MIXNAS_GLYPHS'];
  const glyphs =
    !options.ascii && (asked === 'braille' || asked === 'block' || asked === 'ascii')
      ? asked
      : glyphSet(env, options);
  return {
    colours: colourDepth(env, stream.isTTY === true),
    glyphs,
    palette: paletteOf(env, options),
    links: hasLinks(env),
  };
}

/** Whether a full-screen dashboard makes sense: a terminal on both ends that can move its cursor. */
export function canShowDashboard(
  input: { readonly isTTY?: boolean },
  output: { readonly isTTY?: boolean },
  env: Environment,
): boolean {
  const ci = env['CI'] !== undefined && env['CI'] !== '' && env['CI'] !== 'false' && env['CI'] !== '0';
  return input.isTTY === true && output.isTTY === true && env['TERM'] !== 'dumb' && !ci;
}
