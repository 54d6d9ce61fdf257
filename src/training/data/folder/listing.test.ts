import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { describeCounts } from './describe.js';
import { listImageFolder } from './listing.js';

const root = mkdtempSync(join(tmpdir(), 'mixnas-listing-'));
afterAll(() => rmSync(root, { recursive: true }));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(root, 'data-'));
});

/** Empty files: their names are all that a listing reads, except where an ending says nothing. */
function touch(...paths: string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), '');
  }
}

const numbered = (where: string, count: number, ending = 'jpg') =>
  touch(...Array.from({ length: count }, (_, i) => `${where}/${i}.${ending}`));
const list = () => listImageFolder(folder, 0.2);
const namesOf = (files: Iterable<{ name: string }>) => Array.from(files, ({ name }) => name);

describe('splits', () => {
  it.each(['val', 'valid', 'Validation', 'VALS', 'validations', 'dev'])(
    '%s is the validation split',
    (name) => {
      for (const split of ['train', name, 'test'])
        for (const one of ['a', 'b']) numbered(`${split}/${one}`, 2);
      const { train, validation, test, classes, notes } = list();
      expect(classes).toEqual(['a', 'b']);
      expect([train.length, validation.length, test.length]).toEqual([4, 4, 4]);
      expect(namesOf(validation)[0]).toBe(`${name}/a/0.jpg`);
      expect(notes).toEqual([]);
    },
  );

  it('Train/ and Test/ are splits, not two classes, and folders next to them are named', () => {
    for (const split of ['Train', 'Tests']) for (const one of ['a', 'b']) numbered(`${split}/${one}`, 3);
    touch('notes/todo.txt', 'old/a/1.jpg', 'README.md', 'Train/stray.jpg');
    const { train, test, classes, notes } = list();
    expect(classes).toEqual(['a', 'b']);
    expect([train.length, test.length]).toEqual([6, 6]);
    expect(notes).toEqual([
      'Not used, next to the splits: notes, old.',
      'In no class folder, and left out: README.md, Train/stray.jpg.',
    ]);
  });

  it('without a test split cuts it from the training images, and validates on its own', () => {
    for (const one of ['a', 'b']) {
      numbered(`train/${one}`, 10);
      numbered(`val/${one}`, 3);
    }
    const { train, validation, test, notes } = list();
    expect([train.length, validation.length, test.length]).toEqual([16, 6, 4]);
    expect(namesOf(test).every((name) => name.startsWith('train/'))).toBe(true);
    expect(notes).toEqual(['No folder test/: 4 of the training images are set aside for testing.']);
  });

  it('a folder of images called train, valid or test is a class', () => {
    for (const one of ['train', 'valid', 'invalid', 'test']) numbered(one, 4);
    expect(list().classes).toEqual(['invalid', 'test', 'train', 'valid']);
  });

  it.each([
    [['val', 'validation'], 'has two folders for one split: val and validation.'],
    [['train', 'Train'], 'has two folders for one split: Train and train.'],
  ])('%s cannot be told apart', (names, message) => {
    for (const split of ['train', 'test', ...names])
      for (const one of ['a', 'b']) numbered(`${split}/${one}`, 1);
    expect(list).toThrow(`${folder} ${message}`);
  });

  it('classes to test on and none to train on is an error', () => {
    for (const one of ['a', 'b']) numbered(`test/${one}`, 2);
    numbered('more', 2);
    expect(list).toThrow(`${folder} has a folder test of classes, but none to train on.`);
  });

  it('a link from one split to another is an error', () => {
    for (const one of ['a', 'b']) numbered(`train/${one}`, 2);
    symlinkSync(join(folder, 'train'), join(folder, 'test'));
    expect(list).toThrow(`${join(folder, 'test')} and train are the same folder.`);
  });

  it('a folder around the data is asked about', () => {
    for (const one of ['a', 'b']) numbered(`photos/${one}`, 2);
    expect(list).toThrow(
      expect.objectContaining({ remedy: expect.stringContaining(`Is ${join(folder, 'photos')} meant?`) }),
    );
  });
});

describe('classes', () => {
  it('only in test/ are named and left out', () => {
    for (const one of ['a', 'b']) for (const split of ['train', 'test']) numbered(`${split}/${one}`, 2);
    numbered('test/c', 2);
    expect(list().notes).toEqual(['Only in test/, and left out: class c, not in train/.']);
    expect(list().test.length).toBe(4);
  });

  it('that differ by case between splits are an error that says what to rename', () => {
    for (const one of ['a', 'b']) numbered(`train/${one}`, 2);
    for (const one of ['A', 'b']) numbered(`test/${one}`, 2);
    expect(list).toThrow(expect.objectContaining({ remedy: 'Rename test/A to a.' }));
  });

  it('are counted by split, and of many the ends are named', () => {
    for (const one of ['a', 'b']) {
      numbered(`train/${one}`, one === 'a' ? 3 : 2);
      numbered(`val/${one}`, 2);
      numbered(`test/${one}`, 1);
    }
    expect(describeCounts(list())).toBe(
      'Images a class, for training / validation / testing: a 3 / 2 / 1, b 2 / 2 / 1.',
    );
    for (let c = 0; c < 30; c++)
      for (const split of ['train', 'val', 'test']) numbered(`${split}/c${c}`, c + 4);
    expect(describeCounts(list())).toBe(
      'Images a class, for training / validation / testing, of 32 classes: fewest b 2 / 2 / 1; in the middle c14 18 / 18 / 18; most c29 33 / 33 / 33.',
    );
  });
});

describe('files', () => {
  it('with endings of cameras and scanners, in any case, are images', () => {
    touch('a/1.jfif', 'a/2.JPE', 'a/3.BMP', 'a/4.Dib', 'a/5.JPEG', 'a/6.TIF', 'b/1.png', 'b/2.png');
    expect(list().train.length + list().test.length).toBe(8);
    expect(list().notes).toEqual(['No folder test/: 2 of the training images are set aside for testing.']);
  });

  it('without a known ending are images by their content', () => {
    numbered('a', 2);
    numbered('b', 2);
    writeFileSync(join(folder, 'a', 'scan'), Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0]));
    writeFileSync(join(folder, 'a', 'photo.old'), '\x89PNG\r\n\x1a\n more', 'latin1');
    writeFileSync(join(folder, 'b', 'letter'), 'BMW is a make of cars.');
    expect([list().train.length + list().test.length]).toEqual([6]);
    expect(list().notes).toContain('Not read: 1 without an ending.');
  });

  it('that are not images are counted by ending, hidden ones too', () => {
    numbered('a', 2);
    numbered('b', 2);
    touch('a/1.txt', 'a/2.TXT', 'b/x.heic', 'b/.DS_Store', 'a/._0.jpg', '__MACOSX/x.jpg');
    expect(list().classes).toEqual(['a', 'b']);
    expect(list().notes).toContain('Not read: 2 .txt, 2 hidden, 1 .heic (convert them to JPEG).');
  });

  it('in deeper folders, however deep, are read, and it is said', () => {
    numbered('a/x', 2);
    numbered('a/1/2/3/4/5/6', 3);
    numbered('b', 3);
    const { train, test, notes } = list();
    expect(train.length + test.length).toBe(8);
    expect(notes).toContain('5 images are from folders within class folders: a/1/2/3/4/5/6, a/x.');
  });
});

describe('links', () => {
  it('to a folder above are not followed, and it is said', () => {
    numbered('a', 4);
    numbered('b', 4);
    symlinkSync('..', join(folder, 'a', 'up'));
    symlinkSync('.', join(folder, 'a', 'self'));
    symlinkSync('..', join(folder, 'all'));
    const { train, test, classes, notes } = list();
    expect(classes).toEqual(['a', 'b']);
    expect(train.length + test.length).toBe(8);
    expect(notes).toContain('Not followed, as the link leads back into the data: all, a/self, a/up.');
  });

  it('into another class are not followed, and a class that is such a link is an error', () => {
    numbered('a', 4);
    numbered('b/deep', 4);
    symlinkSync(join(folder, 'b', 'deep'), join(folder, 'a', 'more'));
    expect(list().train.length + list().test.length).toBe(8);
    expect(list().notes).toContain('Not followed, as the link leads back into the data: a/more.');
    symlinkSync(join(folder, 'b', 'deep'), join(folder, 'c'));
    expect(list).toThrow(`${join(folder, 'c')} is a link into another class, b.`);
  });

  it('to images and folders elsewhere are followed, a circle there once', () => {
    const elsewhere = mkdtempSync(join(root, 'elsewhere-'));
    mkdirSync(join(elsewhere, 'sub'));
    for (const name of ['x.jpg', 'sub/y.jpg']) writeFileSync(join(elsewhere, name), '');
    symlinkSync(elsewhere, join(elsewhere, 'sub', 'round'));
    numbered('a', 2);
    numbered('b', 2);
    symlinkSync(elsewhere, join(folder, 'a', 'disk'));
    symlinkSync(join(elsewhere, 'x.jpg'), join(folder, 'b', 'link.jpg'));
    const { train, test, notes } = list();
    expect(train.length + test.length).toBe(7);
    expect(notes).toContain('Not followed, as the link leads back into the data: a/disk/sub/round.');
  });
});
