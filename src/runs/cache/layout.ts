/** How the cache lies in its file: sections of numbers, texts, and at the end what says where they are. */
import { endianness } from 'node:os';
import { packageVersion } from '../../base/index.js';

export const cacheName = 'journal.cache';
/** Changes with the layout. */
export const cacheFormat = 2;
export const magic = 'mixnas cache 2\n\n';
/** At the end: where the JSON begins, and the check sum of all before these two. */
export const tailBytes = 16;

/** Columns of rows, in this order, each of all rows. */
export const columns = [
  ['ids', Uint32Array],
  ['origins', Uint32Array],
  ['states', Uint8Array],
  ['workers', Int32Array],
  ['step', Float64Array],
  ['steps', Float64Array],
  ['asked', Uint32Array],
  ['parents', Uint32Array],
  ['reported', Int32Array],
  ['names', Uint32Array],
  ['genomes', Uint32Array],
  ['curves', Int32Array],
] as const;
export type ColumnName = (typeof columns)[number][0];

export const states = ['running', 'complete', 'pruned', 'failed', 'interrupted'] as const;

/** Sections begin where numbers of eight bytes may. */
export const aligned = (at: number): number => Math.ceil(at / 8) * 8;

/** What a cache must be of to be read here. */
export const madeBy = (): string => `${packageVersion()} ${endianness()}`;
