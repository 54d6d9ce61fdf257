import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { fetchDataSet, listDataSets } from './data.js';

const root = mkdtempSync(join(tmpdir(), 'mixnas-data-'));
vi.stubEnv('MIXNAS_CACHE', join(root, 'cache'));
afterAll(() => {
  rmSync(root, { recursive: true });
  vi.unstubAllEnvs();
});

const cachedBytes = () => Object.fromEntries(listDataSets().map((set) => [set.name, set.cachedBytes]));

describe('data sets', () => {
  it('are listed with what of them is cached', async () => {
    expect(cachedBytes()).toEqual({ cifar10: 0, cifar100: 0, textures: 0, folder: 0 });
    for (const path of ['a/1.png', 'a/2.png', 'b/1.png', 'b/2.png'].map((name) =>
      join(root, 'images', name),
    )) {
      mkdirSync(join(path, '..'), { recursive: true });
      await sharp({ create: { width: 9, height: 9, channels: 3, background: '#123456' } }).toFile(path);
    }
    const report = await fetchDataSet({ name: 'folder', path: join(root, 'images'), resolution: 8 });
    expect(report).toMatchObject({
      name: 'folder',
      classes: ['a', 'b'],
      train: 2,
      test: 2,
      height: 8,
      width: 8,
    });
    expect(cachedBytes()).toEqual({ cifar10: 0, cifar100: 0, textures: 0, folder: 4 * (8 * 8 * 3 + 1) });
  });

  it('report what they hold', async () => {
    const report = await fetchDataSet({ name: 'textures', size: 40, resolution: 16, classes: 3 });
    expect(report).toMatchObject({ name: 'textures', train: 40, test: 10, height: 16, width: 16 });
    expect(report.classes).toEqual(['waves of 3.0 px', 'waves of 6.9 px', 'waves of 16.0 px']);
  });

  it('with a wrong option are refused before anything is fetched', async () => {
    await expect(fetchDataSet({ name: 'textures', classes: 1 })).rejects.toMatchObject({
      code: 'bad-config',
    });
  });
});
