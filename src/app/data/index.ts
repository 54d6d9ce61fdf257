/** Data sets by what a user calls them, listed and fetched. */
export { type DataSetReport, fetchDataSet, listDataSets } from './data.js';
export { parseDataset } from './dataset.js';
