/** What a data set says of itself. A data set is a file with one of these and one line of `registry.ts`. */
import type { z } from 'zod';
import type { ClassIdentity } from '../../base/index.js';
import type { DataSet } from './image-set.js';
import type { LoadOptions } from './options.js';

/** A data set as `mixnas data list` shows it. */
export interface DataSetEntry {
  readonly description: string;
  /** Where it comes from. */
  readonly source: string;
  /** Where its decoded form is kept; undefined for what is made again each time. */
  readonly folder?: string;
  /** Bytes of the decoded form in the cache, 0 where there is none. */
  readonly cachedBytes: number;
}

/** What decides which images a data set has. */
export interface DataContent {
  /** Next to the name of the data set: options that decide its images. */
  readonly source: Readonly<Record<string, string | number>>;
  /** Its classes, where they are known without loading it; with a hash each, where no name says which images they have. */
  readonly classes?: readonly ClassIdentity[];
  /** Images that it sets aside for validation itself; left out where it never does. */
  readonly validation?: number;
}

/** A data set. `S` is its spec in a config with every option filled in. */
export interface DataSetKind<S> {
  readonly name: string;
  /** The zod schema of its spec; `name` names the data set. */
  readonly schema: z.ZodType;
  /** Whether the name alone is a spec, as after `--dataset`. */
  readonly named: boolean;
  /** Whether there are files to fetch or decode, which one process does for all. */
  readonly fetched: boolean;
  /** Loads it, fetching and decoding it first where that has not been done. */
  load(spec: S, options: LoadOptions): DataSet | Promise<DataSet>;
  /** What decides its images; of files, what they hold now. @throws MixnasError as `load` does. */
  content(spec: S): DataContent;
  /** Height and width of its images, where these have one size; others are as its spec's `resolution` says. */
  readonly resolution?: number;
  /** What there is to list. */
  entry(): DataSetEntry;
}
