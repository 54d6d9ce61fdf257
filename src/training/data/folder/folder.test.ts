import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadFolder } from './folder.js';
import { listImageFolder } from './listing.js';
import { inMemory } from '../../test-helpers/in-memory.js';
import { loadDataSet } from '../load.js';
import { splitTrainValidation } from '../split.js';

const root = mkdtempSync(join(tmpdir(), 'mixnas-folder-'));
vi.stubEnv('MIXNAS_CACHE', join(root, 'cache'));
afterAll(() => {
  rmSync(root, { recursive: true });
  vi.unstubAllEnvs();
});

type Colour = { r: number; g: number; b: number };
const red = { r: 255, g: 0, b: 0 };
const blue = { r: 0, g: 0, b: 255 };

async function paint(path: string, colour: Colour, width = 12, height = 12): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  await sharp({ create: { width, height, channels: 3, background: colour } }).toFile(path);
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(root, 'images-'));
});

/** Two classes of `count` images each at the top of the folder. */
async function twoClasses(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await paint(join(folder, 'red', `${i}.png`), red);
    await paint(join(folder, 'blue', `${i}.png`), blue);
  }
}

const load = (testShare = 0.2) => loadFolder({ path: folder, resolution: 8, testShare });

describe('an image folder', () => {
  it('with train and test folders keeps them apart, classes in order of name', async () => {
    await paint(join(folder, 'train', 'red', 'a.png'), red);
    await paint(join(folder, 'train', 'red', 'deeper', 'b.webp'), red);
    await paint(join(folder, 'train', 'blue', 'c.jpg'), blue);
    await paint(join(folder, 'test', 'red', 'd.png'), red);
    await paint(join(folder, 'test', 'blue', 'e.png'), blue);
    writeFileSync(join(folder, 'train', 'red', 'notes.txt'), 'not an image');
    const set = inMemory(await loadDataSet({ name: 'folder', path: folder, resolution: 8 }));
    expect(set.train.classes).toEqual(['blue', 'red']);
    expect([...set.train.labels]).toEqual([0, 1, 1]);
    expect([...set.test.labels]).toEqual([0, 1]);
    expect(set.test.images.slice(0, 3).join()).toBe('0,0,255');
    expect(set.test.images.slice(-3).join()).toBe('255,0,0');
  });

  it('without a test folder sets a share of each class aside, the same ones every time', async () => {
    await twoClasses(10);
    const { train, test } = listImageFolder(folder, 0.3);
    expect([train.length, test.length]).toEqual([14, 6]);
    expect([...test].map((image) => image.label)).toEqual([0, 0, 0, 1, 1, 1]);
    expect(listImageFolder(folder, 0.3)).toMatchObject({ classes: ['blue', 'red'], train, test });
  });

  it('keeps most of its test images when new images are added', async () => {
    await twoClasses(10);
    const names = () => new Set([...listImageFolder(folder, 0.3).test].map((image) => image.path));
    const old = names();
    await paint(join(folder, 'red', 'new.png'), red);
    expect([...old].filter((path) => !names().has(path)).length).toBeLessThanOrEqual(1);
  });

  it('is scaled to cover the square and cut in the middle', async () => {
    await twoClasses(2);
    const stripes = Buffer.alloc(30 * 10 * 3);
    for (let p = 0; p < 300; p++) stripes.fill(p % 30 >= 10 && p % 30 < 20 ? 255 : 0, p * 3, p * 3 + 3);
    const raw = { width: 30, height: 10, channels: 3 } as const;
    for (const name of ['0.png', '1.png'])
      await sharp(stripes, { raw })
        .png()
        .toFile(join(folder, 'red', name));
    const set = inMemory(await loadFolder({ path: folder, resolution: 10, testShare: 0.5 }));
    const wide = set.train.images.subarray(300); // The second of two: red comes after blue.
    expect(Math.min(...wide)).toBeGreaterThan(200); // The white middle third, not a black side.
  });

  it('gives three channels for grey, transparent and 16-bit images', async () => {
    await twoClasses(2);
    const grey = sharp({ create: { width: 9, height: 9, channels: 3, background: '#808080' } });
    await grey
      .clone()
      .greyscale()
      .toColourspace('b-w')
      .png()
      .toFile(join(folder, 'red', 'grey.png'));
    await grey
      .clone()
      .toColourspace('rgb16')
      .png()
      .toFile(join(folder, 'red', 'deep.png'));
    const clear = { r: 0, g: 0, b: 0, alpha: 0 };
    const transparent = sharp({ create: { width: 9, height: 9, channels: 4, background: clear } });
    await transparent.png().toFile(join(folder, 'red', 'clear.png'));
    const set = inMemory(await load(0.1));
    const [blues, reds] = [set.train.count, set.test.count];
    expect(set.train.images.length + set.test.images.length).toBe((blues + reds) * 8 * 8 * 3);
    const firstPixels = (images: Uint8Array) =>
      Array.from({ length: images.length / 192 }, (_, i) => images.slice(i * 192, i * 192 + 3).join());
    const seen = [...firstPixels(set.train.images), ...firstPixels(set.test.images)];
    expect(new Set(seen)).toEqual(new Set(['255,0,0', '0,0,255', '128,128,128', '255,255,255']));
  });

  it('is decoded again only when its content changes', async () => {
    await twoClasses(4);
    const phases: string[] = [];
    const counted = () =>
      loadFolder(
        { path: folder, resolution: 8, testShare: 0.25 },
        { onProgress: ({ phase, notes }) => notes ?? phases.push(phase) },
      );
    const first = await counted();
    expect(phases.length).toBe(8);
    expect(await counted()).toEqual(first);
    expect(phases.length).toBe(8);
    await paint(join(folder, 'red', '9.png'), red);
    expect((await counted()).train.count).toBe(first.train.count + 1);
    expect(phases.length).toBe(17);
  });

  it('with a broken image is one sentence that names the file', async () => {
    await twoClasses(3);
    const cut = join(folder, 'blue', '1.png');
    truncateSync(cut, Math.floor(readFileSync(cut).length / 2));
    await expect(load()).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringMatching(
        new RegExp(`^.*blue.${basename(cut)} is not a readable image \\(.+\\)\\.$`),
      ),
    });
  });

  it('names all broken images of all splits at once', async () => {
    for (const split of ['train', 'val', 'test']) {
      for (const one of ['red', 'blue']) {
        for (let i = 0; i < 2; i++)
          await paint(join(folder, split, one, `${i}.png`), one === 'red' ? red : blue);
        writeFileSync(join(folder, split, one, 'broken.jpg'), 'half a download');
      }
    }
    const error = await load().catch((reason: unknown) => reason as Error);
    const lines = (error as Error).message.split('\n');
    expect(lines[0]).toBe('6 of 18 images cannot be read:');
    expect(lines.slice(1).map((line) => line.split(':')[0]?.trim())).toEqual(
      ['train', 'val', 'test'].flatMap((split) =>
        ['blue', 'red'].map((one) => join(folder, split, one, 'broken.jpg')),
      ),
    );
  });

  it('has the images of val/ at the end of those to train on, and validates on them', async () => {
    for (const split of ['train', 'Val', 'test']) {
      for (const one of ['red', 'blue'])
        await paint(join(folder, split, one, 'a.png'), one === 'red' ? red : blue);
    }
    await paint(join(folder, 'train', 'red', 'b.png'), red);
    for (const pass of ['decoded', 'from the cache']) {
      const { train } = await load();
      expect([pass, train.count, train.validation]).toEqual([pass, 5, 2]);
      const split = splitTrainValidation(train, { validation: 1, seed: 1 });
      expect([[...split.train], [...split.validation]]).toEqual([
        [0, 1, 2],
        [3, 4],
      ]);
    }
  });

  it('says what it found and what decoding lost, from the cache too', async () => {
    await twoClasses(5);
    writeFileSync(join(folder, 'red', 'list.txt'), '');
    const clear = { r: 0, g: 0, b: 0, alpha: 0.5 };
    const transparent = sharp({ create: { width: 9, height: 9, channels: 4, background: clear } });
    await transparent.png().toFile(join(folder, 'blue', 'clear.png'));
    const expected = [
      'Images a class, for training / testing: blue 5 / 1, red 4 / 1.',
      'No folder test/: 2 of the training images are set aside for testing.',
      'Not read: 1 .txt.',
      '1 image has transparency, and is laid on white (blue/clear.png).',
      expect.stringMatching(
        /^11 images are of one colour throughout: nothing can be learnt from them \(blue/,
      ),
    ];
    for (let pass = 0; pass < 2; pass++) {
      const said: (readonly string[])[] = [];
      const { notes } = await loadFolder(
        { path: folder, resolution: 8, testShare: 0.2 },
        { onProgress: (progress) => progress.notes && said.push(progress.notes) },
      );
      expect(notes).toEqual(expected);
      expect(said).toEqual([expected]);
    }
  });

  it('with a link that leads nowhere is one sentence that names it', async () => {
    await twoClasses(2);
    symlinkSync(join(folder, 'gone.png'), join(folder, 'blue', 'link.png'));
    await expect(load()).rejects.toThrow(
      `${join(folder, 'blue', 'link.png')} is not a readable image (a link that leads nowhere).`,
    );
  });

  it('with an empty class is one sentence that names it', async () => {
    await twoClasses(2);
    mkdirSync(join(folder, 'green'));
    await expect(load()).rejects.toMatchObject({
      code: 'bad-data',
      message: `${join(folder, 'green')} has no images of class green.`,
    });
  });

  it('that is missing, or has one class, is refused', async () => {
    await expect(loadFolder({ path: join(folder, 'no'), resolution: 8, testShare: 0.2 })).rejects.toThrow(
      'no such folder',
    );
    await paint(join(folder, 'red', 'a.png'), red);
    await expect(load()).rejects.toThrow('has 1 class folders; two are the least');
  });
});

it('does not wait for a pipe, nor read a device or a file without end, among the images', async () => {
  await twoClasses(2);
  const path = join(folder, 'blue', 'z.png');
  const refused = (why: string) => expect(load()).rejects.toThrow(`${path} is not a readable image (${why}`);
  execFileSync('mkfifo', [path]);
  await refused('not a regular file');
  rmSync(path);
  symlinkSync('/dev/zero', path);
  await refused('not a regular file');
  rmSync(path);
  writeFileSync(path, '');
  truncateSync(path, 2 ** 30);
  await refused('larger than');
});
