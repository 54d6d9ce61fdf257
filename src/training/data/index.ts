/** Data sets: fetched, decoded, split and cut into batches. Plain typed arrays, no TensorFlow. */
export type { DataSet, ImageSet } from './image-set.js';
export type { DataProgress, LoadOptions } from './options.js';
export { type DataSpec, type ResolvedDataSpec, dataSpecSchema } from './registry.js';
export { loadDataSet } from './load.js';
export { arrangeClasses, identifyData, isResizable, listedClasses, resolutionOf } from './identify.js';
export { type Split, heldOutSchema, splitTrainValidation } from './split.js';
export { type Normalisation, allIndices, createBatchStream, evalBatches } from './batches/index.js';
export { type CatalogueEntry, dataSetCatalogue, isFetched, namedDataSets } from './catalogue.js';
export { decodedFolderOf } from './cache/for-others.js';
