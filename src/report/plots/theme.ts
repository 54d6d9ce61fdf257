/**
 * Colours and type of the plots. Colours are after Okabe and Ito ("Color Universal Design", 2008), which
 * colour-blind people tell apart, darkened until each has a contrast of 3 on white; the page exchanges
 * them for the dark ones where the reader's system is dark.
 */

/** Roles, each with its colour on white and on dark. No two roles share a light colour. */
export const palette = {
  paper: ['#ffffff', '#15191e'],
  ink: ['#1b2026', '#e7ebef'],
  muted: ['#59636e', '#9da8b3'],
  grid: ['#e6e9ec', '#2b323a'],
  faint: ['#9ea7b0', '#66717c'],
  front: ['#0a63b8', '#6bb5f7'],
  reference: ['#a84a00', '#f2a35e'],
  limit: ['#b3123d', '#ff8ba3'],
  series1: ['#0b64b9', '#6cb6f8'],
  series2: ['#b5501b', '#f4a05f'],
  series3: ['#00795a', '#3fcf9f'],
  series4: ['#9c4684', '#e29fcd'],
  series5: ['#806c00', '#dcc64a'],
  series6: ['#5d6771', '#a1acb7'],
} as const satisfies Record<string, readonly [light: string, dark: string]>;

export type Role = keyof typeof palette;

/** The light colour of a role. */
export const colour = (role: Role): string => palette[role][0];

/** Colours of several runs; the one most like that of reference models comes last. */
export const seriesRoles = ['series1', 'series3', 'series4', 'series5', 'series6', 'series2'] as const;

/** Shapes that go with them: colour never says anything alone. */
export const seriesShapes = ['circle', 'square', 'triangle-up', 'diamond', 'cross', 'triangle-down'] as const;

export const fontFamily = 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

/** Narrow and wide letters of a sans-serif face, in em. */
function letterWidth(letter: string): number {
  if (/[ijl.,:;|'!I ]/.test(letter)) return 0.29;
  if (/[ftr()[\]-]/.test(letter)) return 0.38;
  if (/[mwMW%@]/.test(letter)) return 0.88;
  if (/[A-Z#+=]/.test(letter)) return 0.68;
  return 0.59;
}

/** About how many pixels wide a text is: there is no canvas to measure it on. */
export function textWidth(text: string, size: number): number {
  return Array.from(text).reduce((sum, letter) => sum + letterWidth(letter), 0) * size;
}
