import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { download, hasIntegrity } from './download.js';
import { type Npm, fetchPackage, runNpm } from './npm-package.js';
import { writingTo } from '../options.js';

const content = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) >> 7));
const integrityOf = (bytes: Buffer) => `sha512-${createHash('sha512').update(bytes).digest('base64')}`;

const folder = mkdtempSync(join(tmpdir(), 'mixnas-download-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'data.tgz');
const partial = `${file}.partial`;
afterEach(() => {
  for (const path of [file, partial]) rmSync(path, { force: true });
});

/** How the server behaves: whether it knows ranges, what it answers, after how many bytes it hangs up. */
let behaviour: { ranges: boolean; status?: number; hangUpAfter?: number };
/** The range of each request it saw; undefined where none was asked for. */
let requests: (string | undefined)[];
let server: Server;
let url: string;

beforeEach(async () => {
  behaviour = { ranges: true };
  requests = [];
  server = createServer((request, response) => {
    requests.push(request.headers.range);
    if (behaviour.status) return void response.writeHead(behaviour.status).end();
    const from = behaviour.ranges ? Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
    if (from >= content.length) return void response.writeHead(416).end();
    const length = { 'content-length': content.length - from };
    const range = { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` };
    response.writeHead(from > 0 ? 206 : 200, from > 0 ? { ...length, ...range } : length);
    const end = behaviour.hangUpAfter === undefined ? undefined : from + behaviour.hangUpAfter;
    response.write(content.subarray(from, end), () => {
      if (end !== undefined && end < content.length) setTimeout(() => response.destroy(), 20);
      else response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/data.tgz`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Whether the file is there, every byte of it. (A deep comparison of 300,000 bytes is slow.) */
const isComplete = () => readFileSync(file).equals(content);

const what = () => ({ url, file, integrity: integrityOf(content), phase: 'fetching' });

describe('a download', { timeout: 20_000 }, () => {
  it('brings the file and reports how far it is', async () => {
    const seen: number[] = [];
    await download(what(), {
      onProgress: ({ done, total }) => {
        expect(total).toBe(content.length);
        seen.push(done);
      },
    });
    expect(isComplete()).toBe(true);
    expect(seen.at(-1)).toBe(content.length);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  it('resumes from what an interrupted one left', async () => {
    writeFileSync(partial, content.subarray(0, 123_456));
    await download(what());
    expect(isComplete()).toBe(true);
    expect(requests).toEqual(['bytes=123456-']);
    expect(existsSync(partial)).toBe(false);
  });

  it('resumes after every cut of the connection', async () => {
    behaviour.hangUpAfter = 120_000;
    await download(what());
    expect(isComplete()).toBe(true);
    expect(requests.length).toBeGreaterThanOrEqual(3);
  });

  it('starts again where the server knows no ranges', async () => {
    behaviour.ranges = false;
    writeFileSync(partial, content.subarray(0, 1000));
    await download(what());
    expect(isComplete()).toBe(true);
  });

  it('starts again where what an earlier one left is damaged, complete or not', async () => {
    for (const length of [1000, content.length, content.length + 5]) {
      writeFileSync(partial, Buffer.alloc(length));
      await download(what());
      expect(isComplete()).toBe(true);
      rmSync(file);
    }
  });

  it('refuses what is not what was published, and keeps nothing of it', async () => {
    await expect(download({ ...what(), integrity: integrityOf(Buffer.from('other')) })).rejects.toMatchObject(
      {
        code: 'bad-data',
        message: expect.stringContaining('its SHA-512 differs'),
      },
    );
    expect(existsSync(file) || existsSync(partial)).toBe(false);
  });

  it('gives up on a server that only refuses, and says why', async () => {
    behaviour.status = 503;
    await expect(download(what())).rejects.toThrow(/could not be fetched: HTTP 503/);
  });

  it('keeps what it has when aborted', async () => {
    behaviour.hangUpAfter = 100_000;
    const stop = new AbortController();
    const onProgress = () => stop.abort(new Error('stopped'));
    await expect(download(what(), { signal: stop.signal, onProgress })).rejects.toThrow('stopped');
    expect(readFileSync(partial).length).toBeGreaterThan(0);
    delete behaviour.hangUpAfter;
    await download(what());
    expect(isComplete()).toBe(true);
  });

  // /dev/full takes no byte: a full disk for whoever writes to it.
  it.runIf(existsSync('/dev/full'))('says of a full disk that it is full', async () => {
    await expect(writingTo(partial, () => writeFileSync('/dev/full', 'x'))).rejects.toMatchObject({
      code: 'no-space',
      remedy: expect.stringContaining('MIXNAS_CACHE'),
    });
  });

  it('writes through no link, and reads nothing but files', async () => {
    const other = join(folder, 'other');
    writeFileSync(other, 'mine');
    symlinkSync(other, partial);
    await expect(download(what())).rejects.toThrow(/is a symbolic link, not a regular file/);
    expect(readFileSync(other, 'utf8')).toBe('mine');
    rmSync(partial);
    symlinkSync('/dev/zero', file);
    await expect(hasIntegrity(file, integrityOf(content))).rejects.toThrow(/not a regular file/);
  });
});

describe('a package', () => {
  const pinned = {
    name: 'some-data',
    version: '1.2.3',
    integrity: integrityOf(content),
    bytes: content.length,
  };
  const packedName = 'some-data-1.2.3.tgz';

  /** An npm that knows the tarball's address, and packs `packed` where it may. */
  const npm =
    (packed?: Buffer): Npm =>
    async ([command, name, ...rest]) => {
      expect(name).toBe('some-data@1.2.3');
      if (command === 'view') return JSON.stringify(url);
      const target = rest.find((arg) => arg.startsWith('--pack-destination='))?.split('=')[1];
      if (command !== 'pack' || !packed || !target) throw new Error('npm does not reach the registry');
      writeFileSync(join(target, packedName), packed);
      return JSON.stringify([{ filename: packedName, size: packed.length }]);
    };

  it('is downloaded from where npm says it is, once', async () => {
    await fetchPackage(pinned, file, {}, npm());
    expect(isComplete()).toBe(true);
    await fetchPackage(pinned, file, {}, () => Promise.reject(new Error('npm is not needed')));
    expect(requests.length).toBe(1);
  });

  it('is packed by npm where the registry lets only npm in', async () => {
    behaviour.status = 401;
    await fetchPackage(pinned, file, {}, npm(content));
    expect(isComplete()).toBe(true);
  });

  it('is refused from npm too when it is not what was published', async () => {
    behaviour.status = 401;
    await expect(fetchPackage(pinned, file, {}, npm(Buffer.from('other')))).rejects.toThrow(
      'SHA-512 differs',
    );
    expect(existsSync(file)).toBe(false);
  });

  it('that npm has no room for is a full disk', async () => {
    behaviour.status = 401;
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const npmOnFullDisk: Npm = ([command]) =>
      command === 'view' ? Promise.resolve(JSON.stringify(url)) : Promise.reject(full);
    await expect(fetchPackage(pinned, file, {}, npmOnFullDisk)).rejects.toMatchObject({ code: 'no-space' });
  });

  it('that cannot be had is one sentence with both reasons', async () => {
    behaviour.status = 403;
    await expect(fetchPackage(pinned, file, {}, npm())).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringMatching(
        /some-data could not be fetched: .*HTTP 403; npm does not reach the registry\.$/,
      ),
    });
  });

  it('is looked for with the npm of this machine, whose own words say what is wrong', async () => {
    const nobody = '--registry=http://127.0.0.1:9';
    const asked = runNpm(['view', 'some-data', 'dist.tarball', '--json', '--fetch-retries=0', nobody]);
    await expect(asked).rejects.toThrow(/^request to http:\/\/127\.0\.0\.1:9\/some-data failed/);
  });
});
