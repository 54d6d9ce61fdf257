/**
 * CIFAR-100 (Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009) from its official binary archive,
 * fetched or a user's own copy. Each record begins with two labels: one of 20 coarse classes, then one of 100 fine ones,
 * which are what is learnt; their names are in the archive.
 */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { MixnasError, cacheFolder, makeFolders, removeOwn } from '../../../base/index.js';
import { type Archive, type ArchiveFile, fromOwnCopy, readArchive } from './cifar-archive.js';
import { checkEven, recordsToSet } from './cifar-records.js';
import { parseChannels, withChannels } from '../channels.js';
import type { DataSetKind } from '../data-set-kind.js';
import { decodedBytes, readDecoded, withLock, writeDecoded } from '../cache/index.js';
import { download, hasIntegrity } from '../fetch/index.js';
import { type DataSet, type MemorySet, createDataSet } from '../image-set.js';
import { type LoadOptions, writingTo } from '../options.js';

/** Where the data comes from and what it must be; tests give small ones. */
export interface Cifar100Source {
  readonly url: string;
  /** SHA-256 of the archive, in base 64 after `sha256-`. */
  readonly integrity: string;
  readonly train: ArchiveFile;
  readonly test: ArchiveFile;
}

const page = 'https://www.cs.toronto.edu/~kriz/cifar.html';
const tarball = 'cifar-100-binary.tar.gz';
/** Label bytes of a record: coarse, then fine. */
const labels = 2;
const classes = 100;

const sha256 = (hex: string) => `sha256-${Buffer.from(hex, 'hex').toString('base64')}`;

const official: Cifar100Source = {
  url: `https://www.cs.toronto.edu/~kriz/${tarball}`,
  integrity: sha256('58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec'),
  train: {
    name: 'train.bin',
    published: {
      bytes: 153_700_000,
      sha256: 'f31298fc616915fa142368359df1c4ca2ae984d6915ca468b998a5ec6aeebf29',
    },
  },
  test: {
    name: 'test.bin',
    published: {
      bytes: 30_740_000,
      sha256: 'd8b1e6b7b3bee4020055f0699b111f60b1af1e262aeb93a0b659061746f8224a',
    },
  },
};

/** Where the decoded form lives. */
export const cifar100Folder = () => join(cacheFolder(), 'cifar100');

const remedy = `Get ${tarball} again from ${page}.`;
const byHand =
  `Check the network; or get ${tarball} from ${page} on another machine and give the path of the copy, with ` +
  "`mixnas data fetch cifar100 --path FILE` or as the data set's `path`; or use the built-in data set `textures`.";

const namesFile: ArchiveFile = { name: 'fine_label_names.txt' };

function archiveOf({ train, test }: Cifar100Source): Archive {
  return {
    title: 'CIFAR-100',
    name: 'cifar100',
    tarball,
    folder: 'cifar-100-binary',
    files: [train, test, namesFile],
    remedy,
    byHand,
  };
}

/** @throws MixnasError `bad-data` unless the file names 100 different classes. */
function classNames(bytes: Uint8Array): readonly string[] {
  const names = Buffer.from(bytes)
    .toString('utf8')
    .split('\n')
    .map((line) => line.trim());
  const given = names.filter((name) => name !== '');
  if (new Set(given).size === classes && given.length === classes) return given;
  const message = `${namesFile.name} names ${new Set(given).size} classes, CIFAR-100 has ${classes}.`;
  throw new MixnasError('bad-data', message, { remedy });
}

function toDataSet([train, test, names]: readonly Uint8Array[]): DataSet<MemorySet> {
  const fine = classNames(names ?? new Uint8Array());
  const splits = {
    train: recordsToSet([train ?? new Uint8Array()], fine, labels),
    test: recordsToSet([test ?? new Uint8Array()], fine, labels),
  };
  checkEven(splits, 'CIFAR-100', remedy);
  return createDataSet('cifar100', splits.train, splits.test);
}

/** @throws MixnasError `bad-data` for the version for Python, whose files are pickled. */
function refusePython(path: string): void {
  const inside = existsSync(join(path, 'meta')) && !existsSync(join(path, 'train.bin'));
  if (!inside && !/cifar-100-(python|matlab)/.test(basename(path))) return;
  throw new MixnasError('bad-data', `${path} is not the binary version of CIFAR-100.`, {
    remedy: `Get ${tarball} from ${page} and give its path.`,
  });
}

async function fetched(
  folder: string,
  source: Cifar100Source,
  options: LoadOptions,
): Promise<DataSet<MemorySet>> {
  const file = join(folder, tarball);
  await writingTo(folder, () => makeFolders(folder));
  if (!(await hasIntegrity(file, source.integrity))) {
    const { url, integrity } = source;
    try {
      await download({ url, integrity, file, phase: `fetching ${tarball}` }, options);
    } catch (error) {
      if (!(error instanceof MixnasError) || error.code === 'no-space') throw error;
      throw new MixnasError('bad-data', error.message, { remedy: byHand, cause: error });
    }
  }
  const set = toDataSet(await readArchive(file, archiveOf(source), options));
  await writeDecoded(folder, set);
  removeOwn(file);
  return set;
}

/**
 * CIFAR-100: 50,000 training and 10,000 test images, 32x32. Fetched and decoded once, then read from the cache. Safe
 * when interrupted and when several processes ask at once.
 * @param spec `path`: the official binary archive or its folder, used instead of the network.
 * @throws MixnasError `bad-data`, `no-space`; the signal's reason when aborted.
 */
export async function loadCifar100(
  spec: { readonly path?: string | undefined },
  options: LoadOptions = {},
  source: Cifar100Source = official,
): Promise<DataSet<MemorySet>> {
  const folder = cifar100Folder();
  if (spec.path !== undefined) {
    refusePython(spec.path);
    return fromOwnCopy(spec.path, folder, archiveOf(source), toDataSet, options);
  }
  const known = readDecoded(folder, options);
  if (known) return known;
  const load = async () => readDecoded(folder, options) ?? fetched(folder, source, options);
  return withLock(`${folder}.lock`, load, options);
}

const schema = z.strictObject({
  name: z
    .literal('cifar100')
    .describe('CIFAR-100: 32x32 pixels, 100 classes, 50,000 training and 10,000 test images.'),
  path: z
    .string()
    .min(1)
    .optional()
    .describe('The official binary archive, or the folder with its files; default: the data is fetched.'),
});

export const cifar100 = {
  name: 'cifar100',
  schema,
  named: true,
  fetched: true,
  load: async (spec, options) =>
    withChannels(await loadCifar100(spec, options), parseChannels(options.channels ?? 3)),
  content: () => ({ source: {} }),
  resolution: 32,
  entry: () => ({
    description: '50,000 training and 10,000 test photographs of 32x32 in 100 classes (Krizhevsky 2009)',
    source: 'the official binary archive (169 MB, fetched once), or your copy of it',
    folder: cifar100Folder(),
    cachedBytes: decodedBytes(cifar100Folder()),
  }),
} satisfies DataSetKind<z.output<typeof schema>>;
