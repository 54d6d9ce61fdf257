/** Reading files out of a tar archive, gzipped or not, without unpacking it to the disk. */
import { constants, createReadStream, readSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { MixnasError, formatBytes, messageOf, openRegular } from '../../../base/index.js';

const blockBytes = 512;
/** The largest file that is taken out of an archive, in bytes: CIFAR-100's largest is 154 MB. */
export const largestEntry = 512 << 20;
/** An archive that unpacks to more is not one of a data set's: a few MB can hold terabytes of zeros. */
const largestArchive = 4 * 2 ** 30;

/** A file inside an archive. */
export interface TarEntry {
  /** Its path inside the archive. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** Hands out a stream in pieces of asked-for length; the end and a broken stream both end it. */
class Pieces {
  private held: Buffer[] = [];
  private size = 0;
  /** How many bytes came so far. */
  total = 0;
  /** Why the stream broke off, where it did. */
  broken: unknown;
  private readonly source: AsyncIterator<Buffer>;

  constructor(source: AsyncIterable<Buffer>) {
    this.source = source[Symbol.asyncIterator]();
  }

  /** The next `length` bytes; fewer only when the stream has no more. */
  async take(length: number): Promise<Buffer> {
    while (this.size < length && this.broken === undefined) {
      try {
        const next = await this.source.next();
        if (next.done) break;
        this.held.push(next.value);
        this.size += next.value.length;
        this.total += next.value.length;
      } catch (error) {
        this.broken = error;
      }
    }
    const all = Buffer.concat(this.held);
    const rest = all.subarray(length);
    this.held = rest.length > 0 ? [rest] : [];
    this.size = rest.length;
    return all.subarray(0, length);
  }

  /** Reads on past `length` bytes. Returns how many there were. */
  async skip(length: number): Promise<number> {
    let left = length;
    while (left > 0) {
      const { length: taken } = await this.take(Math.min(left, 1 << 20));
      if (taken === 0) break;
      left -= taken;
    }
    return length - left;
  }

  /** Closes the stream, read to its end or not. */
  async close(): Promise<void> {
    await this.source.return?.();
  }
}

/** The bytes of an archive, unzipped where it begins as gzip does. */
function openArchive(path: string): AsyncIterable<Buffer> {
  const start = Buffer.alloc(2);
  const { file } = openRegular(path, constants.O_RDONLY, { code: 'bad-data' });
  readSync(file, start, 0, 2, 0);
  const stream = createReadStream(path, { fd: file, start: 0, highWaterMark: 1 << 20 });
  if (start.readUInt16BE() !== 0x1f8b) return stream as AsyncIterable<Buffer>;
  const gunzip = createGunzip({ chunkSize: 1 << 20 });
  stream.on('error', (error) => gunzip.destroy(error));
  gunzip.on('close', () => stream.destroy());
  return stream.pipe(gunzip) as AsyncIterable<Buffer>;
}

const text = (header: Buffer, from: number, length: number) =>
  header.toString('utf8', from, from + length).split('\0')[0] as string;

/** A header block of the POSIX (ustar) form, or of the older one without a prefix. */
function parseHeader(header: Buffer): { name: string; size: number; isFile: boolean } {
  const prefix = text(header, 257, 5) === 'ustar' ? text(header, 345, 155) : '';
  const name = text(header, 0, 100);
  const type = header[156] ?? 0;
  return {
    name: prefix ? `${prefix}/${name}` : name,
    size: Number.parseInt(text(header, 124, 12).trim(), 8),
    isFile: type === 0 || type === '0'.charCodeAt(0),
  };
}

/**
 * Yields the files of a (gzipped) tar archive whose path `wanted` accepts, in archive order.
 * @throws MixnasError `bad-data` when the archive is cut off or damaged.
 */
export async function* readTar(path: string, wanted: (name: string) => boolean): AsyncGenerator<TarEntry> {
  const pieces = new Pieces(openArchive(path));
  try {
    for (;;) {
      const header = await pieces.take(blockBytes);
      if (header.length === blockBytes && header[0] === 0) return; // The end mark: a block of zeros.
      if (header.length < blockBytes) throw cutOff(path, 'ends before its end mark', pieces.broken);
      const { name, size, isFile } = parseHeader(header);
      if (!Number.isInteger(size)) throw cutOff(path, 'is not a tar archive', undefined);
      const isWanted = isFile && wanted(name);
      if (isWanted && size > largestEntry) throw tooLarge(`${path}: ${name}`, largestEntry);
      if (pieces.total > largestArchive) throw tooLarge(`${path}, unpacked,`, largestArchive);
      const bytes = isWanted ? await pieces.take(size) : Buffer.alloc(0);
      const found = isWanted ? bytes.length : await pieces.skip(size);
      if (found < size) {
        throw cutOff(path, `ends inside ${name}, after ${found} of its ${size} bytes`, pieces.broken);
      }
      await pieces.take((blockBytes - (size % blockBytes)) % blockBytes);
      if (isWanted) yield { name, bytes };
    }
  } finally {
    await pieces.close();
  }
}

const tooLarge = (what: string, limit: number) =>
  new MixnasError('bad-data', `${what} is larger than ${formatBytes(limit)}, the most that is read of it.`, {
    remedy: 'Check that it is the archive that was meant.',
  });

function cutOff(path: string, problem: string, cause: unknown): MixnasError {
  const why = cause === undefined ? '' : ` (${messageOf(cause)})`;
  return new MixnasError('bad-data', `${path} ${problem}${why}.`, {
    remedy: 'Download or copy the archive again.',
    cause,
  });
}
