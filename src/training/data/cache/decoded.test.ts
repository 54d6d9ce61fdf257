import { mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { decodedBytes, readDecoded } from './decoded.js';
import { writeDecoded } from './write.js';
import { createDataSet, createLabels } from '../image-set.js';
import { createTextures } from '../textures.js';

const root = mkdtempSync(join(tmpdir(), 'mixnas-decoded-'));
afterAll(() => rmSync(root, { recursive: true }));

const set = createTextures({ seed: 1, size: 20, resolution: 8, classes: 3 });

async function written(name: string): Promise<string> {
  await writeDecoded(join(root, name), set);
  return join(root, name);
}

it('gives back what was written', async () => {
  const folder = await written('whole');
  expect(readDecoded(folder)).toEqual(set);
  expect(readDecoded(folder, { verify: true })).toEqual(set);
  expect(decodedBytes(folder)).toBe((20 + 5) * (8 * 8 * 3 + 1));
});

it('keeps labels of more than 256 classes', async () => {
  const classes = Array.from({ length: 300 }, (_, c) => `class ${c}`);
  const labels = createLabels(300, 300).map((_, i) => i);
  const images = new Uint8Array(300 * 3).fill(7);
  const split = { count: 300, height: 1, width: 1, channels: 3, classes, images, labels } as const;
  const wide = createDataSet('wide', split, split);
  await writeDecoded(join(root, 'wide'), wide);
  expect(readDecoded(join(root, 'wide'))).toEqual(wide);
});

it('takes a folder without a manifest, or with a cut-off file, for none', async () => {
  expect(readDecoded(join(root, 'nowhere'))).toBeUndefined();
  const cut = await written('cut');
  truncateSync(join(cut, 'train-images.bin'), 100);
  expect(readDecoded(cut)).toBeUndefined();
  const torn = await written('torn');
  writeFileSync(join(torn, 'manifest.json'), '{"format":1,');
  expect(readDecoded(torn)).toBeUndefined();
});

it('finds a single wrong byte when asked to verify', async () => {
  const folder = await written('flipped');
  const path = join(folder, 'test-images.bin');
  const bytes = readFileSync(path);
  bytes[17] = (bytes[17] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  expect(readDecoded(folder)).toBeDefined();
  expect(readDecoded(folder, { verify: true })).toBeUndefined();
});

it('takes a folder for none whose figures do not fit its files', async () => {
  const folder = await written('misfit');
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as object;
  for (const change of [{ train: 1e9 }, { height: 4096 }, { classes: Array.from({ length: 300 }, String) }]) {
    writeFileSync(path, JSON.stringify({ ...manifest, ...change }));
    expect(readDecoded(folder)).toBeUndefined();
  }
});

it('takes a manifest that is a link, or larger than any, for none', async () => {
  const folder = await written('linked');
  const path = join(folder, 'manifest.json');
  const text = readFileSync(path, 'utf8');
  writeFileSync(join(folder, 'other'), text);
  rmSync(path);
  symlinkSync(join(folder, 'other'), path);
  expect(readDecoded(folder)).toBeUndefined();
  rmSync(path);
  writeFileSync(path, `${' '.repeat(17 << 20)}${text}`);
  expect(readDecoded(folder)).toBeUndefined();
});
