/** What an image file is, by its first bytes: names lie, and cameras and scanners have endings of their own. */
import { closeSync, openSync, readSync } from 'node:fs';

/** The formats that are read. */
export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'avif' | 'bmp';

/** Bytes that tell a format. */
export const sniffBytes = 16;

/** The format that a file's first bytes say; undefined for anything that is not read. */
export function imageFormatOf(head: Uint8Array): ImageFormat | undefined {
  const text = (from: number, to: number) => String.fromCharCode(...head.subarray(from, to));
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return 'jpeg';
  if (text(0, 8) === '\x89PNG\r\n\x1a\n') return 'png';
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'webp';
  if (/^GIF8[79]a$/.test(text(0, 6))) return 'gif';
  if (['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].includes(text(0, 4))) return 'tiff';
  if (text(4, 8) === 'ftyp' && ['avif', 'avis'].includes(text(8, 12))) return 'avif';
  // "BM" begins many a text, too; the reserved bytes behind the length are 0 in a bitmap.
  if (text(0, 2) === 'BM' && head.length >= 14 && head.subarray(6, 10).every((b) => b === 0)) return 'bmp';
  return undefined;
}

/** The format of a file by its content; undefined where it is not an image that is read, or cannot be opened. */
export function sniffFile(path: string): ImageFormat | undefined {
  const head = Buffer.alloc(sniffBytes);
  try {
    const file = openSync(path, 'r');
    try {
      return imageFormatOf(head.subarray(0, readSync(file, head, 0, sniffBytes, 0)));
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}
