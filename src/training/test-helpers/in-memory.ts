/** A data set whose images are known to be in memory. */
import type { DataSet, MemorySet } from '../data/image-set.js';

export function inMemory(set: DataSet): DataSet<MemorySet> {
  if (!(set.train.images instanceof Uint8Array)) throw new Error('its images are not in memory');
  return set as DataSet<MemorySet>;
}
