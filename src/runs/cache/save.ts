/** Writes the cache, in steps of some milliseconds: who reads a run has keys to answer. */
import { closeSync, constants, fstatSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { openRegular, ownPart, removeOwn } from '../../base/index.js';
import type { Manifest } from '../contents.js';
import { nothingRare } from '../rows/index.js';
import type { StatePack } from '../run-state.js';
import {
  type ColumnName,
  aligned,
  cacheFormat,
  cacheName,
  columns,
  madeBy,
  magic,
  states,
  tailBytes,
} from './layout.js';
import { endsSum, prefixSum } from './prefix.js';

/** Of a shorter journal, or of so little that is new, reading takes no longer than the cache. */
export const leastCached = 4e6;

export interface ReaderPlace {
  readonly bytes: number;
  readonly lines: number;
  readonly lastLine: number;
}

const rowsAtOnce = 4000;
const bytesAtOnce = 1 << 20;

/** Whether a folder is the user's own, so that a file may be left in it. */
function isOurs(folder: string): boolean {
  const stats = statSync(folder, { throwIfNoEntry: false });
  const user = process.getuid?.();
  return stats !== undefined && stats.isDirectory() && (user === undefined || stats.uid === user);
}

/** @returns whether it was written: in a folder that is not ours, or read-only, it is not. */
export function* saveCache(
  journal: string,
  manifest: Manifest,
  reader: ReaderPlace,
  pack: StatePack,
): Generator<undefined, boolean> {
  const folder = dirname(journal);
  if (!isOurs(folder)) return false;
  const path = join(folder, cacheName);
  const temporary = `${path}.${process.pid}.tmp`;
  let out: number | undefined;
  let done = false;
  try {
    ownPart(path, 'file', 'bad-run');
    removeOwn(temporary);
    out = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    done = yield* write(out, journal, manifest, reader, pack);
    return done;
  } catch {
    return false; // a full disk, a folder that may not be written: the journal is read again then
  } finally {
    if (out !== undefined) {
      closeSync(out);
      try {
        if (done) renameSync(temporary, path);
        else removeOwn(temporary);
      } catch {
        // The folder is gone.
      }
    }
  }
}

function* write(
  out: number,
  journal: string,
  manifest: Manifest,
  reader: ReaderPlace,
  { small, rows, shelf }: StatePack,
): Generator<undefined, boolean> {
  let at = 0;
  let sum = 0;
  function* append(bytes: Uint8Array): Generator<undefined, void> {
    for (let from = 0; from < bytes.length; from += bytesAtOnce) {
      const piece = bytes.subarray(from, from + bytesAtOnce);
      sum = crc32(piece, sum);
      for (let written = 0; written < piece.length; ) written += writeSync(out, piece, written);
      at += piece.length;
      yield undefined;
    }
  }
  function* align(): Generator<undefined, void> {
    yield* append(new Uint8Array(aligned(at) - at));
  }

  // As they are now: while steps are taken a row is replaced, not changed, once a reader has seen it.
  const all = rows.slice();
  const { pages, next } = shelf.numbers.pages();
  const pageCount = pages.length;
  const stored = shelf.texts.pages();
  const [texts, ends, openTexts] = [stored.pages.slice(), stored.ends.slice(), stored.open.slice()];
  const end = { small: JSON.stringify(small), next };
  yield* append(Buffer.from(magic, 'latin1'));
  const numbersAt = at;
  for (const page of pages.slice(0, pageCount))
    yield* append(new Uint8Array(page.buffer, page.byteOffset, page.byteLength));

  const packed = Object.fromEntries(columns.map(([name, Type]) => [name, new Type(all.length)])) as Record<
    ColumnName,
    Uint32Array
  >;
  const origins = new Map<string, number>();
  const names = new Map<readonly string[], number>();
  const rare: (readonly [number, unknown])[] = [];
  const numberOf = <K>(map: Map<K, number>, key: K): number => {
    const known = map.get(key) ?? map.size;
    map.set(key, known);
    return known;
  };
  for (const [i, row] of all.entries()) {
    packed.ids[i] = row.id;
    packed.origins[i] = numberOf(origins, row.origin);
    packed.states[i] = states.indexOf(row.state);
    packed.workers[i] = row.worker ?? -1;
    packed.step[i] = row.step;
    packed.steps[i] = row.steps;
    packed.asked[i] = row.asked;
    packed.parents[i] = row.parentCount;
    packed.reported[i] = row.reported;
    packed.names[i] = numberOf(names, row.names);
    packed.genomes[i] = row.genomeText;
    packed.curves[i] = row.curveText;
    if (row.rare !== nothingRare) rare.push([i, row.rare]);
    if (i % rowsAtOnce === 0) yield undefined;
  }
  const columnsAt: Record<string, number> = {};
  for (const [name] of columns) {
    yield* align();
    columnsAt[name] = at;
    const column = packed[name];
    yield* append(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  }
  const textAt = at;
  for (const text of texts) {
    // oxlint-disable-next-line no-control-regex
    const isOurs = typeof text !== 'string' || /^[\u0000-\u00ff]*$/.test(text);
    if (!isOurs) return false; // the journal is read as it is
    yield* append(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
  }
  const textEnd = at;
  yield* align();
  const endsAt = at;
  for (const its of ends) yield* append(new Uint8Array(its.buffer, its.byteOffset, its.byteLength));
  yield* align();

  const { file } = openRegular(journal, constants.O_RDONLY, { code: 'bad-run', own: true });
  try {
    const stats = fstatSync(file);
    const prefix = yield* prefixSum(file, reader.bytes);
    const endSum = endsSum(file, reader.bytes);
    const footer = {
      format: cacheFormat,
      by: madeBy(),
      created: manifest.created,
      metrics: manifest.metrics,
      journal: { ...reader, size: stats.size, mtimeMs: stats.mtimeMs, prefix, ends: endSum },
      rows: all.length,
      numbersAt,
      numbers: pages.slice(0, pageCount).reduce((count, page) => count + page.length, 0),
      next: end.next,
      columnsAt,
      textAt,
      textEnd,
      endsAt,
      textPages: texts.length,
      openTexts,
      origins: [...origins.keys()],
      names: [...names.keys()],
      rare,
      small: JSON.parse(end.small) as unknown,
    };
    const footerAt = at;
    yield* append(Buffer.from(JSON.stringify(footer)));
    const tail = Buffer.alloc(tailBytes);
    tail.writeDoubleLE(footerAt, 0);
    tail.writeUInt32LE(sum, 8);
    writeSync(out, tail);
    return true;
  } finally {
    closeSync(file);
  }
}
