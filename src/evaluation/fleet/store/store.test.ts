import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { receiveImages, sendImages } from '../images.js';
import { folderShelf } from './folder-shelf.js';
import { s3Shelf } from './s3-shelf.js';
import { type Shelf, createStore } from './store.js';

const folders: string[] = [];
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'mixnas-store-'));
  folders.push(folder);
  return folder;
};
/** A server that keeps what it is given, as an S3-compatible store does. */
let server: Server;
const objects = new Map<string, Buffer>();

beforeAll(async () => {
  server = createServer((request, response) => {
    const key = request.url?.split('?')[0] ?? '';
    const found = objects.get(key);
    if (request.method === 'PUT') {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        objects.set(key, Buffer.concat(parts));
        response.setHeader('ETag', '"1"').end();
      });
      return;
    }
    if (request.method === 'DELETE') objects.delete(key);
    else if (!found) response.statusCode = 404;
    if (found && request.method === 'GET') response.setHeader('Content-Length', found.length).end(found);
    else response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  process.env['AWS_ENDPOINT_URL_S3'] = `http://127.0.0.1:${port}`;
  process.env['AWS_ACCESS_KEY_ID'] = 'someone';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'secret';
  process.env['AWS_REQUEST_CHECKSUM_CALCULATION'] = 'WHEN_REQUIRED';
});

afterAll(() => {
  server.close();
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const shelves: Readonly<Record<string, () => Shelf | Promise<Shelf>>> = {
  folder: () => folderShelf(newFolder()),
  s3: () => s3Shelf('s3://bucket/some/prefix'),
};

for (const [name, open] of Object.entries(shelves)) {
  test(`what is stored in a ${name} comes back by its hash, and is gone when it is dropped`, async () => {
    const store = createStore(await open());
    onTestFinished(() => store.close());
    const bytes = Buffer.from(`content of ${name}`);
    const blob = await store.put(bytes);
    expect(blob).toEqual({ hash: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length });
    expect(await store.put(bytes)).toEqual(blob);
    expect(Buffer.from(await store.get(blob)).toString()).toBe(`content of ${name}`);
    await store.drop(blob);
    await expect(store.get(blob)).rejects.toThrow(/does not hold/);
  });
}

test('content that was changed is refused, whatever its size says', async () => {
  const folder = newFolder();
  const store = createStore(folderShelf(folder));
  const blob = await store.put(Buffer.from('weights'));
  const path = join(folder, blob.hash.slice(0, 2), blob.hash);
  writeFileSync(path, 'WEIGHTS');
  await expect(store.get(blob)).rejects.toThrow(/is something else/);
  // No more than what was promised is read of a file that is endless.
  writeFileSync(path, Buffer.alloc(1 << 20));
  await expect(store.get(blob)).rejects.toMatchObject({ code: 'failed' });
});

test('images arrive as they were sent, and names that lead out of the folder do not', async () => {
  const store = createStore(folderShelf(newFolder()));
  const images = newFolder();
  mkdirSync(join(images, 'cat'));
  writeFileSync(join(images, 'cat', '1.png'), 'cat 1');
  writeFileSync(join(images, 'labels.txt'), 'cat');
  const list = await sendImages(images, store);
  const cache = newFolder();
  const folder = await receiveImages(list, store, cache);
  expect(readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()).toEqual([
    'cat',
    'cat/1.png',
    'labels.txt',
  ]);
  const content = await store.put(Buffer.from('x'));
  for (const name of ['../evil', 'cat/../../evil', '/etc/evil', 'cat\\evil', 'C:evil', '']) {
    const bad = await store.put(Buffer.from(JSON.stringify([{ name, content }])));
    await expect(receiveImages(bad, store, cache)).rejects.toThrow(/images/);
  }
});
