/** What an image folder holds: classes by sub-folder, and which images are for testing. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { MixnasError, shortHash } from '../../../base/index.js';

/** An image file. */
export interface ImageFile {
  readonly path: string;
  /** Index into the classes. */
  readonly label: number;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** The images of a folder, each split in order of class and then of name. */
export interface FolderListing {
  readonly classes: readonly string[];
  readonly train: readonly ImageFile[];
  readonly test: readonly ImageFile[];
}

const extensions = new Set(['.jpg', '.jpeg', '.png', '.webp', '.gif', '.tif', '.tiff', '.avif']);
/** Names that a test split goes by, in order of preference. */
const testNames = ['test', 'val', 'validation'];
/** Sub-folders inside a class are followed this deep, so that a link in a circle ends. */
const maxDepth = 4;

const layout = 'Lay the folder out as train/<class>/* and test/<class>/*, or as <class>/*.';

const visible = (folder: string) =>
  readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .sort();

const isFolder = (path: string) => existsSync(path) && statSync(path).isDirectory();

/** The images in a class folder, in order of name. */
function imagesIn(folder: string, label: number, depth = 0): ImageFile[] {
  return visible(folder).flatMap((name) => {
    const path = join(folder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat)
      throw new MixnasError('bad-data', `${path} is a link that leads nowhere.`, { remedy: 'Remove it.' });
    if (stat.isDirectory()) return depth < maxDepth ? imagesIn(path, label, depth + 1) : [];
    if (!extensions.has(extname(name).toLowerCase())) return [];
    return [{ path, label, bytes: stat.size, modifiedMs: stat.mtimeMs }];
  });
}

/** The images of each class. @throws MixnasError `bad-data` for a class without any. */
function classImages(folder: string, classes: readonly string[]): ImageFile[][] {
  return classes.map((name, label) => {
    const path = join(folder, name);
    const images = isFolder(path) ? imagesIn(path, label) : [];
    if (images.length > 0) return images;
    throw new MixnasError('bad-data', `${path} has no images of class ${name}.`, {
      remedy: `Put images in it (${[...extensions].map((e) => e.slice(1)).join(', ')}), or remove the class.`,
    });
  });
}

/**
 * Sets a share of a class's images aside for testing, at least one, and leaves at least one. Which ones
 * depends on their names only, so new images do not move old ones across.
 */
function divide(images: readonly ImageFile[], share: number): { train: ImageFile[]; test: ImageFile[] } {
  const tests = Math.min(images.length - 1, Math.max(1, Math.round(images.length * share)));
  const rank = (image: ImageFile) => shortHash(image.path.split(/[\\/]/).slice(-2).join('/'));
  const chosen = new Set(images.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1)).slice(0, tests));
  return {
    train: images.filter((image) => !chosen.has(image)),
    test: images.filter((image) => chosen.has(image)),
  };
}

/**
 * Lists an image folder.
 * @param testShare the share set aside for testing where the folder has no `test`.
 * @throws MixnasError `bad-data` when it is missing, has fewer than two classes or an empty one.
 */
export function listImageFolder(path: string, testShare: number): FolderListing {
  if (!isFolder(path)) {
    throw new MixnasError('bad-data', `${path}: no such folder.`, { remedy: layout });
  }
  const train = isFolder(join(path, 'train')) ? join(path, 'train') : path;
  const testName = train === path ? undefined : testNames.find((name) => isFolder(join(path, name)));
  const classes = visible(train).filter((name) => isFolder(join(train, name)));
  if (classes.length < 2) {
    throw new MixnasError('bad-data', `${train} has ${classes.length} class folders; two are the least.`, {
      remedy: layout,
    });
  }
  const images = classImages(train, classes);
  if (testName) {
    const test = classImages(join(path, testName), classes);
    return { classes, train: images.flat(), test: test.flat() };
  }
  const single = images.findIndex((list) => list.length < 2);
  if (single >= 0) {
    throw new MixnasError('bad-data', `${join(train, classes[single] ?? '')} has one image only.`, {
      remedy: 'A class needs an image to train on and one to test with; add some, or add a test folder.',
    });
  }
  const divided = images.map((list) => divide(list, testShare));
  return { classes, train: divided.flatMap((d) => d.train), test: divided.flatMap((d) => d.test) };
}
