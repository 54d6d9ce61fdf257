/** Writing a data set into the cache, whole or image by image: a set may be larger than memory. */
import { type Hash, createHash } from 'node:crypto';
import { closeSync, fsyncSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolders, openNew, removeOwn, removeOwnWhere, writeFileAtomic } from '../../../base/index.js';
import type { DataSet, ImageSet, MemorySet } from '../image-set.js';
import { writingTo } from '../options.js';
import { isAlive } from './lock.js';
import { type Manifest, fileNames, manifestOf } from './manifest.js';

type Split = 'train' | 'test';
type WithoutImages = DataSet | (Omit<DataSet, Split> & Record<Split, Omit<ImageSet, 'images'>>);

/** Images are gathered until there are so many bytes. */
const bufferBytes = 2 ** 20;

/** One file that grows under another name until it is whole. */
class GrowingFile {
  private readonly path: string;
  private readonly temporary: string;
  private readonly file: number;
  private readonly hash: Hash = createHash('sha256');
  private readonly buffer = Buffer.alloc(bufferBytes);
  private used = 0;
  private bytes = 0;
  private isOpen = true;

  constructor(path: string) {
    this.path = path;
    this.temporary = `${path}.${process.pid}.tmp`;
    this.file = openNew(this.temporary);
  }

  add(bytes: Uint8Array): void {
    if (this.used + bytes.length > bufferBytes) this.flush();
    if (bytes.length > bufferBytes) return this.write(bytes);
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
  }

  private flush(): void {
    this.write(this.buffer.subarray(0, this.used));
    this.used = 0;
  }

  private write(bytes: Uint8Array): void {
    this.hash.update(bytes);
    this.bytes += bytes.length;
    let written = 0;
    while (written < bytes.length) written += writeSync(this.file, bytes, written);
  }

  /** Gives it its name. */
  finish(): { bytes: number; sha256: string } {
    this.flush();
    fsyncSync(this.file);
    this.close();
    renameSync(this.temporary, this.path);
    return { bytes: this.bytes, sha256: this.hash.digest('hex') };
  }

  private close(): void {
    if (this.isOpen) closeSync(this.file);
    this.isOpen = false;
  }

  drop(): void {
    this.close();
    removeOwn(this.temporary);
  }
}

/** Whether a file was left by a process that was killed while it wrote. */
function isLeftOver(name: string): boolean {
  const pid = /^(?:train|test)-(?:images|labels)\.bin\.(\d+)\.tmp$/.exec(name)?.[1];
  return pid !== undefined && !isAlive(Number(pid));
}

/** Takes the images of a set in their order; nothing is there before `finish`. Its owner calls that, or `drop`. */
export class DecodedWriter {
  private readonly folder: string;
  private readonly files: Readonly<Record<Split, GrowingFile>>;

  constructor(folder: string) {
    this.folder = folder;
    makeFolders(folder);
    removeOwnWhere(folder, isLeftOver, 'bad-data');
    const file = (split: Split) => new GrowingFile(join(folder, `${split}-images.bin`));
    this.files = { train: file('train'), test: file('test') };
  }

  add(split: Split, pixels: Uint8Array): void {
    this.files[split].add(pixels);
  }

  finish(set: WithoutImages): void {
    const labels = (split: Split) => {
      const { labels: own } = set[split];
      const file = new GrowingFile(join(this.folder, `${split}-labels.bin`));
      try {
        file.add(new Uint8Array(own.buffer, own.byteOffset, own.byteLength));
        return file.finish();
      } catch (error) {
        file.drop();
        throw error;
      }
    };
    const files = {
      'train-images.bin': this.files.train.finish(),
      'train-labels.bin': labels('train'),
      'test-images.bin': this.files.test.finish(),
      'test-labels.bin': labels('test'),
    } satisfies Record<(typeof fileNames)[number], unknown>;
    const manifest = manifestFor(set, files);
    writeFileAtomic(manifestOf(this.folder), `${JSON.stringify(manifest, null, 2)}\n`);
  }

  drop(): void {
    for (const file of Object.values(this.files)) file.drop();
  }
}

function manifestFor(set: WithoutImages, files: Manifest['files']): Manifest {
  const { train, test, name, mean, std, notes } = set;
  return {
    format: 1,
    name,
    classes: [...train.classes],
    train: train.count,
    test: test.count,
    height: train.height,
    width: train.width,
    mean: [...mean],
    std: [...std],
    channels: train.channels,
    ...(train.validation !== undefined && { validation: train.validation }),
    ...(notes && { notes: [...notes] }),
    files,
  };
}

/** Writes a data set so that `readDecoded` finds it. @throws MixnasError `no-space`. */
export async function writeDecoded(folder: string, set: DataSet<MemorySet>): Promise<void> {
  await writingTo(folder, () => {
    const writer = new DecodedWriter(folder);
    try {
      writer.add('train', set.train.images);
      writer.add('test', set.test.images);
      writer.finish(set);
    } catch (error) {
      writer.drop();
      throw error;
    }
  });
}
