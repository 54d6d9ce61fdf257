/**
 * Pictures by kitty's graphics protocol (kitty, Ghostty, WezTerm, Konsole), found out by asking the terminal:
 * https://sw.kovidgoyal.net/kitty/graphics-protocol/. They lie under the text, so that marks and labels stay characters.
 */
import type { Picture } from '../draw/block.js';
import type { PaletteName } from '../draw/palettes.js';
import { deflatedRgba, pictureKey } from '../draw/raster.js';

const end = '\u001b\\';
const command = (keys: string, data = ''): string => `\u001b_G${keys}${data === '' ? '' : `;${data}`}${end}`;
/** The number of the question's picture: no other has it. */
const asked = 31;
/** Bytes of one piece of a picture, as base64. */
const pieceLength = 4096;

/** Asks for a picture of one pixel that is not to be shown, then for what every terminal answers. */
export const pictureQuery = `${command(`i=${asked},s=1,v=1,a=q,t=d,f=24`, 'AAAA')}\u001b[c`;

/**
 * What an answer says about pictures: whether there are any, or nothing. What every terminal answers comes last: where
 * no other answer came before it there are none.
 */
export function showsPictures(answer: string): boolean | undefined {
  const graphics = /^_G(?:[^;]*,)?i=(\d+)[^;]*;(.*)$/s.exec(answer);
  if (graphics) return Number(graphics[1]) === asked ? graphics[2] === 'OK' : undefined;
  return /^\[\?[\d;]*c$/.test(answer) ? false : undefined;
}

/** Takes all pictures away. */
export const noPictures = command('a=d,d=A,q=2');

/** A picture at its place on the screen, both from 0. */
export interface PlacedPicture {
  readonly picture: Picture;
  readonly column: number;
  readonly row: number;
}

/** What a picture is on the screen: changes with anything that can be seen of it. */
export const placedKey = ({ picture, column, row }: PlacedPicture, palette: PaletteName): string =>
  `${column},${row} ${pictureKey(picture, palette)}`;

/** Puts a picture onto the screen. @param id which picture it is, from 1. */
export function placeSequence(
  { picture, column, row }: PlacedPicture,
  id: number,
  palette: PaletteName,
): string {
  const data = deflatedRgba(picture, palette).toString('base64');
  const { width, height, columns, rows } = picture;
  const pieces: string[] = [];
  for (let at = 0; at < data.length; at += pieceLength) {
    const more = at + pieceLength < data.length ? 1 : 0;
    // Under the text (z), without moving the cursor (C), without an answer (q).
    const keys =
      at === 0
        ? `a=T,f=32,o=z,s=${width},v=${height},c=${columns},r=${rows},i=${id},p=1,z=-1,C=1,q=2,m=${more}`
        : `m=${more},q=2`;
    pieces.push(command(keys, data.slice(at, at + pieceLength)));
  }
  return `\u001b[${row + 1};${column + 1}H${pieces.join('')}`;
}

/** Takes one picture away, and its data. */
export const removeSequence = (id: number): string => command(`a=d,d=I,i=${id},q=2`);
