/** Searches on grey and four-channel images by every evaluator that computes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { createRandom } from '../src/base/index.js';
import type { ConfigInput } from '../src/app/index.js';
import { readRun } from '../src/runs/index.js';
import { searchIn, temporaryFolder } from './support/searching.js';

const side = 16;
const space = (channels: number) => `
name: tiny
resolution: ${side}
classes: 3
inputChannels: ${channels}
stem: { width: [4] }
defaults: { kernels: [3, 5], groups: [1, 2], expansion: [1, 2] }
stages:
  - { width: [8], depth: [1] }
  - { width: [12], stride: 2, depth: [1] }
head: { width: [16] }
`;

/** Three classes that differ in the fourth channel alone. */
async function fourChannels(folder: string): Promise<string> {
  const random = createRandom('four');
  for (const [label, name] of ['low', 'middle', 'high'].entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let i = 0; i < 45; i++) {
      const pixels = Uint8Array.from({ length: side * side * 4 }, (_, at) =>
        at % 4 === 3 ? 40 + 70 * label + random.int(30) : random.int(256),
      );
      await sharp(pixels, { raw: { width: side, height: side, channels: 4 } })
        .png()
        .toFile(join(folder, name, `${i}.png`));
    }
  }
  return folder;
}

const evaluators: Readonly<Record<string, ConfigInput['evaluator']>> = {
  training: { name: 'training', steps: 12, batchSize: 16 },
  supernet: { name: 'supernet', steps: 12, batchSize: 16, passes: 2, validation: 20, calibration: 16 },
  proxy: 'proxy',
};

test.each([1, 4])('images of %d channels', async (channels) => {
  const root = temporaryFolder();
  const path = join(root, 'tiny.yaml');
  writeFileSync(path, space(channels));
  const dataset =
    channels === 4
      ? ({ name: 'folder', path: await fourChannels(join(root, 'images')), resolution: side } as const)
      : ({ name: 'textures', size: 120, classes: 3, resolution: side } as const);
  for (const [name, evaluator] of Object.entries(evaluators)) {
    const { folder } = await searchIn(root, {
      name,
      space: path,
      dataset,
      profiles: ['mali-g76'],
      deploy: { resolution: 32, classes: 3 },
      sampler: 'random',
      evaluator,
      budget: { trials: 3 },
      workers: 1,
    });
    const states = readRun(folder).trials.map(({ state }) => state);
    expect([name, ...states]).toEqual([name, 'complete', 'complete', 'complete']);
  }
});
