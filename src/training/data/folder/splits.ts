/** Which sub-folders of a data folder are splits, and which are classes. */
import { join } from 'node:path';
import { MixnasError } from '../../../base/index.js';
import { entriesOf, foldersIn, isHidden, realPath } from './entries.js';

export const layout =
  'Lay the folder out as train/<class>/* with val/<class>/* and test/<class>/* (either may be missing), or as <class>/*.';

const splits = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof splits)[number];

/** Names that a split goes by, in any case, singular or plural. */
const names: Readonly<Record<SplitName, RegExp>> = {
  train: /^train(ing)?s?$/i,
  validation: /^(val|valid|validation|dev)s?$/i,
  test: /^test(ing)?s?$/i,
};

/** Where the splits of a data folder are. */
export interface Layout {
  /** Path of the training split below the root; empty where the class folders are in the root. */
  readonly train: string;
  readonly validation?: string | undefined;
  readonly test?: string | undefined;
  /** Folders next to the splits that are not used, and files that are in no class folder. */
  readonly unused: readonly string[];
  readonly loose: readonly string[];
}

/** What is directly in a folder that people see. */
function looseFiles(folder: string): string[] {
  return entriesOf(folder).flatMap(({ name, kind }) => (kind === 'file' && !isHidden(name) ? [name] : []));
}

/**
 * Finds the splits by their names. A folder so named is one where it holds folders: one that holds only files is a
 * class of that name (trains, next to cars and planes).
 * @throws MixnasError `bad-data` where two folders could be the same split, or there is none to train on.
 */
export function findLayout(root: string): Layout {
  const folders = foldersIn(root);
  const found: Partial<Record<SplitName, string>> = {};
  for (const name of folders) {
    const split = splits.find((candidate) => names[candidate].test(name));
    if (!split || foldersIn(join(root, name)).length === 0) continue;
    const other = found[split];
    if (other !== undefined) {
      throw new MixnasError('bad-data', `${root} has two folders for one split: ${other} and ${name}.`, {
        remedy: 'Join them, or move one of them elsewhere.',
      });
    }
    found[split] = name;
  }
  const { train, validation, test } = found;
  if (train === undefined) {
    const odd = test ?? validation;
    if (odd === undefined) return { train: '', unused: [], loose: looseFiles(root) };
    throw new MixnasError('bad-data', `${root} has a folder ${odd} of classes, but none to train on.`, {
      remedy: layout,
    });
  }
  const used = new Set([train, validation, test]);
  refuseShared(
    root,
    [train, validation, test].filter((name) => name !== undefined),
  );
  const loose = [train, validation, test].flatMap((split) =>
    split === undefined ? [] : looseFiles(join(root, split)).map((name) => `${split}/${name}`),
  );
  return {
    train,
    validation,
    test,
    unused: folders.filter((name) => !used.has(name)),
    loose: [...looseFiles(root), ...loose],
  };
}

/** @throws MixnasError `bad-data` where a split is a link to another: what is tested would have been trained on. */
function refuseShared(root: string, used: readonly string[]): void {
  const real = used.map((name) => realPath(join(root, name)));
  const again = real.findIndex((path, i) => real.indexOf(path) !== i);
  if (again < 0) return;
  const other = used[real.indexOf(real[again] as string)];
  throw new MixnasError(
    'bad-data',
    `${join(root, used[again] as string)} and ${other} are the same folder.`,
    {
      remedy: 'Remove the link: images for testing must not be those of training.',
    },
  );
}
