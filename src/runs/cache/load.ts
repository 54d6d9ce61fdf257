/** Reads the cache, if it fits the journal; what does not is thrown away. */
import { closeSync, constants, fstatSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { MixnasError, openRegular, removeOwn } from '../../base/index.js';
import type { Manifest } from '../contents.js';
import type { StatePack } from '../run-state.js';
import { type Rare, Row, type RowShelf, pageSize, textsOfPage } from '../rows/index.js';
import {
  type ColumnName,
  cacheFormat,
  cacheName,
  columns,
  madeBy,
  magic,
  states,
  tailBytes,
} from './layout.js';
import { allOf, endsSum, prefixSum } from './prefix.js';
import type { ReaderPlace } from './save.js';

export interface LoadedCache {
  readonly reader: ReaderPlace;
  readonly small: StatePack['small'];
  fill(shelf: RowShelf): readonly Row[];
}

interface Footer {
  readonly format: number;
  readonly by: string;
  readonly created: string;
  readonly metrics: readonly string[];
  readonly journal: ReaderPlace & {
    readonly size: number;
    readonly mtimeMs: number;
    readonly prefix: number;
    readonly ends: number;
  };
  readonly rows: number;
  readonly numbersAt: number;
  readonly numbers: number;
  readonly next: number;
  readonly columnsAt: Readonly<Record<string, number>>;
  readonly textAt: number;
  readonly textEnd: number;
  readonly endsAt: number;
  readonly textPages: number;
  /** Texts of the page that is not full. */
  readonly openTexts: readonly string[];
  readonly origins: readonly string[];
  readonly names: readonly (readonly string[])[];
  readonly rare: readonly (readonly [number, Rare])[];
  readonly small: StatePack['small'];
}

/** More would be no cache of a run that a search can write. */
const mostBytes = 2 ** 31;

/** The cache of a journal; undefined where there is none that fits. */
export function loadCache(journal: string, manifest: Manifest): LoadedCache | undefined {
  const path = join(dirname(journal), cacheName);
  let bytes: Buffer | undefined;
  try {
    bytes = readOwn(path);
    if (!bytes) return undefined;
    const footer = footerOf(bytes);
    if (footer && isOf(footer, manifest) && fits(journal, footer)) return unpack(bytes, footer);
  } catch (error) {
    const isExpected =
      error instanceof MixnasError || error instanceof SyntaxError || error instanceof RangeError;
    if (!isExpected && (error as NodeJS.ErrnoException).code === undefined) throw error;
  }
  discard(path);
  return undefined;
}

function discard(path: string): void {
  try {
    removeOwn(path);
  } catch {
    // In a folder that may not be written it stays, and is passed over the next time too.
  }
}

/** The file, where it is one of this user's; undefined where there is none. */
function readOwn(path: string): Buffer | undefined {
  let file: number;
  try {
    ({ file } = openRegular(path, constants.O_RDONLY, { code: 'bad-run', own: true }));
  } catch (error) {
    if (error instanceof MixnasError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { size, uid } = fstatSync(file);
    const user = process.getuid?.();
    if (size > mostBytes || size < magic.length + tailBytes || (user !== undefined && uid !== user))
      return undefined;
    const bytes = Buffer.allocUnsafeSlow(size);
    for (let at = 0; at < size; ) {
      const read = readSync(file, bytes, at, size - at, at);
      if (read === 0) return undefined;
      at += read;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
}

function footerOf(bytes: Buffer): Footer | undefined {
  const end = bytes.length - tailBytes;
  const at = bytes.readDoubleLE(end);
  if (bytes.toString('latin1', 0, magic.length) !== magic || !(at >= magic.length && at < end))
    return undefined;
  if (crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end + 8)) return undefined;
  return JSON.parse(bytes.toString('utf8', at, end)) as Footer;
}

const isOf = ({ format, by, created, metrics }: Footer, manifest: Manifest): boolean =>
  format === cacheFormat &&
  by === madeBy() &&
  created === manifest.created &&
  JSON.stringify(metrics) === JSON.stringify(manifest.metrics);

/**
 * Whether the journal begins with what was cached. Where its size and its time are as they were its ends are enough;
 * else all of it is summed.
 */
function fits(path: string, { journal }: Footer): boolean {
  const { file } = openRegular(path, constants.O_RDONLY, { code: 'bad-run', own: true });
  try {
    const { size, mtimeMs } = fstatSync(file);
    if (size < journal.bytes) return false;
    const isSame = size === journal.size && mtimeMs === journal.mtimeMs;
    return isSame
      ? endsSum(file, journal.bytes) === journal.ends
      : allOf(prefixSum(file, journal.bytes)) === journal.prefix;
  } finally {
    closeSync(file);
  }
}

function unpack(bytes: Buffer, footer: Footer): LoadedCache | undefined {
  const { rows, columnsAt, numbersAt, numbers, textAt, textEnd, endsAt, textPages, journal, next } = footer;
  const { bytes: read, lines, lastLine } = journal;
  if (numbers % pageSize !== 0 || next > numbers || footer.openTexts.length >= textsOfPage) return undefined;
  const buffer = bytes.buffer as ArrayBuffer;
  // Wrong places are RangeErrors here.
  const all = new Float64Array(buffer, numbersAt, numbers);
  const ends = new Uint32Array(buffer, endsAt, textPages * textsOfPage);
  const views = Object.fromEntries(
    columns.map(([name, Type]) => [name, new Type(buffer, columnsAt[name], rows)]),
  ) as Record<ColumnName, Uint32Array>;
  const text = bytes.subarray(textAt, textEnd);
  if (!areEnds(ends, text.length) || !isSound(views, footer)) return undefined;
  return {
    reader: { bytes: read, lines, lastLine },
    small: footer.small,
    fill(shelf) {
      shelf.numbers.restore(all, next);
      shelf.texts.restore(text, ends, footer.openTexts);
      return rowsOf(shelf, views, footer);
    },
  };
}

/** Whether the pages of texts fill what there is. */
function areEnds(ends: Uint32Array, length: number): boolean {
  let filled = 0;
  for (let from = 0; from < ends.length; from += textsOfPage) {
    filled += ends[from + textsOfPage - 1] as number;
  }
  return filled === length;
}

/** Whether no row points outside of what there is. */
function isSound(views: Record<ColumnName, Uint32Array>, footer: Footer): boolean {
  const { rows, origins, names, next, metrics, textPages, openTexts } = footer;
  const texts = textPages * textsOfPage + openTexts.length;
  let last = -1;
  for (let i = 0; i < rows; i++) {
    const id = views.ids[i] as number;
    const list = names[views.names[i] as number];
    const reported = views.reported[i] as number;
    if (id <= last || list === undefined || (views.origins[i] as number) >= origins.length) return false;
    if ((views.states[i] as number) >= states.length) return false;
    if ((views.asked[i] as number) + 1 + metrics.length + (views.parents[i] as number) > next) return false;
    if (reported >= 0 && reported + 2 + list.length > next) return false;
    if ((views.genomes[i] as number) >= texts || (views.curves[i] as number) >= texts) return false;
    last = id;
  }
  return true;
}

function rowsOf(
  shelf: RowShelf,
  views: Record<ColumnName, Uint32Array>,
  { rows, origins, names, rare }: Footer,
): Row[] {
  const lists = names.map((list) => shelf.list(list));
  const { ids, workers, step, steps, asked, parents, reported, genomes, curves } = views;
  const found: Row[] = [];
  for (let i = 0; i < rows; i++) {
    const worker = workers[i] as number;
    const row = new Row(
      shelf,
      ids[i] as number,
      origins[views.origins[i] as number] as string,
      genomes[i] as number,
      asked[i] as number,
      parents[i] as number,
    );
    row.curveText = curves[i] as number;
    row.reported = reported[i] as number;
    row.names = lists[views.names[i] as number] as readonly string[];
    row.state = states[views.states[i] as number] as (typeof states)[number];
    if (worker >= 0) row.worker = worker;
    row.step = step[i] as number;
    row.steps = steps[i] as number;
    // A reader takes all of them at once: a change goes to a copy from the beginning.
    row.seen = true;
    found.push(row);
  }
  for (const [i, its] of rare) {
    const row = found[i];
    if (row) row.rare = its;
  }
  return found;
}
