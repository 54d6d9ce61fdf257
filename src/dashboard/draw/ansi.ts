/** From blocks to escape sequences, in as many colours as the terminal has. */
import { type Block, type Line, paintedText, plainLine, type Role, type Span } from './block.js';
import { type GlyphSet, toAscii } from './glyphs.js';

export type ColourDepth = 'none' | '16' | '256' | 'true';

export interface Theme {
  readonly colours: ColourDepth;
  readonly glyphs: GlyphSet;
}

interface Paint {
  readonly rgb: readonly [number, number, number];
  /** The nearest of the 16 colours: an SGR parameter. */
  readonly basic: number;
}

// Okabe and Ito's palette ("Color Universal Design", 2008), which stays distinct with every common colour
// blindness; mid-tones only, because the background may be dark or light.
const orange: Paint = { rgb: [230, 159, 0], basic: 33 };
const skyBlue: Paint = { rgb: [86, 180, 233], basic: 36 };
const green: Paint = { rgb: [0, 158, 115], basic: 32 };
const yellow: Paint = { rgb: [240, 228, 66], basic: 93 };
const vermilion: Paint = { rgb: [213, 94, 0], basic: 31 };
const purple: Paint = { rgb: [204, 121, 167], basic: 35 };
const grey: Paint = { rgb: [135, 135, 135], basic: 90 };

const palette: Record<Role, Paint | undefined> = {
  text: undefined,
  muted: grey,
  accent: skyBlue,
  front: orange,
  dominated: grey,
  infeasible: purple,
  fresh: yellow,
  limit: vermilion,
  reference: skyBlue,
  cursor: yellow,
  good: green,
  warn: orange,
  bad: vermilion,
  series0: skyBlue,
  series1: orange,
  series2: green,
  series3: purple,
};

/** A role's colour as red, green and blue from 0 to 255; undefined for that of plain text. */
export function paintOf(role: Role): Paint['rgb'] | undefined {
  return palette[role]?.rgb;
}

/** The index in the 256-colour cube, or in its grey ramp. */
function cubeIndex([r, g, b]: Paint['rgb']): number {
  if (r === g && g === b) return 232 + Math.min(23, Math.max(0, Math.round((r - 8) / 10)));
  const level = (v: number): number => (v < 48 ? 0 : v < 115 ? 1 : Math.min(5, Math.floor((v - 35) / 40)));
  return 16 + 36 * level(r) + 6 * level(g) + level(b);
}

function codesOf(part: Span, colours: ColourDepth): string[] {
  const codes: string[] = [];
  if (part.bold) codes.push('1');
  if (part.inverse) codes.push('7');
  const paint = part.role && palette[part.role];
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
      const codes = codesOf(part, theme.colours);
      return codes.length === 0 || text === '' ? text : `\u001b[${codes.join(';')}m${text}\u001b[0m`;
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
