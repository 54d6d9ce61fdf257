/** Listing the data sets there are, and fetching one ahead of time. */
import {
  type CatalogueEntry,
  type DataSpec,
  type LoadOptions,
  dataSetCatalogue,
  loadDataSet,
} from '../../training/index.js';

/** What a data set turned out to be. */
export interface DataSetReport {
  readonly name: string;
  readonly classes: readonly string[];
  /** Images to train on; validation images are carved out of these. */
  readonly train: number;
  readonly test: number;
  readonly height: number;
  readonly width: number;
  /** Mean and standard deviation of each channel of the training images, of pixel / 255. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** What a person should know of how it was found and decoded. */
  readonly notes: readonly string[];
  readonly seconds: number;
}

/** The data sets that a config can name, and what of each is in the cache. */
export function listDataSets(): CatalogueEntry[] {
  return dataSetCatalogue();
}

/**
 * Fetches and decodes a data set where that has not been done, so that later runs find it ready.
 * @param options `verify`: check every byte of what is cached, and build it again where one is wrong.
 * @throws MixnasError `bad-config`, `bad-data`, `no-space`; the signal's reason when aborted.
 */
export async function fetchDataSet(spec: DataSpec, options: LoadOptions = {}): Promise<DataSetReport> {
  const start = performance.now();
  const { name, train, test, mean, std, notes = [] } = await loadDataSet(spec, options);
  const { classes, height, width } = train;
  const seconds = (performance.now() - start) / 1000;
  return { name, classes, train: train.count, test: test.count, height, width, mean, std, notes, seconds };
}
