/** Cutting a split into batches of normalised, augmented images. */
export { allIndices, createBatchStream, evalBatches } from './batches.js';
export type { Normalisation } from './pixels.js';
