/**
 * Windows bitmaps, which libvips does not read here: 1 to 32 bits a pixel, palettes, bit fields, run lengths, either
 * order of rows. Of the npm decoders, bmp-ts gives wrong palette colours and fast-bmp reads the V5 header only.
 */

/** An image as bytes `[height, width, channels]`. */
export interface RawImage {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
}

/** The most pixels taken for true: those of libvips in sharp. */
const maxPixels = 0x3fff * 0x3fff;

interface Header {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bits: number;
  readonly compression: number;
  readonly pixels: number;
  readonly palette: (index: number) => readonly [number, number, number];
  /** Bit masks of red, green, blue, alpha; 0 for a channel that is not there. */
  readonly masks: readonly [number, number, number, number];
}

const [plain, rle8, rle4, bitFields, alphaBitFields] = [0, 1, 2, 3, 6];

function readHeader(file: Buffer): Header {
  const size = file.readUInt32LE(14);
  const old = size === 12;
  const width = old ? file.readUInt16LE(18) : file.readInt32LE(18);
  const rows = old ? file.readInt16LE(20) : file.readInt32LE(22);
  const bits = file.readUInt16LE(old ? 24 : 28);
  const compression = old ? plain : file.readUInt32LE(30);
  if (width < 1 || rows === 0 || width * Math.abs(rows) > maxPixels) {
    throw new Error(`a bitmap of ${width} x ${rows} pixels`);
  }
  const fields = compression === bitFields || compression === alphaBitFields;
  if (![1, 4, 8, 16, 24, 32].includes(bits) || (compression > rle4 && !fields)) {
    throw new Error(`a bitmap of ${bits} bits, compression ${compression}`);
  }
  const mask = (i: number) =>
    i < 3 || size >= 56 || compression === alphaBitFields ? file.readUInt32LE(54 + 4 * i) : 0;
  const usual = bits === 16 ? ([0x7c00, 0x3e0, 0x1f, 0] as const) : ([0xff0000, 0xff00, 0xff, 0] as const);
  const masks = fields ? ([mask(0), mask(1), mask(2), mask(3)] as const) : usual;
  const behind = size === 40 && fields ? (compression === alphaBitFields ? 16 : 12) : 0;
  const [first, step] = [14 + size + behind, old ? 3 : 4];
  const colours = (old ? 0 : file.readUInt32LE(46)) || 1 << Math.min(bits, 8);
  const palette = (index: number) => {
    const at = first + step * Math.min(index, colours - 1);
    return [file[at + 2] ?? 0, file[at + 1] ?? 0, file[at] ?? 0] as const;
  };
  return {
    width,
    height: Math.abs(rows),
    topDown: rows < 0,
    bits,
    compression,
    pixels: file.readUInt32LE(10),
    palette,
    masks,
  };
}

/** The palette indices of a run-length encoded image, rows from below; what the runs skip is 0. */
function unpackRuns(file: Buffer, { width, height, pixels, compression }: Header): Uint8Array {
  const out = new Uint8Array(width * height);
  const half = compression === rle4;
  let [x, y, at] = [0, 0, pixels];
  const put = (value: number) => {
    if (x < width && y < height) out[y * width + x] = value;
    x++;
  };
  /** The pixel `i` of bytes that begin at `from`: two in a byte, the high one first, or one. */
  const index = (from: number, i: number) => {
    const byte = file.readUInt8(half ? from + (i >> 1) : from + i);
    if (!half) return byte;
    return i % 2 === 0 ? byte >> 4 : byte & 15;
  };
  while (y < height) {
    const count = file.readUInt8(at);
    const value = file.readUInt8(at + 1);
    at += 2;
    if (count > 0) {
      for (let i = 0; i < count; i++) put(index(at - 1, half ? i % 2 : 0));
    } else if (value === 0) {
      [x, y] = [0, y + 1];
    } else if (value === 1) {
      return out;
    } else if (value === 2) {
      x += file.readUInt8(at);
      y += file.readUInt8(at + 1);
      at += 2;
    } else {
      for (let i = 0; i < value; i++) put(index(at, i));
      const bytes = half ? (value + 1) >> 1 : value;
      at += bytes + (bytes % 2);
    }
  }
  return out;
}

/** The bits under a mask as 0 to 255. */
function scaler(mask: number): (word: number) => number {
  if (mask === 0) return () => 255;
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  return (word) => Math.round((((word & mask) >>> shift) * 255) / most);
}

/**
 * Decodes a bitmap to red, green, blue, and alpha where the file says that it has some.
 * @throws RangeError or Error for one that is cut off or of a kind that is not read.
 */
export function decodeBmp(file: Buffer): RawImage {
  const header = readHeader(file);
  const { width, height, bits, compression, pixels, masks } = header;
  const channels = masks[3] === 0 ? 3 : 4;
  const data = new Uint8Array(width * height * channels);
  const runs = compression === rle8 || compression === rle4 ? unpackRuns(file, header) : undefined;
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (!runs && pixels + stride * height > file.length + 3) {
    throw new RangeError(`cut off after ${file.length} of ${pixels + stride * height} bytes`);
  }
  const scale = masks.map(scaler);
  for (let y = 0; y < height; y++) {
    const row = header.topDown ? y : height - 1 - y;
    for (let x = 0; x < width; x++) {
      const to = (y * width + x) * channels;
      const from = pixels + row * stride;
      if (bits === 24) {
        for (let c = 0; c < 3; c++) data[to + c] = file.readUInt8(from + 3 * x + 2 - c);
      } else if (bits > 8) {
        const word = bits === 16 ? file.readUInt16LE(from + 2 * x) : file.readUInt32LE(from + 4 * x);
        for (let c = 0; c < channels; c++) data[to + c] = (scale[c] as (word: number) => number)(word);
      } else {
        const perByte = 8 / bits;
        const byte = runs ? 0 : file.readUInt8(from + Math.floor(x / perByte));
        const packed = (byte >> (8 - bits * ((x % perByte) + 1))) & ((1 << bits) - 1);
        data.set(header.palette(runs ? (runs[row * width + x] as number) : packed), to);
      }
    }
  }
  return { data, width, height, channels };
}
