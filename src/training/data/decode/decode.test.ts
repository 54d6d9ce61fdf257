import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { brokenFiles, decodeAll } from './all.js';
import { decodeImage } from './image.js';
import { DecodeNotes } from './notes.js';
import type { Channels } from '../image-set.js';

const root = mkdtempSync(join(tmpdir(), 'mixnas-decode-'));
afterAll(() => rmSync(root, { recursive: true }));

const side = 8;

/** A TIFF of one uncompressed strip: sample formats 1 unsigned, 2 signed, 3 floating point. */
function tiff(values: readonly number[], bits: 16 | 32, format: 1 | 2 | 3, samples = 1): string {
  const pixels = Buffer.alloc((values.length * bits) / 8);
  values.forEach((value, i) => {
    if (format === 3) pixels.writeFloatLE(value, i * 4);
    else if (bits === 16) pixels.writeUInt16LE(value, i * 2);
    else pixels.writeInt32LE(value, i * 4);
  });
  const perSample = (value: number) => (samples === 1 ? value : undefined);
  const tags: [number, number, number][] = [
    [256, 1, side],
    [257, 1, side],
    [258, samples, perSample(bits) ?? bits],
    [259, 1, 1],
    [262, 1, samples === 1 ? 1 : 2],
    [273, 1, 8],
    [277, 1, samples],
    [278, 1, side],
    [279, 1, pixels.length],
    [339, samples, perSample(format) ?? format],
  ];
  const directory = Buffer.alloc(2 + tags.length * 12 + 4);
  const extra = Buffer.alloc(samples * 4);
  directory.writeUInt16LE(tags.length, 0);
  const behind = 8 + pixels.length + directory.length;
  tags.forEach(([tag, count, value], i) => {
    const at = 2 + i * 12;
    directory.writeUInt16LE(tag, at);
    directory.writeUInt16LE(value > 65_535 ? 4 : 3, at + 2);
    directory.writeUInt32LE(count, at + 4);
    if (count <= 1) return void directory.writeUInt32LE(value, at + 8);
    const from = tag === 258 ? 0 : samples * 2;
    for (let s = 0; s < samples; s++) extra.writeUInt16LE(value, from + s * 2);
    directory.writeUInt32LE(behind + from, at + 8);
  });
  const head = Buffer.alloc(8);
  head.write('II*\0', 'latin1');
  head.writeUInt32LE(8 + pixels.length, 4);
  const path = join(root, `${values[1]}-${bits}-${format}-${samples}-${values.length}.tif`);
  writeFileSync(path, Buffer.concat([head, pixels, directory, extra]));
  return path;
}

const ramp = (most: number, count = side * side) =>
  Array.from({ length: count }, (_, i) => (i * most) / (count - 1));
const target = (channels: Channels = 3, white?: number) => ({ side, channels, white });

async function notesOf(paths: readonly string[], channels: Channels = 3, white?: number): Promise<string[]> {
  const notes = new DecodeNotes({ channels, white });
  const broken = await decodeAll(
    {
      count: paths.length,
      target: target(channels, white),
      path: (i) => paths[i] as string,
      name: (i) => `${i}`,
      onImage: () => {},
      tick: () => {},
    },
    notes,
  );
  expect(broken).toEqual([]);
  return notes.sentences();
}

describe('values that are not bytes', () => {
  it.each([1, 3])('floating point from 0 to 1 in %i channels keeps its shades', async (samples) => {
    const path = tiff(ramp(1, side * side * samples), 32, 3, samples);
    const { pixels } = await decodeImage(path, target());
    const expected = ramp(255, side * side * samples).map(Math.round);
    const own = samples === 3 ? [...pixels] : [...pixels].filter((_, i) => i % 3 === 0);
    expect(own).toEqual(expected);
    expect(await notesOf([path])).toEqual([
      '1 image of type float: 0 to 1 become 0 to 255 (values from 0 to 1) (0).',
    ]);
  });

  it('floating point of another range must be told what is white', async () => {
    const path = tiff(ramp(900), 32, 3);
    await expect(decodeImage(path, target())).rejects.toThrow(
      'its float values go from 0 to 900, and which of them is white is not known: set dataset.white, say 900',
    );
    const { pixels } = await decodeImage(path, target(1, 900));
    expect([...pixels]).toEqual(ramp(255).map(Math.round));
    await expect(decodeImage(tiff([0, Number.NaN, ...ramp(1, 62)], 32, 3), target())).rejects.toThrow(
      'it holds the value NaN',
    );
  });

  it('12 bits in 16 are said to be few, and are all kept with white: 4095', async () => {
    const path = tiff(ramp(4095).map(Math.round), 16, 1);
    const few = await decodeImage(path, target(1));
    expect(new Set(few.pixels).size).toBe(16);
    expect(await notesOf([path])).toEqual([
      '1 image of 16 bits is brought to 8 (values from 0 to 4,095): only 16 of 256 levels are left; set dataset.white: 4095 (0).',
    ]);
    const all = await decodeImage(path, target(1, 4095));
    expect(new Set(all.pixels).size).toBe(side * side);
    expect(await notesOf([path], 1, 2000)).toEqual([
      '1 image of 16 bits: 0 to 2,000 become 0 to 255 (values from 0 to 4,095, and what is outside is clipped) (0).',
    ]);
  });

  it('32-bit whole numbers are bytes where they fit', async () => {
    const { pixels } = await decodeImage(tiff(ramp(126).map(Math.round), 32, 2), target(1));
    expect([...pixels]).toEqual(ramp(126).map(Math.round));
    await expect(decodeImage(tiff(ramp(70_000).map(Math.round), 32, 2), target())).rejects.toThrow(
      'set dataset.white',
    );
  });
});

/** A PNG of `channels` channels whose value at pixel p, channel c is `value(p, c)`. */
async function png(
  name: string,
  channels: 1 | 2 | 3 | 4,
  value: (p: number, c: number) => number,
): Promise<string> {
  const data = Uint8Array.from({ length: side * side * channels }, (_, i) =>
    value(Math.floor(i / channels), i % channels),
  );
  const path = join(root, name);
  await sharp(data, { raw: { width: side, height: side, channels } })
    .png()
    .toFile(path);
  return path;
}

describe('channels', () => {
  it('grey keeps grey values, and takes the luma of colours', async () => {
    const grey = await png('grey.png', 1, (p) => p * 4);
    expect([...(await decodeImage(grey, target(1))).pixels]).toEqual(
      Array.from({ length: 64 }, (_, p) => p * 4),
    );
    const colours = await png('colours.png', 3, (_, c) => [200, 100, 50][c] as number);
    expect(new Set((await decodeImage(colours, target(1))).pixels)).toEqual(
      new Set([Math.round(0.299 * 200 + 0.587 * 100 + 0.114 * 50)]),
    );
  });

  it('four keep every value, also where the fourth is 0', async () => {
    const path = await png('four.png', 4, (p, c) => (c === 3 ? (p % 2) * 100 : p + 60 * c));
    const { pixels } = await decodeImage(path, target(4));
    expect([...pixels.subarray(0, 8)]).toEqual([0, 60, 120, 0, 1, 61, 121, 100]);
    const opaque = await png('opaque.png', 3, (p, c) => p + c);
    expect([...(await decodeImage(opaque, target(4))).pixels.subarray(0, 4)]).toEqual([0, 1, 2, 255]);
    expect(await notesOf([path, opaque], 4)).toEqual([
      '1 image has no fourth channel, which is 255 there (1).',
    ]);
  });

  it('three lay what is transparent on white, and say so', async () => {
    const clear = await png('clear.png', 4, (p, c) => (c === 3 ? 0 : p));
    expect(new Set((await decodeImage(clear, target(3))).pixels)).toEqual(new Set([255]));
    expect(await notesOf([clear, clear, clear, clear])).toEqual([
      '4 images have transparency, and are laid on white (0, 1, 2, ...).',
      '4 images are of one colour throughout: nothing can be learnt from them (0, 1, 2, ...).',
    ]);
  });
});

it('of an animation the first frame is taken, and it is said', async () => {
  const frames = Buffer.alloc(side * side * 2 * 3, 9).fill(200, side * side * 3);
  frames[0] = 77;
  const path = join(root, 'moving.gif');
  await sharp(frames, { raw: { width: side, height: side * 2, channels: 3, pageHeight: side } })
    .gif()
    .toFile(path);
  expect(await notesOf([path])).toEqual(['1 image has several pages or frames: the first is taken (0).']);
});

it('names the first twenty broken files and counts the rest', async () => {
  const paths = Array.from({ length: 25 }, (_, i) => join(root, `broken-${i}.jpg`));
  for (const path of paths) writeFileSync(path, 'no image');
  const good = await png('good.png', 3, (p) => p);
  const all = [good, ...paths, good];
  const options = { count: all.length, target: target(), path: (i: number) => all[i] as string };
  const seen: number[] = [];
  const broken = await decodeAll(
    { ...options, name: String, onImage: (i) => seen.push(i), tick: () => {} },
    new DecodeNotes(target()),
  );
  expect(seen).toEqual([0, 26]);
  const lines = brokenFiles(broken, all.length).message.split('\n');
  expect(lines).toHaveLength(22);
  expect(lines[0]).toBe('25 of 27 images cannot be read:');
  expect(lines[1]).toMatch(/broken-0\.jpg: Input file contains unsupported image format$/);
  expect(lines[21]).toBe('  and 5 more');
});
