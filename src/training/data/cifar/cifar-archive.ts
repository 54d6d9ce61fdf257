/**
 * A user's own copy of an official archive: a (gzipped) tar file, the folder that it unpacks to, or the folder that
 * holds either. Its files are checked as they are read, and once a state of the copy was checked it is not read again.
 */
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { MixnasError, readBytes, shortHash, writeFileAtomic } from '../../../base/index.js';
import { readDecoded, writeDecoded } from '../cache/index.js';
import type { DataSet, MemorySet } from '../image-set.js';
import { type LoadOptions, writingTo } from '../options.js';
import { largestEntry, readTar } from '../fetch/index.js';

/** One of an archive's files. */
export interface ArchiveFile {
  /** Its name in the archive, with its ending. */
  readonly name: string;
  /** What it must be, where that was published. */
  readonly published?: { readonly bytes: number; readonly sha256: string };
}

/** An official archive. */
export interface Archive {
  /** As a person knows it: `CIFAR-10`. */
  readonly title: string;
  /** The data set's name, for progress. */
  readonly name: string;
  readonly tarball: string;
  /** The folder that the tarball unpacks to. */
  readonly folder: string;
  readonly files: readonly ArchiveFile[];
  /** What to do when a file is not what it must be. */
  readonly remedy: string;
  /** What to do when nothing is there. */
  readonly byHand: string;
}

/**
 * Checks one file: its length, then its checksum.
 * @param where the file as the user knows it.
 * @throws MixnasError `bad-data` with the bytes expected and found.
 */
export function checkFile(
  bytes: Uint8Array,
  { name, published }: ArchiveFile,
  where: string,
  { title, remedy }: Pick<Archive, 'title' | 'remedy'>,
): void {
  if (!published) return;
  const expected = published.bytes;
  if (bytes.length !== expected) {
    const problem = bytes.length < expected ? 'is cut off' : 'is too long';
    const message = `${where} ${problem}: ${expected} bytes expected, ${bytes.length} found.`;
    throw new MixnasError('bad-data', message, { remedy });
  }
  if (createHash('sha256').update(bytes).digest('hex') !== published.sha256) {
    const own = name.replace(/\.bin$/, '');
    throw new MixnasError('bad-data', `${where} is not ${title}'s ${own}: its SHA-256 differs.`, { remedy });
  }
}

/** The checked files of a folder or a tarball, in the order of the archive's list. */
export async function readArchive(
  path: string,
  archive: Archive,
  options: LoadOptions,
): Promise<Uint8Array[]> {
  const { files } = archive;
  const found = new Map<string, Uint8Array>();
  const add = (file: ArchiveFile, bytes: Uint8Array, where: string) => {
    options.signal?.throwIfAborted();
    checkFile(bytes, file, where, archive);
    found.set(file.name, bytes);
    const phase = `reading ${archive.name}`;
    options.onProgress?.({ phase, done: found.size, total: files.length, unit: 'files' });
  };
  const named = (name: string) => files.find((file) => basename(name) === file.name);
  if (statSync(path).isDirectory()) {
    for (const file of files) {
      const where = join(path, file.name);
      if (existsSync(where)) add(file, readBytes(where, 'bad-data', { limit: largestEntry }), where);
    }
  } else {
    for await (const entry of readTar(path, (name) => named(name) !== undefined)) {
      add(named(entry.name) as ArchiveFile, entry.bytes, `${path}: ${entry.name}`);
    }
  }
  return files.map(({ name }) => {
    const bytes = found.get(name);
    if (bytes) return bytes;
    throw new MixnasError('bad-data', `${path} has no ${name}.`, {
      remedy: `Give the folder ${archive.folder}, or the archive ${archive.tarball}.`,
    });
  });
}

/** The place of the files in what the user named: the folder, its usual sub-folder, or an archive. */
function locate(path: string, { folder, tarball, byHand }: Archive): string {
  if (!existsSync(path)) {
    throw new MixnasError('bad-data', `${path}: no such file or folder.`, { remedy: byHand });
  }
  const nested = [folder, tarball].map((name) => join(path, name));
  return nested.find((inner) => existsSync(inner)) ?? path;
}

/** Names a state of the user's archive, so that it is checked once and not at every load. */
function stateOf(place: string, files: readonly ArchiveFile[]): string {
  const parts = statSync(place).isDirectory() ? files.map(({ name }) => join(place, name)) : [place];
  return shortHash(
    parts.map((part) => {
      const stat = existsSync(part) ? statSync(part) : undefined;
      return [part, stat?.size ?? 0, stat?.mtimeMs ?? 0];
    }),
  );
}

/**
 * The data set of a user's own copy.
 * @param cache where its decoded form lives.
 * @param toDataSet what the files hold, in the order of the archive's list.
 * @throws MixnasError `bad-data`, `no-space`; the signal's reason when aborted.
 */
export async function fromOwnCopy(
  path: string,
  cache: string,
  archive: Archive,
  toDataSet: (files: readonly Uint8Array[]) => DataSet<MemorySet>,
  options: LoadOptions,
): Promise<DataSet<MemorySet>> {
  const place = locate(path, archive);
  const checked = join(cache, `checked-${stateOf(place, archive.files)}`);
  const cached = existsSync(checked) ? readDecoded(cache, options) : undefined;
  if (cached) return cached;
  const set = toDataSet(await readArchive(place, archive, options));
  await writeDecoded(cache, set);
  await writingTo(checked, () => writeFileAtomic(checked, ''));
  return set;
}
