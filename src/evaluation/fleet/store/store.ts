/** Content by its hash, between a search and its workers. What comes back is checked: nobody is believed. */
import { createHash } from 'node:crypto';
import { MixnasError, formatBytes } from '../../../base/index.js';
import type { Blob } from '../protocol.js';

/** Keeps content; it knows nothing of hashes. */
export interface Shelf {
  /** In words, for messages; without secrets. */
  readonly place: string;
  /** Of one piece. */
  readonly mostBytes: number;
  /** Whether images may travel through it. */
  readonly holdsImages: boolean;
  has(name: string): Promise<boolean>;
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** The content; undefined where there is none. It need not read more than `most` bytes. */
  get(name: string, most: number): Promise<Uint8Array | undefined>;
  drop(name: string): Promise<void>;
  close(): Promise<void>;
}

/** What a search and its workers use. */
export interface Store {
  readonly holdsImages: boolean;
  readonly place: string;
  /** Stores content once. @throws MixnasError `no-space` where it is too large for the shelf. */
  put(bytes: Uint8Array): Promise<Blob>;
  /** @throws MixnasError `failed` where it is missing, or is not what its hash says. */
  get(blob: Blob): Promise<Uint8Array>;
  drop(blob: Blob): Promise<void>;
  close(): Promise<void>;
}

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

export function createStore(shelf: Shelf): Store {
  return {
    holdsImages: shelf.holdsImages,
    place: shelf.place,
    async put(bytes) {
      if (bytes.length > shelf.mostBytes) {
        throw new MixnasError(
          'no-space',
          `${formatBytes(bytes.length)} do not travel through ${shelf.place}: it takes ${formatBytes(shelf.mostBytes)}.`,
          {
            remedy:
              'Give the search and its workers a store: `--store /shared/folder` or `--store s3://bucket`.',
          },
        );
      }
      const blob = { hash: hashOf(bytes), bytes: bytes.length };
      if (!(await shelf.has(blob.hash))) await shelf.put(blob.hash, bytes);
      return blob;
    },
    async get({ hash, bytes: size }) {
      const found = size <= shelf.mostBytes ? await shelf.get(hash, size) : undefined;
      if (!found) {
        throw new MixnasError('failed', `${shelf.place} does not hold ${hash.slice(0, 12)}.`, {
          remedy: 'Give the search and its workers the same `--store`.',
        });
      }
      if (found.length !== size || hashOf(found) !== hash)
        throw new MixnasError(
          'failed',
          `What ${shelf.place} holds as ${hash.slice(0, 12)} is something else.`,
        );
      return found;
    },
    drop: ({ hash }) => shelf.drop(hash),
    close: () => shelf.close(),
  };
}
