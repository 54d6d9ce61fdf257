/** Cutting a split into batches of normalised, augmented images. */
export { type Normalisation, allIndices, createBatchStream, evalBatches } from './batches.js';
