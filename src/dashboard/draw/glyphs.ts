/**
 * Screens draw with a small Unicode vocabulary. On a terminal without it every character has one ASCII
 * stand-in, so that nothing else needs to know. Plots have more dots a character where the glyphs allow:
 * see `canvas.ts`.
 */
export type GlyphSet = 'braille' | 'block' | 'ascii';
/** What the dots of a plot are: parts of characters, or pixels of a picture. */
export type Dots = GlyphSet | 'pixels';

/** Marks of the plots: distinguished by shape, never by colour alone. */
export const marks = {
  front: '●',
  level: '○',
  fresh: '★',
  infeasible: '×',
  reference: '◆',
  cursor: '◉',
  marked: '■',
} as const;

const standIns: Readonly<Record<string, string>> = {
  '●': 'o',
  '★': '*',
  '×': 'x',
  '◆': '#',
  '◉': '@',
  '■': '=',
  '▲': 'A',
  '○': '0',
  '□': 'B',
  '△': 'V',
  '≠': '!',
  '⇤': '<',
  '·': '.',
  µ: 'u',
  '…': '~',
  '─': '-',
  '━': '=',
  '│': '|',
  '┊': ':',
  '┌': '+',
  '┐': '+',
  '└': '+',
  '┘': '+',
  '├': '+',
  '┤': '+',
  '┬': '+',
  '┴': '+',
  '┼': '+',
  '╭': '+',
  '╮': '+',
  '╰': '+',
  '╯': '+',
  '▸': '>',
  '▾': 'v',
  '▴': '^',
  '→': '>',
  '←': '<',
  '↑': '^',
  '↓': 'v',
  '⇥': '>',
  '⏎': '<',
  '≤': '<',
  '≥': '>',
  '±': '~',
  '∞': 'i',
  '█': '#',
  '▉': '#',
  '▊': '#',
  '▋': '#',
  '▌': '#',
  '▍': '-',
  '▎': '-',
  '▏': '-',
  '▓': '%',
  '▒': '+',
  '░': '.',
  '✓': '+',
  '✗': 'x',
  '⚠': '!',
  '∆': 'd',
};

/** `text` with every character that is not ASCII replaced by one of the same width. */
export function toAscii(text: string): string {
  // oxlint-disable-next-line no-control-regex
  if (/^[\u0000-\u007f]*$/.test(text)) return text;
  return Array.from(text, (c) => (c < '\u0080' ? c : (standIns[c] ?? '?'))).join('');
}
