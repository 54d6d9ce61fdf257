import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeBmp } from './bmp.js';
import { decodeImage } from './image.js';

const root = mkdtempSync(join(tmpdir(), 'mixnas-bmp-'));
afterAll(() => rmSync(root, { recursive: true }));

/** Files of 7x5 pixels written by ImageMagick 6.9, with their pixels as it reads them: red, green, blue, alpha. */
const files: Record<string, { readonly bytes: string; readonly rgba: string }> = {
  '1 bit': {
    bytes:
      'Qk1SAAAAAAAAAD4AAAAoAAAABwAAAAUAAAABAAEAAAAAABQAAAAAAAAAAAAAAAIAAAACAAAA////AAAAAAD+AAAA9gAAAAYAAAAAAAAAAAAAAA==',
    rgba: '/////////////////////////////////////////////////////////////////////////////////////////////////////wAAAP8AAAD/AAAA/wAAAP8AAAD/AAAA//////8AAAD/AAAA/wAAAP8AAAD/AAAA/wAAAP8AAAD/AAAA/wAAAP8=',
  },
  '4 bits': {
    bytes:
      'Qk2KAAAAAAAAAHYAAAAoAAAABwAAAAUAAAABAAQAAAAAABQAAAAAAAAAAAAAABAAAAAQAAAAAACqAKoAAABVAFUAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABERERASEREQIiIiIAAAAAAAAAAA',
    rgba: 'qgAA/6oAAP+qAAD/qgAA/6oAAP+qAAD/qgAA/6oAAP+qAAD/qgAA/6oAAP+qAAD/qgAA/6oAAP9VAFX/VQBV/1UAVf9VAFX/VQBV/1UAVf9VAFX/AACq/1UAVf8AAKr/AACq/wAAqv8AAKr/AACq/wAAqv8AAKr/AACq/wAAqv8AAKr/AACq/wAAqv8=',
  },
  '24 bits': {
    bytes:
      'Qk2uAAAAAAAAADYAAAAoAAAABwAAAAUAAAABABgAAAAAAHgAAAAAAAAAAAAAAAAAAAAAAAAA/wAA/wAA/wAA/wAA/wAA/wAA/wAAAAAAvwBAvwBAvwBAvwBAvwBAvwBAvwBAAAAAgACAgACAgACAgACAgACAgACAgACAAAAAQAC/QAC/QAC/QAC/QAC/QAC/QAC/AAAAAAD/AAD/AAD/AAD/AAD/AAD/AAD/AAAA',
    rgba: '/wAA//8AAP//AAD//wAA//8AAP//AAD//wAA/78AQP+/AED/vwBA/78AQP+/AED/vwBA/78AQP+AAID/gACA/4AAgP+AAID/gACA/4AAgP+AAID/QAC//0AAv/9AAL//QAC//0AAv/9AAL//QAC//wAA//8AAP//AAD//wAA//8AAP//AAD//wAA//8=',
  },
  '32 bits with alpha': {
    bytes:
      'Qk0WAQAAAAAAAIoAAAB8AAAABwAAAAUAAAABACAAAwAAAIwAAAAAAAAAAAAAAAAAAAAAAAAAAAD/AAD/AAD/AAAAAAAA/0JHUnMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAA/wAAgP8AAID/AACA/wAAgP8AAID/AACA/wAAgL8AQIC/AECAvwBAgL8AQIC/AECAvwBAgL8AQICAAICAgACAgIAAgICAAICAgACAgIAAgICAAICAQAC/gEAAv4BAAL+AQAC/gEAAv4BAAL+AQAC/gAAA/4AAAP+AAAD/gAAA/4AAAP+AAAD/gAAA/4A=',
    rgba: '/wAAgP8AAID/AACA/wAAgP8AAID/AACA/wAAgL8AQIC/AECAvwBAgL8AQIC/AECAvwBAgL8AQICAAICAgACAgIAAgICAAICAgACAgIAAgICAAICAQAC/gEAAv4BAAL+AQAC/gEAAv4BAAL+AQAC/gAAA/4AAAP+AAAD/gAAA/4AAAP+AAAD/gAAA/4A=',
  },
  'the OS/2 header': {
    bytes:
      'Qk2SAAAAAAAAABoAAAAMAAAABwAFAAEAGAD/AAD/AAD/AAD/AAD/AAD/AAD/AAAAAAC/AEC/AEC/AEC/AEC/AEC/AEC/AEAAAACAAICAAICAAICAAICAAICAAICAAIAAAABAAL9AAL9AAL9AAL9AAL9AAL9AAL8AAAAAAP8AAP8AAP8AAP8AAP8AAP8AAP8AAAA=',
    rgba: '/wAA//8AAP//AAD//wAA//8AAP//AAD//wAA/78AQP+/AED/vwBA/78AQP+/AED/vwBA/78AQP+AAID/gACA/4AAgP+AAID/gACA/4AAgP+AAID/QAC//0AAv/9AAL//QAC//0AAv/9AAL//QAC//wAA//8AAP//AAD//wAA//8AAP//AAD//wAA//8=',
  },
  '16 bits, 5-6-5': {
    bytes:
      'Qk3aAAAAAAAAAIoAAAB8AAAABwAAAAUAAAABABAAAwAAAFAAAAAAAAAAAAAAAAAAAAAAAAAAAPgAAOAHAAAfAAAAAAAAAEJHUnMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAHwAfAB8AHwAfAB8AHwAAABc4FzgXOBc4FzgXOBc4AAAPeA94D3gPeA94D3gPeAAAB7gHuAe4B7gHuAe4B7gAAAD4APgA+AD4APgA+AD4AAA=',
    rgba: '/wAA//8AAP//AAD//wAA//8AAP//AAD//wAA/70AOf+9ADn/vQA5/70AOf+9ADn/vQA5/70AOf97AHv/ewB7/3sAe/97AHv/ewB7/3sAe/97AHv/OQC9/zkAvf85AL3/OQC9/zkAvf85AL3/OQC9/wAA//8AAP//AAD//wAA//8AAP//AAD//wAA//8=',
  },
};

/** Colours from red to blue, green in between, as a file of 8 bits with a palette, its rows by `rows`. */
function paletted(
  width: number,
  height: number,
  bits: 4 | 8,
  compression: number,
  pixels: readonly number[],
): Buffer {
  const colours = 1 << bits;
  const head = Buffer.alloc(54 + colours * 4);
  head.write('BM');
  head.writeUInt32LE(head.length, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(width, 18);
  head.writeInt32LE(height, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(bits, 28);
  head.writeUInt32LE(compression, 30);
  for (let i = 0; i < colours; i++) head.set([i, 2 * i, 255 - i, 0], 54 + 4 * i);
  return Buffer.concat([head, Buffer.from(pixels)]);
}

/** The palette indices of a decoded file made by `paletted`, row by row from above. */
const indicesOf = ({ data, width }: ReturnType<typeof decodeBmp>) => {
  const indices = Array.from(data).filter((_, i) => i % 3 === 2);
  return Array.from({ length: indices.length / width }, (_, y) => indices.slice(y * width, (y + 1) * width));
};

describe('a bitmap', () => {
  it.each(Object.entries(files))('of %s is read', (_, { bytes, rgba }) => {
    const expected = Buffer.from(rgba, 'base64');
    const { data, width, height, channels } = decodeBmp(Buffer.from(bytes, 'base64'));
    expect([width, height]).toEqual([7, 5]);
    for (let p = 0; p < 35; p++) {
      for (let c = 0; c < channels; c++) {
        expect(
          Math.abs((data[p * channels + c] as number) - (expected[p * 4 + c] as number)),
        ).toBeLessThanOrEqual(1);
      }
    }
  });

  it('of 8 and of 4 bits in runs is read: runs, pixels one by one, jumps, ends of line', () => {
    // From below: three 7s and one 9; then 1, 2, 3 one by one (with a byte of padding); a jump of one, then 5.
    const rle8 = [3, 7, 1, 9, 0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 0, 2, 1, 0, 1, 5, 0, 1];
    expect(indicesOf(decodeBmp(paletted(4, 3, 8, 1, rle8)))).toEqual([
      [0, 5, 0, 0],
      [1, 2, 3, 0],
      [7, 7, 7, 9],
    ]);
    const rle4 = [4, 0x79, 0, 0, 0, 3, 0x12, 0x30, 0, 1];
    expect(indicesOf(decodeBmp(paletted(4, 2, 4, 2, rle4)))).toEqual([
      [1, 2, 3, 0],
      [7, 9, 7, 9],
    ]);
  });

  it('with rows from above is read', () => {
    const file = paletted(2, -2, 8, 0, [1, 2, 0, 0, 3, 4, 0, 0]);
    expect(indicesOf(decodeBmp(file))).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('that is cut off, absurd or of an unknown kind is refused', () => {
    const whole = Buffer.from(files['24 bits']?.bytes ?? '', 'base64');
    for (let length = 2; length < whole.length - 4; length++) {
      expect(() => decodeBmp(whole.subarray(0, length))).toThrow(/range|bounds|cut off|bitmap/);
    }
    expect(() => decodeBmp(paletted(1 << 20, 1 << 20, 8, 0, []))).toThrow(
      'a bitmap of 1048576 x 1048576 pixels',
    );
    expect(() => decodeBmp(paletted(4, 4, 8, 5, []))).toThrow('a bitmap of 8 bits, compression 5');
    expect(() => decodeBmp(paletted(4, 4, 8, 1, [3, 7]))).toThrow(RangeError);
  });

  it('is decoded like other images, whatever its name', async () => {
    const path = join(root, 'photo.jpg');
    writeFileSync(path, Buffer.from(files['24 bits']?.bytes ?? '', 'base64'));
    const { pixels } = await decodeImage(path, { side: 8, channels: 3 });
    expect(pixels[0]).toBeGreaterThan(pixels[2] as number); // Red above, blue below.
    expect(pixels.at(-3)).toBeLessThan(pixels.at(-1) as number);
  });
});
