import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseDataset } from '../data/index.js';
import { evaluate } from './evaluate.js';
import { resolveArchitecture } from './architecture.js';
import { recipeOfFile } from './train.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mixnas-other-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const given = (name: string, bytes: string) => {
  const path = join(folder, name);
  writeFileSync(path, Buffer.from(bytes, 'latin1'));
  return path;
};
const tflite = '\x1c\0\0\0TFL3\x14\0\x20\0\x1c\0';
const png = '\x89PNG\r\n\x1a\n\0\0';

test('a file of another kind is named for what it is', async () => {
  const model = given('my.tflite', tflite);
  expect(() => resolveArchitecture(model)).toThrow(`${model} is a TFLite model, not an architecture.`);
  const picture = given('photo', png);
  expect(() => resolveArchitecture(picture)).toThrow(`${picture} is a PNG image, not an architecture.`);
  expect(() => recipeOfFile(picture)).toThrow(`${picture} is a PNG image, not YAML or JSON.`);
  expect(() => parseDataset(picture)).toThrow(`${picture} is a PNG image, not a folder of images.`);
  const zip = given('photos.zip', 'PK\x03\x04');
  expect(() => parseDataset(zip)).toThrow(
    expect.objectContaining({ remedy: expect.stringMatching(/^Unpack it/) }),
  );
  const weights = given('weights.safetensors', tflite);
  await expect(evaluate(weights)).rejects.toThrow(`${weights} is a TFLite model, not a safetensors file`);
  await expect(evaluate(model)).rejects.toMatchObject({ code: 'bad-data' });
});
