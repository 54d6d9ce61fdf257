/** From blocks to escape sequences, in as many colours as the terminal has. */
import { type Block, type Line, paintedText, plainLine, type Role, type Span } from './block.js';
import { linked } from '../manners/osc.js';
import { type GlyphSet, toAscii } from './glyphs.js';
import { type Paint, type PaletteName, palettes } from './palettes.js';

export type ColourDepth = 'none' | '16' | '256' | 'true';

export interface Theme {
  readonly colours: ColourDepth;
  readonly glyphs: GlyphSet;
  /** What the colours are for; mid-tones by default. */
  readonly palette?: PaletteName | undefined;
  /** Whether links are written as such. */
  readonly links?: boolean | undefined;
}

/** A role's colour as red, green and blue from 0 to 255; undefined for that of plain text. */
export function paintOf(role: Role): Paint['rgb'] | undefined {
  return palettes.any[role]?.rgb;
}

/** The index in the 256-colour cube, or in its grey ramp. */
function cubeIndex([r, g, b]: Paint['rgb']): number {
  if (r === g && g === b) return 232 + Math.min(23, Math.max(0, Math.round((r - 8) / 10)));
  const level = (v: number): number => (v < 48 ? 0 : v < 115 ? 1 : Math.min(5, Math.floor((v - 35) / 40)));
  return 16 + 36 * level(r) + 6 * level(g) + level(b);
}

function codesOf(part: Span, { colours, palette = 'any' }: Theme): string[] {
  const codes: string[] = [];
  if (part.bold) codes.push('1');
  if (part.inverse) codes.push('7');
  const paint = part.role && palettes[palette][part.role];
  if (paint && colours === 'true') codes.push(`38;2;${paint.rgb.join(';')}`);
  if (paint && colours === '256') codes.push(`38;5;${cubeIndex(paint.rgb)}`);
  if (paint && colours === '16') codes.push(String(paint.basic));
  return codes;
}

/**
 * A line with its escape sequences. Without colours, bold and inverse are kept: they are not colours, and
 * the cursor needs one of them.
 */
export function paintLine(content: Line, theme: Theme): string {
  return content
    .map((part) => {
      const safe = paintedText(part.text);
      const text = theme.glyphs === 'ascii' ? toAscii(safe) : safe;
      const codes = codesOf(part, theme);
      const its = theme.links && part.link !== undefined ? linked(text, part.link) : text;
      return codes.length === 0 || text === '' ? its : `\u001b[${codes.join(';')}m${its}\u001b[0m`;
    })
    .join('');
}

/** A block for a stream: coloured for a terminal, plain (no bold either) where `styled` is false. */
export function paintBlock(content: Block, theme: Theme, styled: boolean): string {
  return content
    .map((row) => {
      if (styled) return paintLine(row, theme).trimEnd();
      return theme.glyphs === 'ascii' ? toAscii(plainLine(row)) : plainLine(row);
    })
    .join('\n');
}
