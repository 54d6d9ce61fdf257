import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dataDifferences } from '../../base/index.js';
import { arrangeClasses, dataSpecSchema, identifyData, loadDataSet } from './index.js';
import { contentOf } from './folder/content.js';
import { FileList } from './folder/file-list.js';
import { labelHistogram } from './image-set.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mixnas-identity-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** The hash of each class in a folder of files with made-up content, `train/<class>/<name>`. */
function hashesIn(folder: string, classes: Readonly<Record<string, readonly string[]>>) {
  const at = join(root, folder);
  const train = new FileList(at);
  const names = Object.keys(classes);
  for (const [label, name] of names.entries()) {
    for (const [i, content] of (classes[name] as string[]).entries()) {
      mkdirSync(join(at, 'train', name), { recursive: true });
      writeFileSync(join(at, 'train', name, `${i}.png`), content);
      train.add({ name: `train/${name}/${i}.png`, label, bytes: content.length, modifiedMs: i });
    }
  }
  const content = contentOf({ classes: names, train, validation: new FileList(at), test: new FileList(at) });
  return Object.fromEntries(content.classes.map(({ name, hash }) => [name, hash]));
}

test('what a folder holds counts, and neither where it lies nor when it was written', () => {
  const one = hashesIn('a', { cat: ['1', '2'], dog: ['3'] });
  expect(hashesIn('b', { dog: ['3'], cat: ['1', '2'] })).toEqual(one);
  expect(hashesIn('d', { hound: ['3'], cat: ['1', '2'] })['hound']).toBe(one['dog']);
  const changed = hashesIn('e', { cat: ['1', 'x'], dog: ['3'] });
  expect(changed['cat']).not.toBe(one['cat']);
  expect(changed['dog']).toBe(one['dog']);
});

test('a folder says how many images it sets aside for validation, and an image that moves there counts', async () => {
  const put = (folder: string, part: string, name: string) => {
    for (const label of ['cat', 'dog']) {
      mkdirSync(join(root, folder, part, label), { recursive: true });
      writeFileSync(join(root, folder, part, label, name), name);
    }
  };
  for (const name of ['1.png', '2.png', '3.png']) {
    put('none', name === '3.png' ? 'test' : 'train', name);
    put('own', name === '1.png' ? 'train' : name === '2.png' ? 'val' : 'test', name);
  }
  const identify = (folder: string) =>
    identifyData(dataSpecSchema.parse({ name: 'folder', path: join(root, folder) }), () => {
      throw new Error('not needed');
    });
  const [none, own] = [await identify('none'), await identify('own')];
  expect([none.validation, own.validation]).toEqual([0, 2]);
  expect(own.classes).toMatchObject([
    { name: 'cat', train: 2, test: 1 },
    { name: 'dog', train: 2, test: 1 },
  ]);
  expect(own.classes[0]?.hash).toBe(none.classes[0]?.hash);
  expect(dataDifferences(none, own)).toBe('other images are set aside for testing');
});

test('a change at the end of a large file counts', () => {
  const long = (end: string) => `${'x'.repeat(200_000)}${end}`;
  const [one, other] = ['a', 'b'].map((end) => hashesIn(end, { cat: [long(end)] })['cat']);
  expect(one).not.toBe(other);
});

test('computed data is known without being made', async () => {
  const spec = dataSpecSchema.parse({ name: 'textures', size: 50, classes: 3, resolution: 16 });
  const identity = await identifyData(spec, () => {
    throw new Error('not needed');
  });
  const { train, test: tests } = await loadDataSet(spec);
  expect(identity.classes.map(({ name }) => name)).toEqual(train.classes);
  expect(identity.classes.map((one) => one.train)).toEqual(labelHistogram(train));
  expect(identity.classes.map((one) => one.test)).toEqual(labelHistogram(tests));
  expect(identity).toMatchObject({ resolution: 16, source: { name: 'textures', seed: 1, size: 50 } });
  const other = dataSpecSchema.parse({ ...spec, seed: 2 });
  const now = await identifyData(other, () => loadDataSet(other));
  expect(dataDifferences(identity, now)).toMatch('textures (seed 1, size 50) became textures (seed 2');
});

test('labels are mapped to classes by name, or refused', async () => {
  const set = await loadDataSet({ name: 'textures', size: 20, classes: 3, resolution: 8 });
  const names = set.train.classes.toReversed();
  const arranged = arrangeClasses(set, names, 'The weights');
  expect(arranged.train.classes).toEqual(names);
  expect(Array.from(arranged.train.labels)).toEqual(Array.from(set.train.labels, (label) => 2 - label));
  expect(arranged.train.images).toBe(set.train.images);
  expect(arrangeClasses(set, set.train.classes, '')).toBe(set);
  expect(() => arrangeClasses(set, [...names.slice(1), 'cat'], 'The weights')).toThrow(
    `The weights and the data have other classes: class \`cat\` is missing; class \`${names[0]}\` is new.`,
  );
  expect(() => arrangeClasses(set, names.slice(1), 'The weights')).toThrow('is new');
});
