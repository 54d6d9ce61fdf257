import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, expect, it, vi } from 'vitest';
import { createRandom } from '../../base/index.js';
import { evaluate } from './evaluate.js';
import { resumeTraining, trainArchitecture } from './train.js';

const root = mkdtempSync(join(tmpdir(), 'mixnas-channels-'));
vi.stubEnv('MIXNAS_CACHE', join(root, 'cache'));
afterAll(() => {
  rmSync(root, { recursive: true });
  vi.unstubAllEnvs();
});

const side = 16;
const recipe = {
  steps: 60,
  batchSize: 16,
  learningRate: 0.2,
  augmentation: { padCrop: 2, cutout: 4, mixup: 0.1, randAugment: { ops: 1, magnitude: 2 } },
  progressive: [{ resolution: 8, until: 0.2 }],
};

function network(inputChannels: number): string {
  const path = join(root, `network-${inputChannels}.json`);
  const block = { op: 'inverted-residual', kernels: [3, 5], expansion: 2, out: 12 };
  const architecture = {
    resolution: side,
    classes: 2,
    inputChannels,
    stem: { out: 12 },
    blocks: [block],
    head: { out: 24 },
  };
  writeFileSync(path, JSON.stringify(architecture));
  return path;
}

/** Two classes that differ in `channel` alone: dark or bright; the other channels are noise. */
async function images(name: string, channels: 1 | 4, channel: number): Promise<string> {
  const folder = join(root, name);
  const random = createRandom(name);
  for (const [label, one] of ['dark', 'bright'].entries()) {
    mkdirSync(join(folder, one), { recursive: true });
    for (let i = 0; i < 60; i++) {
      const pixels = Uint8Array.from({ length: side * side * channels }, (_, at) =>
        at % channels === channel ? random.int(100) + 120 * label : random.int(256),
      );
      await sharp(pixels, { raw: { width: side, height: side, channels } })
        .png()
        .toFile(join(folder, one, `${i}.png`));
    }
  }
  return folder;
}

it.each([
  ['grey', 1, 0],
  ['four-channel', 4, 3],
] as const)('%s images are trained on, resumed and evaluated', async (name, channels, channel) => {
  const path = await images(name, channels, channel);
  const data = { name: 'folder', path, resolution: side } as const;
  const stop = new AbortController();
  const folder = join(root, `trained-${name}`);
  const options = { data, recipe, out: folder, onCheckpoint: () => stop.abort() };
  await expect(trainArchitecture(network(channels), { ...options, signal: stop.signal })).rejects.toThrow(
    'abort',
  );
  const { accuracy, steps } = await resumeTraining(folder);
  expect([steps, accuracy > 0.85]).toEqual([recipe.steps, true]);
  const measured = await evaluate(folder);
  expect(measured.accuracy).toBeGreaterThan(0.85);
});

it('data sets of red, green and blue train in grey; no fourth channel is made up, and no second', async () => {
  const data = { name: 'textures', size: 64, resolution: side, classes: 2 } as const;
  const few = { ...recipe, steps: 2 };
  const train = (channels: number) =>
    trainArchitecture(network(channels), { data, recipe: few, out: join(root, `textures-${channels}`) });
  expect((await train(1)).steps).toBe(2);
  await expect(train(4)).rejects.toMatchObject({
    code: 'bad-config',
    message: 'inputChannels: the images of textures have no fourth channel.',
  });
  await expect(train(2)).rejects.toMatchObject({
    code: 'bad-config',
    message: 'inputChannels: images of 2 channels cannot be trained on.',
  });
});
