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
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createRandom } from '../../../base/index.js';
import { type Cifar100Source, cifar100Folder, loadCifar100 } from './cifar100.js';
import type { DataSet } from '../image-set.js';

const root = mkdtempSync(join(tmpdir(), 'mixnas-cifar100-'));
const folder = join(root, 'cifar-100-binary');
const tarball = join(root, 'cifar-100-binary.tar.gz');
const random = createRandom('a small CIFAR-100');
const names = Array.from({ length: 100 }, (_, i) => `class_${i}`);
/** Pixels `[image, 32, 32, 3]` and labels of each split. */
const made = Object.fromEntries(
  [
    ['train', 2],
    ['test', 1],
  ].map(([split, each]) => {
    const count = 100 * Number(each);
    const pixels = Uint8Array.from({ length: count * 3072 }, () => random.int(256));
    return [split, { pixels, labels: random.shuffle(Array.from({ length: count }, (_, i) => i % 100)) }];
  }),
) as Record<'train' | 'test', { pixels: Uint8Array; labels: number[] }>;

/** A file of the archive, from the description of its format: coarse label, fine label, three planes. */
function binaryFile(split: 'train' | 'test'): Buffer {
  const { pixels, labels } = made[split];
  return Buffer.concat(
    labels.map((label, i) => {
      const own = pixels.subarray(i * 3072, (i + 1) * 3072);
      const planes = [0, 1, 2].map((c) => Buffer.from(own.filter((_, at) => at % 3 === c)));
      return Buffer.concat([Buffer.from([Math.floor(label / 5), label]), ...planes]);
    }),
  );
}

const sha256 = (bytes: Uint8Array, as: 'hex' | 'base64' = 'hex') =>
  createHash('sha256').update(bytes).digest(as);
const contentOf = ({ train, test: held }: DataSet) =>
  [train, held].map((set) => [set.count, [...set.labels], sha256(set.images as Uint8Array), set.classes]);
const content = [made.train, made.test].map(({ pixels, labels }) => [
  labels.length,
  labels,
  sha256(pixels),
  names,
]);

let server: Server;
let source: Cifar100Source;
let requests = 0;

beforeAll(async () => {
  mkdirSync(folder);
  writeFileSync(join(folder, 'train.bin'), binaryFile('train'));
  writeFileSync(join(folder, 'test.bin'), binaryFile('test'));
  writeFileSync(join(folder, 'fine_label_names.txt'), `${names.join('\n')}\n`);
  writeFileSync(join(folder, 'coarse_label_names.txt'), 'aquatic_mammals\n');
  execFileSync('tar', ['-czf', tarball, '-C', root, 'cifar-100-binary']);
  server = createServer((_, response) => {
    requests++;
    response.end(readFileSync(tarball));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const published = (split: 'train' | 'test') => {
    const bytes = binaryFile(split);
    return { name: `${split}.bin`, published: { bytes: bytes.length, sha256: sha256(bytes) } };
  };
  source = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/cifar-100-binary.tar.gz`,
    integrity: `sha256-${sha256(readFileSync(tarball), 'base64')}`,
    train: published('train'),
    test: published('test'),
  };
});
afterAll(() => {
  server.close();
  rmSync(root, { recursive: true });
  vi.unstubAllEnvs();
});
beforeEach(() => {
  vi.stubEnv('MIXNAS_CACHE', mkdtempSync(join(root, 'cache-')));
  requests = 0;
});

test('the fetched archive, a copy of it, its folder and the folder above are the same, pixel by pixel', async () => {
  expect(contentOf(await loadCifar100({}, {}, source))).toEqual(content);
  for (const path of [tarball, folder, root]) {
    vi.stubEnv('MIXNAS_CACHE', mkdtempSync(join(root, 'cache-')));
    expect(contentOf(await loadCifar100({ path }, {}, source))).toEqual(content);
  }
});

test('it is fetched once, and the archive is not kept next to what was decoded', async () => {
  await loadCifar100({}, {}, source);
  expect(contentOf(await loadCifar100({}, {}, source))).toEqual(content);
  expect(requests).toBe(1);
  expect(existsSync(join(cifar100Folder(), 'cifar-100-binary.tar.gz'))).toBe(false);
});

test('an archive out of reach is one sentence, with the ways around it', async () => {
  const missing = createServer((_, response) => response.writeHead(404).end());
  await new Promise<void>((resolve) => missing.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(missing.address() as AddressInfo).port}/none`;
  await expect(loadCifar100({}, {}, { ...source, url })).rejects.toMatchObject({
    code: 'bad-data',
    message: `${url} could not be fetched: HTTP 404.`,
    remedy: expect.stringMatching(/cifar-100-binary\.tar\.gz.*--path FILE.*textures/),
  });
  missing.close();
});

test('an archive that is not what was published is refused', async () => {
  await expect(loadCifar100({}, {}, { ...source, integrity: 'sha256-other' })).rejects.toMatchObject({
    code: 'bad-data',
    message: expect.stringContaining('its SHA-256 differs'),
  });
});

test.each([
  ['train.bin', Buffer.alloc(10), /train\.bin is cut off: 614800 bytes expected, 10 found/],
  ['test.bin', Buffer.alloc(100 * 3074), /test\.bin is not CIFAR-100's test: its SHA-256 differs/],
  ['fine_label_names.txt', Buffer.from('apple\nbee\n'), /names 2 classes, CIFAR-100 has 100/],
  ['fine_label_names.txt', undefined, /has no fine_label_names\.txt/],
])('a copy with a broken %s is refused by the file', async (name, bytes, message) => {
  const path = mkdtempSync(join(root, 'copy-'));
  for (const file of ['train.bin', 'test.bin', 'fine_label_names.txt']) {
    copyFileSync(join(folder, file), join(path, file));
  }
  if (bytes) writeFileSync(join(path, name), bytes);
  else rmSync(join(path, name));
  const load = () => loadCifar100({ path }, {}, source);
  await expect(load()).rejects.toThrow(message);
  await expect(load()).rejects.toMatchObject({ code: 'bad-data' });
});

test('the version for Python and a path where nothing is are refused with what to give', async () => {
  await expect(loadCifar100({ path: '/no/cifar-100-python.tar.gz' })).rejects.toMatchObject({
    code: 'bad-data',
    remedy: expect.stringContaining('cifar-100-binary.tar.gz'),
  });
  await expect(loadCifar100({ path: '/no/such/place' })).rejects.toThrow('/no/such/place: no such file');
});
