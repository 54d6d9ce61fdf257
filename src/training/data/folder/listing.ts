/** What an image folder holds: classes by sub-folder, and which images are for validation and for testing. */
import { join } from 'node:path';
import { MixnasError, formatInteger, shortHash } from '../../../base/index.js';
import type { BrokenFile } from '../decode/index.js';
import { foldersIn, holds, isFolder, realPath } from './entries.js';
import { FileList, type ImageFile } from './file-list.js';
import { SkippedFiles } from './skipped.js';
import { type Layout, findLayout, layout } from './splits.js';
import { type WalkOptions, type WalkReport, walkClass } from './walk.js';

/** The images of a folder, each split in order of class and then of name. */
export interface FolderListing {
  readonly root: string;
  readonly classes: readonly string[];
  readonly train: FileList;
  /** From a folder of their own; empty where they are cut from the training images. */
  readonly validation: FileList;
  readonly test: FileList;
  /** What a person should know of what was found, a sentence each. */
  readonly notes: readonly string[];
  /** Files that are known to be broken before any is decoded. */
  readonly broken: readonly BrokenFile[];
}

/** Names in a sentence. */
const most = 5;

function some(names: readonly string[]): string {
  const more = names.length > most ? ` and ${formatInteger(names.length - most)} more` : '';
  return `${names.slice(0, most).join(', ')}${more}`;
}

/**
 * Sets a share of a class's images aside for testing, at least one, and leaves at least one. Which ones
 * depends on their names only, so new images do not move old ones across.
 */
function divide(images: readonly ImageFile[], share: number): { train: ImageFile[]; test: ImageFile[] } {
  const tests = Math.min(images.length - 1, Math.max(1, Math.round(images.length * share)));
  const ranked = images.map((image) => ({
    image,
    rank: shortHash(image.name.split('/').slice(-2).join('/')),
  }));
  ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const chosen = new Set(ranked.slice(0, tests).map(({ image }) => image));
  return {
    train: images.filter((image) => !chosen.has(image)),
    test: images.filter((image) => chosen.has(image)),
  };
}

const below = (split: string, name: string) => (split === '' ? name : `${split}/${name}`);

/** Lists one folder after the other, over all of which the report adds up. */
class Lister {
  readonly report: WalkReport = {
    skipped: new SkippedFiles(),
    deeper: { images: 0, folders: [] },
    loops: [],
    broken: [],
  };
  readonly notes: string[] = [];
  readonly root: string;
  readonly classes: readonly string[];
  private readonly walk: WalkOptions;

  constructor(root: string, { train, validation, test }: Layout) {
    this.root = root;
    this.classes = this.classesOf(train);
    const classFolders = [train, validation, test].flatMap((split) =>
      split === undefined
        ? []
        : this.classes
            .map((name) => join(root, split, name))
            .filter(isFolder)
            .map(realPath),
    );
    this.walk = { root, classFolders, report: this.report };
  }

  /** The classes that a split must have. @throws MixnasError `bad-data` for fewer than two. */
  private classesOf(split: string): string[] {
    const folder = join(this.root, split);
    const above = realPath(folder);
    const real = new Map(foldersIn(folder).map((name) => [name, realPath(join(folder, name))]));
    const classes = [...real.keys()].filter((name) => {
      const loop = holds(real.get(name) as string, above);
      if (loop) this.report.loops.push(below(split, name));
      return !loop;
    });
    for (const name of classes) {
      const other = classes.find(
        (one) => one !== name && holds(real.get(one) as string, real.get(name) as string),
      );
      if (other === undefined) continue;
      throw new MixnasError('bad-data', `${join(folder, name)} is a link into another class, ${other}.`, {
        remedy: 'Remove the link.',
      });
    }
    if (classes.length >= 2) return classes;
    const [only] = classes;
    const inner = only === undefined ? 0 : foldersIn(join(folder, only)).length;
    throw new MixnasError('bad-data', `${folder} has ${classes.length} class folders; two are the least.`, {
      remedy: inner >= 2 && split === '' ? `Is ${join(folder, only as string)} meant? ${layout}` : layout,
    });
  }

  /** The images of each class in a split. @throws MixnasError `bad-data` for a class without any. */
  list(split: string): FileList {
    const files = new FileList(this.root);
    this.classes.forEach((name, label) => {
      const before = files.length;
      const folder = below(split, name);
      if (isFolder(join(this.root, folder))) walkClass(folder, label, files, this.walk);
      if (files.length > before) return;
      const alike = foldersIn(join(this.root, split)).find(
        (other) => other !== name && other.toLowerCase() === name.toLowerCase(),
      );
      const remedy = alike
        ? `Rename ${below(split, alike)} to ${name}.`
        : ['Put images in it, or remove the class.', ...this.report.skipped.sentences()].join(' ');
      throw new MixnasError('bad-data', `${join(this.root, folder)} has no images of class ${name}.`, {
        remedy,
      });
    });
    return files;
  }

  /** Says which classes of a split are not in training, and are left out. */
  noteOthers(split: string | undefined, train: string): void {
    if (split === undefined) return;
    const known = new Set(this.classes);
    const others = foldersIn(join(this.root, split)).filter((name) => !known.has(name));
    if (others.length === 0) return;
    const has = others.length === 1 ? 'class' : 'classes';
    this.notes.push(`Only in ${split}/, and left out: ${has} ${some(others)}, not in ${train}/.`);
  }

  /** All that is to be said, when all is listed. */
  said({ unused, loose }: Layout): string[] {
    const { skipped, deeper, loops } = this.report;
    const folders = deeper.folders.length === 1 ? 'folder' : 'folders';
    return [
      ...this.notes,
      ...skipped.sentences(),
      ...(unused.length > 0 ? [`Not used, next to the splits: ${some(unused)}.`] : []),
      ...(loose.length > 0 ? [`In no class folder, and left out: ${some(loose)}.`] : []),
      ...(deeper.images > 0
        ? [
            `${formatInteger(deeper.images)} images are from ${folders} within class folders: ${some(deeper.folders)}.`,
          ]
        : []),
      ...(loops.length > 0 ? [`Not followed, as the link leads back into the data: ${some(loops)}.`] : []),
    ];
  }
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
  const found = findLayout(path);
  const lister = new Lister(path, found);
  const { classes } = lister;
  const all = lister.list(found.train);
  const validation = found.validation === undefined ? new FileList(path) : lister.list(found.validation);
  const { train, test } =
    found.test === undefined
      ? cutTest(all, lister, found.train, testShare)
      : { train: all, test: lister.list(found.test) };
  lister.noteOthers(found.validation, found.train);
  lister.noteOthers(found.test, found.train);
  if (found.test === undefined) {
    lister.notes.push(
      `No folder test/: ${formatInteger(test.length)} of the training images are set aside for testing.`,
    );
  }
  return {
    root: path,
    classes,
    train,
    validation,
    test,
    notes: lister.said(found),
    broken: lister.report.broken,
  };
}

/** Sets a share of each class aside. @throws MixnasError `bad-data` for a class of one image. */
function cutTest(all: FileList, { root, classes }: Lister, split: string, share: number) {
  const byClass: ImageFile[][] = classes.map(() => []);
  for (const file of all) byClass[file.label]?.push(file);
  const single = byClass.findIndex((images) => images.length < 2);
  if (single >= 0) {
    throw new MixnasError('bad-data', `${join(root, split, classes[single] ?? '')} has one image only.`, {
      remedy: 'A class needs an image to train on and one to test with; add some, or add a test folder.',
    });
  }
  const [train, test] = [new FileList(root), new FileList(root)];
  for (const images of byClass) {
    const divided = divide(images, share);
    train.addAll(divided.train);
    test.addAll(divided.test);
  }
  return { train, test };
}
