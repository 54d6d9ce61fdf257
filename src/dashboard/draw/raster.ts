/** Dots of a plot as pixels, for terminals that show pictures: a character's cell has 8 by 16 of them. */
import { crc32, deflateSync } from 'node:zlib';
import type { Picture, Role } from './block.js';
import { type PaletteName, palettes } from './palettes.js';

export const cellPixels = { across: 8, down: 16 } as const;
/** A dot is a square of so many pixels: one alone would hardly be seen. */
const dotPixels = 2;
/** What is plain text, whose colour only the terminal knows: can be read on dark and on light. */
const plainRgb = [150, 150, 150] as const;

export class Raster implements Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
  readonly roles: Role[] = [];
  readonly #ranks: Uint8Array;

  constructor(
    readonly columns: number,
    readonly rows: number,
  ) {
    this.width = columns * cellPixels.across;
    this.height = rows * cellPixels.down;
    this.pixels = new Uint8Array(this.width * this.height);
    this.#ranks = new Uint8Array(this.width * this.height);
  }

  /** Sets a dot, origin top left; the higher rank stays. */
  dot(x: number, y: number, role: Role, rank: number): void {
    let its = this.roles.indexOf(role) + 1;
    if (its === 0) its = this.roles.push(role);
    const [left, top] = [Math.floor(x), Math.floor(y)];
    for (let down = top; down < Math.min(top + dotPixels, this.height); down++) {
      for (let across = left; across < Math.min(left + dotPixels, this.width); across++) {
        const at = down * this.width + across;
        if (across < 0 || down < 0 || (this.pixels[at] !== 0 && rank < (this.#ranks[at] as number))) continue;
        this.pixels[at] = its;
        this.#ranks[at] = rank;
      }
    }
  }
}

/** What distinguishes a picture in a palette from another. */
export const pictureKey = ({ pixels, roles, columns, rows }: Picture, palette: PaletteName): string =>
  `${columns}x${rows} ${crc32(pixels)} ${roles.join(' ')} ${palette}`;

/** A picture's red, green, blue and opacity, pixel by pixel, deflated as zlib does. */
export function deflatedRgba({ pixels, roles }: Picture, palette: PaletteName): Buffer {
  const rgba = new Uint8Array(4 * pixels.length);
  const colours = roles.map((role) => palettes[palette][role]?.rgb ?? plainRgb);
  for (let i = 0; i < pixels.length; i++) {
    const colour = colours[(pixels[i] as number) - 1];
    if (!colour) continue;
    rgba.set(colour, 4 * i);
    rgba[4 * i + 3] = 255;
  }
  // Mostly nothing: more effort would take longer than sending the difference.
  return deflateSync(rgba, { level: 1 });
}
