/**
 * The drawing layer's only data: text with roles instead of colours. Screens build blocks, `ansi.ts`
 * turns them into escape sequences for a terminal, `plainText` into lines for a pipe.
 */
import stringWidth from 'string-width';
import { printable } from '../../base/index.js';

/** What a piece of text means; a theme gives each role its colour. */
export type Role =
  | 'text'
  | 'muted' // less important than text: units, borders, hints
  | 'accent' // titles, keys
  | 'front' // members of the Pareto front
  | 'dominated'
  | 'infeasible'
  | 'fresh' // joined the front within the last minutes
  | 'limit'
  | 'reference' // reference models
  | 'cursor'
  | 'good'
  | 'warn'
  | 'bad'
  | 'series0' // curves and bars to be distinguished
  | 'series1'
  | 'series2'
  | 'series3';

/** Pixels of a part of the screen, of which those that are set have a role. */
export interface Picture {
  readonly columns: number;
  readonly rows: number;
  readonly width: number;
  readonly height: number;
  /** By row: 0 for none, else the place of its role in `roles` and one. */
  readonly pixels: Uint8Array;
  readonly roles: readonly Role[];
}

export interface Span {
  readonly text: string;
  readonly role?: Role | undefined;
  readonly bold?: boolean | undefined;
  readonly inverse?: boolean | undefined;
  /** An address that terminals with links open. */
  readonly link?: string | undefined;
  /** A picture under the text, from this column on and down from this line. */
  readonly picture?: Picture | undefined;
}
export type Line = readonly Span[];
export type Block = readonly Line[];

/** Shorthand for one piece of text. */
export function span(
  text: string,
  role?: Role,
  extra: { bold?: boolean; inverse?: boolean; link?: string } = {},
): Span {
  return { text, role, ...extra };
}

/** A line from strings and spans. */
export function line(...parts: (string | Span)[]): Line {
  return parts.map((part) => (typeof part === 'string' ? { text: part } : part));
}

/** Characters of one column each: ASCII, Latin, and what the screens draw with. */
const narrow =
  /^[\x20-\x7e\u00a0-\u024f\u2010-\u2027\u2190-\u21ff\u2200-\u22ff\u2500-\u25fc\u2605\u26a0\u2713\u2717\u2800-\u28ff]*$/;

/** A text as it is painted: names and reasons come from files, and may hold what moves the cursor. */
export function paintedText(text: string): string {
  return narrow.test(text) ? text : printable(text);
}

/** Columns that a text takes in a terminal. */
export function textWidth(text: string): number {
  // string-width is a hundred times slower than this test, and most text passes it.
  return narrow.test(text) ? text.length : stringWidth(printable(text));
}

export function lineWidth(content: Line): number {
  return content.reduce((sum, part) => sum + textWidth(part.text), 0);
}

/** The longest beginning of `text` that fits in `width` columns. */
function head(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let used = 0;
  let end = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    used += textWidth(segment);
    if (used > width) break;
    end += segment.length;
  }
  return text.slice(0, end);
}

/** A text cut to `width` columns, its cut marked with `…`. */
export function cut(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  return width < 1 ? '' : `${head(text, width - 1)}…`;
}

export type Align = 'left' | 'right' | 'center';

/** A line of exactly `width` columns: cut with `…` when longer, filled with blanks when shorter. */
export function fit(content: Line, width: number, align: Align = 'left'): Line {
  const taken = lineWidth(content);
  if (taken === width) return content;
  if (taken < width) {
    const rest = width - taken;
    const before = align === 'left' ? 0 : align === 'right' ? rest : Math.floor(rest / 2);
    const blanks = (n: number): Span[] => (n > 0 ? [{ text: ' '.repeat(n) }] : []);
    return [...blanks(before), ...content, ...blanks(rest - before)];
  }
  const kept: Span[] = [];
  let room = width;
  for (const part of content) {
    const size = textWidth(part.text);
    if (size < room) {
      kept.push(part);
      room -= size;
      continue;
    }
    kept.push({ ...part, text: cut(size === room ? `${part.text} ` : part.text, room) });
    break;
  }
  // A wide character that did not fit leaves a column over.
  const short = width - lineWidth(kept);
  return short > 0 ? [...kept, { text: ' '.repeat(short) }] : kept;
}

/** A block of exactly `width` by `height`. */
export function fitBlock(content: Block, width: number, height: number): Block {
  const lines = content.slice(0, Math.max(0, height)).map((row) => fit(row, width));
  while (lines.length < height) lines.push([{ text: ' '.repeat(Math.max(0, width)) }]);
  return lines;
}

/** A text in lines of at most so many columns, broken between words; a longer word is broken where the line ends. */
export function wrapText(text: string, columns: number): string[] {
  const width = Math.max(1, columns);
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(/\s+/)) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (textWidth(longer) <= width) current = longer;
    else {
      if (current !== '') lines.push(current);
      current = word;
      while (textWidth(current) > width) {
        const begin = head(current, width) || current.slice(0, 1);
        lines.push(begin);
        current = current.slice(begin.length);
      }
    }
  }
  return current === '' ? lines : [...lines, current];
}

/** Lines with nothing in them. */
export function emptyLines(count: number): Block {
  return Array.from({ length: Math.max(0, count) }, () => []);
}

/** Blocks of known widths side by side, each padded to the tallest. */
export function sideBySide(...parts: readonly { readonly block: Block; readonly width: number }[]): Block {
  const height = Math.max(0, ...parts.map(({ block }) => block.length));
  const columns = parts.map(({ block, width }) => fitBlock(block, width, height));
  return Array.from({ length: height }, (_, row) => columns.flatMap((column) => column[row] ?? []));
}

/** A line's text without its styles, blanks at the end left out. */
export function plainLine(content: Line): string {
  return content
    .map((part) => paintedText(part.text))
    .join('')
    .trimEnd();
}

/** A block as plain text. */
export function plainText(content: Block): string {
  return content.map(plainLine).join('\n');
}
