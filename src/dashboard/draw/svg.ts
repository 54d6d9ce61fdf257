/** A block as an SVG picture of a terminal: for exported views and the README. */
import { paintOf } from './ansi.js';
import { type Block, lineWidth, paintedText, type Span, textWidth } from './block.js';

/** Size of one character at the font size used. */
const cellWidth = 8.4;
const cellHeight = 18;
const fontSize = 14;
const padding = 10;

const background = '#16181d';
const foreground = '#d7dae0';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeXml = (text: string): string => paintedText(text).replaceAll(/[&<>"]/g, (c) => escapes[c] ?? c);

const hex = (rgb: readonly number[]): string =>
  `#${rgb.map((v) => v.toString(16).padStart(2, '0')).join('')}`;

const left = (column: number): string => (padding + column * cellWidth).toFixed(1);

/**
 * What puts every character in its cell. Letters of any monospace font go by their common length; dots and
 * lines mostly come from another font, as wide as it pleases, and are placed one by one.
 */
function placeOf(text: string, column: number): string {
  const columns = textWidth(text);
  const drawing = /[\u2500-\u28ff]/.test(text) && text.length === columns;
  if (drawing) return `x="${Array.from(text, (_, i) => left(column + i)).join(' ')}"`;
  return `x="${left(column)}" textLength="${(columns * cellWidth).toFixed(1)}"`;
}

/** One stretch of text: its background where it is inverse, and the characters. */
function drawSpan(part: Span, column: number, row: number): string {
  if (part.text.trim() === '' && !part.inverse) return '';
  // Renderers drop spaces at the ends and all but one between, and would stretch the rest over the given length.
  const indent = part.text.length - part.text.trimStart().length;
  const text = part.text.trim().replaceAll(/ {2,}/g, (run) => '\u00a0'.repeat(run.length));
  const colour = part.role && paintOf(part.role);
  const ink = colour ? hex(colour) : foreground;
  const x = left(column);
  const width = (textWidth(part.text) * cellWidth).toFixed(1);
  const top = padding + row * cellHeight;
  const box = part.inverse
    ? `<rect x="${x}" y="${top}" width="${width}" height="${cellHeight}" fill="${ink}"/>`
    : '';
  const weight = part.bold ? ' font-weight="bold"' : '';
  if (text === '') return box;
  return `${box}<text ${placeOf(text, column + indent)} y="${top + 13}" fill="${part.inverse ? background : ink}"${weight}>${escapeXml(text)}</text>`;
}

/** The picture of a block, as wide as its widest line or `columns`. */
export function blockToSvg(content: Block, title: string, columns = 0): string {
  const wide = Math.max(columns, ...content.map(lineWidth));
  const width = Math.ceil(wide * cellWidth + 2 * padding);
  const height = content.length * cellHeight + 2 * padding;
  const rows = content.map((line, row) => {
    let column = 0;
    return line
      .map((part) => {
        const drawn = drawSpan(part, column, row);
        column += textWidth(part.text);
        return drawn;
      })
      .join('');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="6" fill="${background}"/>`,
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${fontSize}">`,
    ...rows,
    '</g></svg>',
    '',
  ].join('\n');
}
