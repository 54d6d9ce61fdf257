/** Data sets by what a user calls them, listed and fetched. */
export { type DataSetReport, fetchDataSet, listDataSets } from './data.js';
export { type DataUser, dataText, likeRecorded, requireData, sameAt } from './recorded.js';
export { sizedData, sizedFolder } from './sized.js';
export { parseDataset } from './dataset.js';
