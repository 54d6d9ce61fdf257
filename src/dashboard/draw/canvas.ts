/**
 * A grid of characters to plot on, with several dots to a character: 2 x 4 in braille, 2 x 2 in quadrant
 * blocks, one in ASCII. A character has one role, that of the most important dot in it.
 */
import type { Block, Role, Span } from './block.js';
import type { Dots } from './glyphs.js';
import { Raster, cellPixels } from './raster.js';

/** Dots of one character: columns by rows. */
const dotsPerCell: Record<Dots, readonly [number, number]> = {
  braille: [2, 4],
  block: [2, 2],
  ascii: [1, 1],
  pixels: [cellPixels.across, cellPixels.down],
};

/** Bit of each dot, row by row, left to right. */
const brailleBits = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80];
const quadrants = ' ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█';
/** A dot alone or on a slant, on a level line, on an upright one, and where two meet. */
const asciiStrokes = '.-|+';

export interface Canvas {
  /** Width and height in dots. */
  readonly dotWidth: number;
  readonly dotHeight: number;
  /** Sets a dot, origin top left; outside is ignored. A higher `rank` keeps the character's role. */
  dot(x: number, y: number, role: Role, rank: number): void;
  /** A straight line of dots, or of every so many. */
  segment(x0: number, y0: number, x1: number, y1: number, role: Role, rank: number, every?: number): void;
  /** Writes characters over the dots from a cell on; what does not fit is left out. */
  write(column: number, row: number, text: string, role: Role, bold?: boolean): void;
  /** Whether `length` cells from here on carry no written characters. */
  free(column: number, row: number, length: number): boolean;
  /** Whether there is nothing at all in them, not even a dot. */
  empty(column: number, row: number, length: number): boolean;
  toBlock(): Block;
}

/** An empty canvas of `width` by `height` characters. */
export function createCanvas(width: number, height: number, glyphs: Dots): Canvas {
  const [across, down] = dotsPerCell[glyphs];
  const cells = Math.max(0, width * height);
  const raster = glyphs === 'pixels' && cells > 0 ? new Raster(width, height) : undefined;
  const bits = new Uint8Array(cells);
  const ranks = new Uint8Array(cells);
  const roles = new Array<Role | undefined>(cells).fill(undefined);
  const written = new Array<string | undefined>(cells).fill(undefined);
  const bolds = new Uint8Array(cells);
  /** Which cells a level (1) or an upright (2) line passes: ASCII has a character for each. */
  const strokes = new Uint8Array(cells);

  const dot = (x: number, y: number, role: Role, rank: number): void => {
    const column = Math.floor(x / across);
    const row = Math.floor(y / down);
    if (!(column >= 0 && column < width && row >= 0 && row < height)) return;
    const cell = row * width + column;
    if (raster) {
      raster.dot(x, y, role, rank);
      bits[cell] = 1;
      return;
    }
    const place = (Math.floor(y) % down) * across + (Math.floor(x) % across);
    bits[cell] =
      (bits[cell] as number) | (glyphs === 'braille' ? (brailleBits[place] as number) : 1 << place);
    if (roles[cell] === undefined || rank >= (ranks[cell] as number)) {
      ranks[cell] = rank;
      roles[cell] = role;
    }
  };

  const stroke = (x: number, y: number, kind: number): void => {
    const column = Math.floor(x / across);
    const row = Math.floor(y / down);
    if (!(column >= 0 && column < width && row >= 0 && row < height)) return;
    strokes[row * width + column] = (strokes[row * width + column] as number) | kind;
  };

  const character = (cell: number): string => {
    const text = written[cell];
    if (text !== undefined) return text;
    const value = bits[cell] as number;
    if (value === 0 || raster) return ' ';
    if (glyphs === 'braille') return String.fromCharCode(0x2800 + value);
    return glyphs === 'block'
      ? (quadrants[value] as string)
      : (asciiStrokes[strokes[cell] as number] as string);
  };

  return {
    dotWidth: width * across,
    dotHeight: height * down,
    dot,
    segment(x0, y0, x1, y1, role, rank, every = 1) {
      const steps = Math.max(1, Math.ceil(Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0))));
      for (let i = 0; i <= steps; i += every) {
        const [x, y] = [x0 + ((x1 - x0) * i) / steps, y0 + ((y1 - y0) * i) / steps];
        dot(x, y, role, rank);
        stroke(x, y, (x0 !== x1 && y0 === y1 ? 1 : 0) | (x0 === x1 && y0 !== y1 ? 2 : 0));
      }
    },
    write(column, row, text, role, bold = false) {
      if (row < 0 || row >= height) return;
      Array.from(text).forEach((c, i) => {
        const at = column + i;
        if (at < 0 || at >= width) return;
        written[row * width + at] = c;
        roles[row * width + at] = role;
        bolds[row * width + at] = bold ? 1 : 0;
      });
    },
    free(column, row, length) {
      if (row < 0 || row >= height || column < 0 || column + length > width) return false;
      for (let i = column; i < column + length; i++) {
        if (written[row * width + i] !== undefined) return false;
      }
      return true;
    },
    empty(column, row, length) {
      if (!this.free(column, row, length)) return false;
      return !bits.subarray(row * width + column, row * width + column + length).some((dots) => dots !== 0);
    },
    toBlock() {
      return Array.from({ length: height }, (_, row) => {
        const spans: Span[] = raster && row === 0 ? [{ text: '', picture: raster }] : [];
        let from = row * width;
        const end = from + width;
        while (from < end) {
          // One span for each stretch of one style.
          let to = from;
          let text = '';
          while (to < end && roles[to] === roles[from] && bolds[to] === bolds[from]) text += character(to++);
          spans.push({ text, role: roles[from], bold: bolds[from] === 1 });
          from = to;
        }
        return spans;
      });
    },
  };
}
