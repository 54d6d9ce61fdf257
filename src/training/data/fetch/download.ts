/** A download that resumes where it stopped, and is finished only once its checksum agrees. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  createReadStream,
  existsSync,
  ftruncateSync,
  openSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { MixnasError, messageOf, openRegular, removeOwn } from '../../../base/index.js';
import { type LoadOptions, writingTo } from '../options.js';

/** What to fetch and what it must be. */
export interface Download {
  readonly url: string;
  /** Where it goes; while incomplete it is `<file>.partial`. */
  readonly file: string;
  /** A hash and its value in base 64, as npm writes it: `sha512-` or `sha256-` and the rest. */
  readonly integrity: string;
  /** The phase that progress is reported under. */
  readonly phase: string;
}

/** Tries in a row that bring no new byte before it gives up. */
const maxFutileTries = 4;
/** A connection that is silent for this long is given up. */
const silenceMs = 30_000;

/** Whether a file is there and has a checksum of the form of `Download.integrity`. */
export async function hasIntegrity(path: string, integrity: string): Promise<boolean> {
  if (!existsSync(path)) return false;
  const name = integrity.slice(0, integrity.indexOf('-'));
  const hash = createHash(name);
  const { file: fd } = openRegular(path, constants.O_RDONLY, own);
  for await (const chunk of createReadStream(path, { fd, highWaterMark: 1 << 20 }))
    hash.update(chunk as Buffer);
  return `${name}-${hash.digest('base64')}` === integrity;
}

/** Parts of the cache. */
const own = { code: 'bad-data', own: true } as const;

const sizeOf = (path: string) => (existsSync(path) ? statSync(path).size : 0);

/** Opens for writing what came so far, or a new file. */
function openPart(partial: string): number {
  if (!existsSync(partial)) closeSync(openSync(partial, 'ax'));
  return openRegular(partial, constants.O_WRONLY, own).file;
}

/** The byte a response begins at, and the length of the whole file (0 where the server does not say). */
function rangeOf(response: Response): { start: number; total: number } {
  const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get('content-range') ?? '');
  if (response.status === 206 && range) return { start: Number(range[1]), total: Number(range[2]) };
  return { start: 0, total: Number(response.headers.get('content-length') ?? 0) };
}

const notFetched = ({ url }: Download, why: string) =>
  new MixnasError('bad-data', `${url} could not be fetched: ${why}.`);

/** One request for what is missing of `partial`. Returns whether the file is as long as the server says. */
async function fetchRest(download: Download, partial: string, options: LoadOptions): Promise<boolean> {
  const from = sizeOf(partial);
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error(`no data for ${silenceMs / 1000} s`)), silenceMs);
  const signal = options.signal ? AbortSignal.any([options.signal, silence.signal]) : silence.signal;
  try {
    const headers = from > 0 ? { range: `bytes=${from}-` } : undefined;
    const response = await fetch(download.url, { signal, ...(headers ? { headers } : {}) });
    if (response.status === 416) return true; // Nothing follows what we have; the checksum will tell.
    const status = `HTTP ${response.status}`;
    if (response.status >= 400 && response.status < 500) throw notFetched(download, status);
    if (!response.ok || !response.body) throw new Error(status);
    const { start, total } = rangeOf(response);
    const file = await writingTo(partial, () => openPart(partial));
    try {
      if (start < from) ftruncateSync(file, start); // A server without ranges starts from the beginning.
      let position = start;
      for await (const chunk of response.body) {
        timer.refresh();
        // At its place rather than at the end: two writers of the same file cannot harm it.
        for (let done = 0; done < chunk.length; ) {
          const offset = done;
          done += await writingTo(partial, () =>
            writeSync(file, chunk, offset, chunk.length - offset, position + offset),
          );
        }
        position += chunk.length;
        options.onProgress?.({ phase: download.phase, done: position, total, unit: 'bytes' });
      }
      return total === 0 || position >= total;
    } finally {
      closeSync(file);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Brings `partial` to its full length. @throws MixnasError `bad-data` when nothing more comes. */
async function fetchAll(download: Download, partial: string, options: LoadOptions): Promise<void> {
  for (let futile = 0; ; ) {
    const before = sizeOf(partial);
    let problem = 'the connection was cut';
    try {
      if (await fetchRest(download, partial, options)) return;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof MixnasError) throw error;
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      problem = messageOf(cause);
    }
    futile = sizeOf(partial) > before ? 0 : futile + 1;
    if (futile === maxFutileTries) throw notFetched(download, problem);
    await sleep(250 * 2 ** futile, undefined, options.signal ? { signal: options.signal } : {});
  }
}

/**
 * Fetches a file, resuming an earlier try, and checks it.
 * @throws MixnasError `bad-data` when it cannot be fetched or is not what it must be, `no-space`; the
 *   signal's reason when aborted.
 */
export async function download(what: Download, options: LoadOptions = {}): Promise<void> {
  const partial = `${what.file}.partial`;
  // A second round begins from nothing: the first may have gone on from a damaged beginning.
  for (let round = 1; round <= 2; round++) {
    const resumed = sizeOf(partial) > 0;
    await fetchAll(what, partial, options);
    if (await hasIntegrity(partial, what.integrity)) {
      await writingTo(what.file, () => renameSync(partial, what.file));
      return;
    }
    removeOwn(partial);
    if (!resumed) break;
  }
  throw new MixnasError(
    'bad-data',
    `${what.url} is not what was published: its ${what.integrity.startsWith('sha256') ? 'SHA-256' : 'SHA-512'} differs.`,
  );
}
