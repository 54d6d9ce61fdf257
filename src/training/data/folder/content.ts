/**
 * What an image folder holds, as hashes. Of every file its name inside the class and its size count, and of its content
 * the first and last 32 KB; in a folder of more than 20,000 files, the content of every second, third, ... one, so that
 * no more than 20,000 are opened. Where the folder lies and when files were written do not count.
 */
import { type Hash, createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import type { DataContent } from '../data-set-kind.js';
import type { FileList, ImageFile } from './file-list.js';
import type { FolderListing } from './listing.js';

const partBytes = 32 * 1024;
const mostOpened = 20_000;

type Part = 'train' | 'validation' | 'test';

interface ClassFile {
  /** Inside the class: the same when the class is renamed. */
  readonly name: string;
  readonly part: Part;
  readonly files: FileList;
  readonly index: number;
}

/** The counts and the hash of each class, and a hash of which images are for what. */
export function contentOf({
  classes,
  ...parts
}: Pick<FolderListing, 'classes' | Part>): Required<DataContent> {
  const byClass = classes.map((): ClassFile[] => []);
  for (const part of ['train', 'validation', 'test'] as const) {
    const files = parts[part];
    for (let index = 0; index < files.length; index++) {
      const label = files.label(index);
      const name = nameInClass(files.name(index), classes[label] as string);
      byClass[label]?.push({ name, part, files, index });
    }
  }
  const every = Math.max(1, Math.ceil(byClass.reduce((sum, list) => sum + list.length, 0) / mostOpened));
  const buffer = Buffer.alloc(partBytes);
  const split = createHash('sha256');
  let seen = 0;
  const known = classes.map((name, label) => {
    const hash = createHash('sha256');
    split.update(`${name}\0`);
    const own = byClass[label] as ClassFile[];
    for (const one of own.toSorted((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)))) {
      const file = one.files.at(one.index);
      hash.update(`${one.name}\0${file.bytes}\0`);
      if (seen++ % every === 0) addContent(hash, file, buffer);
      split.update(`${one.name}\0${one.part}\0`);
    }
    const test = own.filter(({ part }) => part === 'test').length;
    return { name, train: own.length - test, test, hash: short(hash) };
  });
  return {
    source: { split: short(split) },
    classes: known,
    validation: parts.validation.length,
  };
}

const short = (hash: Hash) => hash.digest('hex').slice(0, 16);

function nameInClass(path: string, name: string): string {
  const parts = path.split('/');
  return parts.slice(parts.indexOf(name) + 1).join('/');
}

function addContent(hash: Hash, { path, bytes }: ImageFile, buffer: Buffer): void {
  const file = openSync(path, 'r');
  try {
    hash.update(buffer.subarray(0, readSync(file, buffer, 0, partBytes, 0)));
    const start = Math.max(partBytes, bytes - partBytes);
    if (start < bytes) hash.update(buffer.subarray(0, readSync(file, buffer, 0, partBytes, start)));
  } finally {
    closeSync(file);
  }
}
