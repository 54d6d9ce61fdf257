import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadConfig } from './config.js';

const root = mkdtempSync(join(tmpdir(), 'mixnas-paths-'));
const here = process.cwd();
afterAll(() => {
  process.chdir(here);
  rmSync(root, { recursive: true, force: true });
});
mkdirSync(join(root, 'project', 'photos'), { recursive: true });
mkdirSync(join(root, 'elsewhere'));

const datasetOf = (text: string, overrides = {}) => {
  const path = join(root, 'project', 'config.yaml');
  writeFileSync(path, text);
  return loadConfig(path, overrides).config.dataset;
};

test.each([
  ['a name', 'dataset: photos\n'],
  ['a path', 'dataset: ./photos\n'],
  ['a path with options', 'dataset: { name: folder, path: photos }\n'],
])('a folder in a config is found from the config and stored from the root: %s', (_, text) => {
  process.chdir(join(root, 'elsewhere'));
  expect(datasetOf(text)).toMatchObject({ name: 'folder', path: join(root, 'project', 'photos') });
});

test('a folder on the command line is found from the working folder', () => {
  process.chdir(root);
  const path = join(root, 'project', 'photos');
  expect(datasetOf('seed: 1\n', { dataset: 'project/photos' })).toMatchObject({ path });
});

test('images of a folder are brought to the size of the space, unless the config says another', () => {
  process.chdir(root);
  const folder = '{ name: folder, path: photos }';
  expect(datasetOf(`dataset: ${folder}\nspace: mixnet-imagenet\n`)).toMatchObject({ resolution: 224 });
  expect(datasetOf(`dataset: ${folder}\n`)).toMatchObject({ resolution: 32 });
  expect(datasetOf('dataset: { name: folder, path: photos, resolution: 64 }\n')).toMatchObject({
    resolution: 64,
  });
});
